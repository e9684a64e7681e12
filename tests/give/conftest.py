"""A scratch installation and a small lake with three townships."""

import shutil
from dataclasses import replace

import pytest

from pipelines.give.returns.sets import write_return_sets
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.security.workbook_lock import unlock
from tests.give.returns.small_lake import AS_OF, TOWNSHIPS, fill


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """The lake, made once; every test works on a copy."""
    made = Paths(tmp_path_factory.mktemp("small"))
    with connect(made) as connection:
        fill(connection)
    return made


@pytest.fixture(scope="session")
def small_issued(tmp_path_factory, small):
    """The lake once its three sets are out, and the sets; made once, too."""
    made = Paths(tmp_path_factory.mktemp("issued"))
    shutil.copytree(small.root, made.root, dirs_exist_ok=True)
    with connect(made) as connection:
        return made, write_return_sets(made, connection, AS_OF)


@pytest.fixture
def paths(tmp_path):
    return Paths(tmp_path)


@pytest.fixture
def con(request, paths, small):
    """The lake; with the sets out where a test asks for `issued`."""
    source = request.getfixturevalue("small_issued")[0] if "issued" in request.fixturenames else small
    shutil.copytree(source.root, paths.root, dirs_exist_ok=True)
    with connect(paths) as connection:
        yield connection


@pytest.fixture
def issued(paths, small_issued):
    """The three sets of 2024-01-31, by township code."""
    made, sets = small_issued
    return {s.township_code: replace(s, folder=paths.root / s.folder.relative_to(made.root)) for s in sets}


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
