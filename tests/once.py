"""What is made once for a run of the tests, however many processes share it.

Belongs here: who makes it and where it lies. Does not belong here: what it is. It is read only: a test that wants
to change it works on a copy.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.kit.locks import alone


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], str]) -> tuple[Path, str]:
    """The folder `name` as `make` left it, and what it said; the first process that asks makes it, others wait."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, said = shared / name, shared / f"{name}.said"
    with alone(shared / f"{name}.lock"):
        if not said.exists():
            shutil.rmtree(folder, ignore_errors=True)  # of one who failed
            said.write_text(make(folder), encoding="utf-8")
    return folder, said.read_text(encoding="utf-8")
