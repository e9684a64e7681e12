"""What the UI may show of a table."""

import duckdb
import pytest

from pipelines.defs.metadata import table_metadata
from pipelines.kit.models import words


@pytest.fixture
def con():
    with duckdb.connect() as con:
        con.execute("ATTACH ':memory:' AS lake")
        con.execute("CREATE SCHEMA lake.unified")
        con.execute(
            "CREATE TABLE lake.unified.person AS SELECT '370602199001011234' AS id_no, '370602001' AS township_code, "
            "range AS n FROM range(3)"
        )
        yield con


def test_a_preview_has_only_the_columns_that_may_be_shown(con):
    metadata = table_metadata(con, "unified.person", {"township_code": "镇街代码"})
    assert metadata["dagster/row_count"] == 3
    assert metadata["preview"].md_str.splitlines()[0] == "| township_code |"
    assert "370602001" in metadata["preview"].md_str
    assert "370602199001011234" not in metadata["preview"].md_str
    columns = metadata["dagster/column_schema"].columns
    assert [(c.name, c.description) for c in columns] == [
        ("id_no", words()["id_no"]), ("township_code", "镇街代码"), ("n", None),
    ]  # fmt: skip
    assert words()["id_no"].endswith("公民身份号码")


def test_rows_may_be_chosen(con):
    assert table_metadata(con, "unified.person", where="n > 0")["dagster/row_count"] == 2
