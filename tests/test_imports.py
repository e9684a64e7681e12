"""What a command loads: whoever asks one question does not wait for what builds, judges or orchestrates.

Measured in modules, not in seconds: those a machine decides.
"""

import os
import subprocess
import sys

import pytest

from pipelines.kit.paths import PROJECT_ROOT

DAGSTER, DBT, GX = "dagster", "dbt", "great_expectations"
ASKED = """
import sys
from pipelines.__main__ import main
sys.argv = ["pipelines", *sys.argv[1:]]
try:
    main()
finally:
    print("loaded", *sorted({name.partition(".")[0] for name in sys.modules}))
"""
GRAPH = """
import sys
from pathlib import Path
import pipelines.defs.launch
from pipelines.defs.assembly import build_defs
from pipelines.kit.paths import Paths
build_defs(Paths(Path(sys.argv[1]))).resolve_job_def("turn")
print("loaded", *sorted({name.partition(".")[0] for name in sys.modules}))
"""


def loaded(folder, code, *arguments):
    """Top-level packages in the process once it has done its work."""
    environment = {**os.environ, "ZHENJIE_DATA": str(folder), "PYTHONPATH": str(PROJECT_ROOT)}
    command = [sys.executable, "-c", code, *map(str, arguments)]
    said = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=PROJECT_ROOT).stdout
    (line,) = [line for line in said.splitlines() if line.startswith("loaded ")]
    return set(line.split()[1:])


@pytest.mark.parametrize(("arguments", "unused"), [
    (("query", "SELECT 1"), {DAGSTER, DBT, GX, "sqlalchemy", "pyarrow", "pandas", "pyproj", "xlsxwriter"}),
    (("trace", "F01", "abc"), {DAGSTER, DBT, GX, "sqlalchemy", "xlsxwriter"}),
    (("inspect", "nothing.csv"), {DAGSTER, DBT, GX, "sqlalchemy", "xlsxwriter"}),
], ids=lambda value: value[0] if isinstance(value, tuple) else "")  # fmt: skip
def test_a_question_loads_neither_orchestrator_nor_models_nor_rules(tmp_path, arguments, unused):
    assert loaded(tmp_path, ASKED, *arguments) & unused == set()


def test_a_turn_begins_without_dbt_and_great_expectations(tmp_path):
    """Both are needed where models or suites have changed, and loaded only then."""
    found = loaded(tmp_path, GRAPH, tmp_path)
    assert DAGSTER in found
    assert found & {DBT, "dagster_dbt", GX, "pandas", "scipy", "openpyxl"} == set()
