"""Scratch installation and a small lake with three townships."""

import pytest

from pipelines.lake import connect
from pipelines.paths import Paths
from pipelines.security.keys import KeyProvider
from tests.returns.small_lake import fill


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
