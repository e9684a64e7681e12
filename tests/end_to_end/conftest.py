"""One small prefecture (0.1 %) played through both turns once; every end-to-end test looks at it, or at a copy.

Belongs here: starting the real commands in processes of their own, as a person would.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipelines.judge.ledger.content import content_hash
from pipelines.kit.lake import connect
from pipelines.kit.paths import PROJECT_ROOT, Paths
from prefecture.sample.story import CONTENT
from tests.once import once

SCALE = "0.001"
# Seconds until a process that hangs fails its test; beside much else a story takes a quarter of an hour.
PATIENCE = 3600
TELL = ("prefecture.sample", "--scale", SCALE)
# What cannot be made again when the lake is gone.
IRREPLACEABLE = ("landing", "inbox", "decisions", "keys", "returns", "notices")


def start(paths: Paths, *arguments: str) -> subprocess.Popen:
    """Start `python -m pipelines …`, or the sample's story (TELL), on a data folder."""
    module = () if arguments == TELL else ("pipelines",)
    return subprocess.Popen(
        [sys.executable, "-m", *module, *arguments], cwd=PROJECT_ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**os.environ, "ZHENJIE_DATA": str(paths.root), "PYTHONPATH": str(PROJECT_ROOT)},
    )


def run(paths: Paths, *arguments: str) -> str:
    """Run a command to its end; fails the test with its output when it fails."""
    with ended(start(paths, *arguments)) as process:
        output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, output[-5000:]
    return output


@contextmanager
def ended(process: subprocess.Popen) -> Iterator[subprocess.Popen]:
    """A process that does not outlive the test, whatever becomes of it."""
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def content(paths: Paths) -> dict[str, str]:
    """Content hash of every table of the lake."""
    with connect(paths, read_only=True) as con:
        return dict(content_hash(con, CONTENT))


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> tuple[Paths, str]:
    """The data folder after `make run` at 0.1 %, and what it printed."""
    folder, printed = once(tmp_path_factory, "story", lambda folder: run(Paths(folder), *TELL))
    return Paths(folder), printed


@pytest.fixture(scope="session")
def undisturbed(story: tuple[Paths, str]) -> dict[str, str]:
    """Content hashes after the undisturbed story."""
    return content(story[0])


@pytest.fixture
def query(story: tuple[Paths, str]) -> Callable[..., list[tuple]]:
    """Ask the lake of the story one question."""

    def ask(sql: str, *values: object) -> list[tuple]:
        with connect(story[0], read_only=True) as con:
            return con.execute(sql, list(values)).fetchall()

    return ask


def copy(source: Paths, target: Path, folders: Iterable[str] = ("",)) -> Paths:
    """A data folder of one's own with everything of the story, or only some folders of it."""
    for folder in folders:
        shutil.copytree(source.root / folder, target / folder)
    return Paths(target)
