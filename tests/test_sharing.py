"""What shares something made once is really run by one process; pytest and xdist once stopped doing so in silence."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from pipelines.kit.paths import PROJECT_ROOT
from tests import conftest

# Fails wherever a test of the same file was given to another process.
_FILE = """
import pytest
SEEN = []
@pytest.mark.parametrize("number", range(8))
def test_comes_after_those_before(number):
    SEEN.append(number)
    assert SEEN == list(range(number + 1))
"""


def test_a_file_is_run_by_one_process(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    shutil.copy(PROJECT_ROOT / "pyproject.toml", tmp_path)
    shutil.copy(conftest.__file__, tmp_path / "tests")
    for name in "abcd":
        (tmp_path / "tests" / f"test_{name}.py").write_text(_FILE)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "2"], cwd=tmp_path, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
    )  # fmt: skip
    assert "32 passed" in done.stdout, done.stdout


def test_what_is_long_is_there() -> None:
    assert [share for share in conftest.LONG if not (PROJECT_ROOT / share).exists()] == []
