"""One workbook to play with."""

import pytest

from pipelines.give.returns.workbook import build_workbook
from pipelines.kit.paths import Paths
from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.security.workbook_lock import unlock
from tests.give.returns.sample import township_return
from tests.give.returns.small_lake import TOWNSHIPS


@pytest.fixture(scope="session")
def desk_keys(tmp_path_factory):
    """Keys for tests without a lake."""
    return KeyProvider(Paths(tmp_path_factory.mktemp("desk")))


@pytest.fixture(scope="session")
def workbook(desk_keys):
    """A plain workbook with six tickets, nothing answered."""
    return build_workbook(township_return(), desk_keys)


@pytest.fixture
def keys(paths):
    """Keys of the installation."""
    return KeyProvider(paths)


@pytest.fixture
def plain(issued, keys):
    """The workbook of a township as it was issued, without its password; the first one's by default."""
    return lambda code=TOWNSHIPS[0][0]: unlock(
        next(issued[code].folder.glob("*.xlsx")).read_bytes(), keys.password(code)
    )
