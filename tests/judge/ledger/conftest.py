"""A scratch lake per test module, its ledger empty for every test."""

import pytest

from pipelines.judge.ledger import schema
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths


@pytest.fixture
def paths(tmp_path):
    return Paths(tmp_path)


@pytest.fixture
def hand_in(paths, request):
    """Puts a file of decisions where the module's DESK takes it in."""

    def put(name: str, *entries: str) -> None:
        folder = paths.decisions / request.module.DESK
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("".join(entries), encoding="utf-8")

    return put


# What has ever held a row: emptying a table costs DuckLake the same whether there is anything in it or not.
_USED = """SELECT table_name FROM duckdb_tables()
    WHERE database_name = 'lake' AND schema_name = 'ledger' AND table_name <> 'layout' AND estimated_size > 0"""


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    with connect(Paths(tmp_path_factory.mktemp("lake"))) as con:
        schema.ensure(con)
        yield con


@pytest.fixture
def con(lake):
    for (table,) in lake.execute(_USED).fetchall():
        lake.execute(f"TRUNCATE lake.ledger.{table}")
    return lake
