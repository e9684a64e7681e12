"""DuckDB beside a feed: given rows as files, it loads nothing of Python's, and nothing of its work stays behind."""

import subprocess
import sys

from pipelines.kit.paths import PROJECT_ROOT, Paths

_WORK = """
import sys
from pathlib import Path
import polars as pl
from pipelines.ingest.history.spill import spilling
from pipelines.kit.contracts import load_contracts
from pipelines.kit.paths import Paths
with spilling(Paths(Path(sys.argv[1])), load_contracts()["F11"], "counting") as work:
    rows = work.given("rows", pl.DataFrame({"a": [1, 2, None], "b": ["x", "y", "z"]}))
    found = work.con.execute(f"SELECT sum(a), max(b) FROM {rows}").fetchall()
print(found, "pandas" in sys.modules)
"""


def test_rows_are_given_without_pandas_and_nothing_stays(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", _WORK, str(tmp_path)], capture_output=True, text=True, cwd=PROJECT_ROOT, check=True
    )
    assert done.stdout == "[(3, 'z')] False\n"
    assert not [file for file in Paths(tmp_path).history.rglob("*") if file.is_file()]
