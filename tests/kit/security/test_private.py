"""Rights of what holds people."""

import os
import stat
import subprocess
import sys
from pathlib import Path

from pipelines.kit.paths import PROJECT_ROOT, Paths
from pipelines.kit.security.private import keep_private


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_made_from_then_on_is_ours_alone(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    keep_private(paths)
    paths.returns.mkdir()
    (paths.returns / "set.xlsx").write_bytes(b"")
    assert (rights(paths.returns), rights(paths.returns / "set.xlsx")) == (0o700, 0o600)


def test_what_stood_open_is_shut_but_for_folders_others_write_to(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    for folder in (paths.landing, paths.bronze, paths.receipts, paths.drop, paths.inbox):
        folder.mkdir()
        folder.chmod(0o775)
    keep_private(paths)
    assert [rights(f) for f in (paths.landing, paths.bronze, paths.receipts)] == [0o700] * 3
    assert [rights(f) for f in (paths.drop, paths.inbox)] == [0o775] * 2


def test_commands_keep_it(tmp_path: Path) -> None:
    root = tmp_path / "data"
    environment = os.environ | {"ZHENJIE_DATA": str(root), "DAGSTER_HOME": str(root / "dagster_home")}
    command = [sys.executable, "-m", "pipelines", "setup"]
    subprocess.run(command, cwd=PROJECT_ROOT, env=environment, check=True, capture_output=True, umask=0o022)
    made = [p for p in root.rglob("*") if not p.is_symlink()]
    assert made and [p for p in made if rights(p) & 0o077] == []
