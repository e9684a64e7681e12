"""Scratch installation and a small lake with three townships."""

import pytest

from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from pipelines.kit.security.keys import KeyProvider
from tests.give.returns.small_lake import fill


@pytest.fixture
def paths(tmp_path):
    return Paths(tmp_path)


@pytest.fixture
def keys(paths):
    return KeyProvider(paths)


@pytest.fixture
def con(paths):
    with connect(paths) as connection:
        fill(connection)
        yield connection
