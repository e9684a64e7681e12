"""How tests are shared out to the two processes of a run.

Belongs here: keeping tests together that share something made once, and apart from one another's rights; that none
waits for files it has just written, or fails for being slow. Does not belong here: other fixtures.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from pipelines.kit import quiet

os.environ[quiet.VARIABLE] = "0"
# A test says what is right, never how long it may take.
settings.register_profile("no_deadline", deadline=None)
settings.load_profile("no_deadline")

# These folders share one played story or one generated prefecture among their files.
_TOGETHER = ("end_to_end",)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of a file stay in one process, and so do all of a folder that shares a session's fixture."""
    for item in items:
        folder = Path(item.path).parent.name
        item.add_marker(pytest.mark.xdist_group(folder if folder in _TOGETHER else str(item.path)))


@pytest.fixture(autouse=True)
def own_umask() -> Iterator[None]:
    """A run makes everything private from then on; servers that later tests start have accounts of their own."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)
