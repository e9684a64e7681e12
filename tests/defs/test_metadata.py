"""What the UI may show of a table."""

import duckdb
import pytest

from pipelines.contracts import load_contracts
from pipelines.defs.metadata import is_shown, table_metadata

IDENTIFYING = [
    (feed.code, column.name)
    for feed in load_contracts().values()
    for column in feed.columns
    if "直接标识符" in column.tags
]


def test_the_contracts_name_direct_identifiers():
    assert len(IDENTIFYING) >= 15


@pytest.mark.parametrize(("feed", "column"), IDENTIFYING)
def test_no_direct_identifier_of_a_contract_is_shown(feed, column):
    assert not is_shown(column)


@pytest.mark.parametrize("column", ["person_id", "record_key", "source_ref", "name_source_ref", "evidence"])
def test_keys_and_quotes_are_not_shown(column):
    assert not is_shown(column)


def test_a_preview_has_only_the_columns_that_may_be_shown():
    with duckdb.connect() as con:
        con.execute("CREATE TABLE t AS SELECT '370602199001011234' AS id_no, '370602001' AS township_code, 3 AS n")
        metadata = table_metadata(con, "t", {"township_code": "镇街代码"})
    assert metadata["dagster/row_count"] == 1
    assert "370602001" in metadata["preview"].md_str
    assert "370602199001011234" not in metadata["preview"].md_str
    columns = metadata["dagster/column_schema"].columns
    assert [(c.name, c.description) for c in columns] == [("id_no", None), ("township_code", "镇街代码"), ("n", None)]
