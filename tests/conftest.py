"""How tests are shared out to the two processes of a run.

Belongs here: keeping tests together that share something made once. Does not belong here: fixtures.
"""

from pathlib import Path

import pytest

# These folders share one played story or one generated prefecture among their files.
_TOGETHER = ("end_to_end",)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of a file stay in one process, and so do all of a folder that shares a session's fixture."""
    for item in items:
        folder = Path(item.path).parent.name
        item.add_marker(pytest.mark.xdist_group(folder if folder in _TOGETHER else str(item.path)))
