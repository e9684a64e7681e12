"""One workbook to play with."""

import pytest

from pipelines.give.returns.workbook import build_workbook
from pipelines.kit.paths import Paths
from pipelines.kit.security.keys import KeyProvider
from tests.give.returns.sample import township_return


@pytest.fixture(scope="session")
def desk_keys(tmp_path_factory):
    """Keys for tests without a lake."""
    return KeyProvider(Paths(tmp_path_factory.mktemp("desk")))


@pytest.fixture(scope="session")
def workbook(desk_keys):
    """A plain workbook with six tickets, nothing answered."""
    return build_workbook(township_return(), desk_keys)
