"""Scratch lake with an empty ledger."""

import pytest

from pipelines.lake import connect
from pipelines.ledger import schema
from pipelines.paths import Paths


@pytest.fixture
def paths(tmp_path):
    return Paths(tmp_path)


@pytest.fixture
def con(paths):
    with connect(paths) as connection:
        schema.ensure(connection)
        yield connection
