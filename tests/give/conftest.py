"""A scratch installation and a small lake with three townships."""

import shutil

import pytest

from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from tests.give.returns.small_lake import fill


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """The lake, made once; every test works on a copy."""
    made = Paths(tmp_path_factory.mktemp("small"))
    with connect(made) as connection:
        fill(connection)
    return made


@pytest.fixture
def paths(tmp_path):
    return Paths(tmp_path)


@pytest.fixture
def con(paths, small):
    shutil.copytree(small.root, paths.root, dirs_exist_ok=True)
    with connect(paths) as connection:
        yield connection
