"""Sets of 2024-01-31 that are out, and one workbook to play with."""

import pytest

from pipelines.give.returns.sets import write_return_sets
from pipelines.give.returns.workbook import build_workbook
from pipelines.kit.paths import Paths
from pipelines.kit.security.keys import KeyProvider
from tests.give.returns.sample import township_return
from tests.give.returns.small_lake import AS_OF


@pytest.fixture(scope="session")
def desk_keys(tmp_path_factory):
    """Keys for tests without a lake."""
    return KeyProvider(Paths(tmp_path_factory.mktemp("desk")))


@pytest.fixture(scope="session")
def workbook(desk_keys):
    """A plain workbook with six tickets, nothing answered."""
    return build_workbook(township_return(), desk_keys)


@pytest.fixture
def issued(paths, con):
    """The three sets, by township code."""
    return {s.township_code: s for s in write_return_sets(paths, con, AS_OF)}
