"""Whoever looks into the lake finds what its own tables and columns mean."""

import pytest

from pipelines.judge.ledger import schema
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from pipelines.kit.reference.load import load_reference
from pipelines.kit.reference.tables import READERS

_BARE = """SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = 'lake' AND schema_name = ?
    AND table_name IN (SELECT unnest(?)) AND (comment IS NULL OR NOT regexp_matches(comment, '[\u4e00-\u9fff]'))"""


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    paths = Paths(tmp_path_factory.mktemp("words"))
    with connect(paths) as con:
        schema.ensure(con)
        load_reference(con, paths)
        yield con


@pytest.mark.parametrize(("of", "tables"), [("ledger", [*schema.TABLES]), ("reference", [*READERS, "address"])])
def test_every_table_and_every_column_says_what_it_is(con, of, tables):
    assert con.execute(_BARE, [of, tables]).fetchall() == []
    said = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'lake' AND schema_name = ? AND comment <> ''"
    assert {name for (name,) in con.execute(said, [of]).fetchall()} == set(tables)


def test_a_column_without_words_gets_them_in_the_next_turn(con):
    con.execute("COMMENT ON COLUMN lake.ledger.ticket.severity IS NULL")
    schema.ensure(con)
    said = "SELECT comment FROM duckdb_columns() WHERE table_name = 'ticket' AND column_name = 'severity'"
    assert con.execute(said).fetchone()[0]
