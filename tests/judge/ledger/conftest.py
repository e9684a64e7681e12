"""A scratch lake per test module, its ledger empty for every test."""

import pytest

from pipelines.judge.ledger import schema
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths


@pytest.fixture
def paths(tmp_path):
    return Paths(tmp_path)


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    with connect(Paths(tmp_path_factory.mktemp("lake"))) as con:
        schema.ensure(con)
        yield con


@pytest.fixture
def con(lake):
    for table in (*schema.TURN_TABLES, *schema.STATE_TABLES):
        lake.execute(f"TRUNCATE lake.ledger.{table}")
    return lake
