"""`make generate` as a person runs it, on a copy of the house: one more feed and all is in line, at the first call."""

import os
import shutil
import subprocess
import sys

from pipelines.kit.paths import PROJECT_ROOT
from tests.dbt.test_new_feed import LIVING_ALONE

_HOUSE = ("pipelines", "dbt_project", "expectations", "docs", "data/reference", "pyproject.toml", ".compiled")


def _generate(house, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "pipelines.generate", *arguments], capture_output=True, text=True, check=False,
        cwd=house, env=os.environ | {"PYTHONPATH": str(house), "ZHENJIE_DATA": str(house / "data")},
    )  # fmt: skip


def test_one_more_feed_is_in_line_after_one_call(tmp_path):
    for name in _HOUSE:
        source, target = PROJECT_ROOT / name, tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "target", "logs"))
        elif source.exists():
            shutil.copy(source, target)
    feed = tmp_path / "expectations/feeds/civil_affairs/living_alone.yaml"
    feed.write_text(LIVING_ALONE, encoding="utf-8")
    made = _generate(tmp_path)
    assert (made.returncode, made.stderr) == (0, "")
    assert "written: docs/catalogue/F37.md" in made.stdout
    assert _generate(tmp_path, "--check").returncode == 0
