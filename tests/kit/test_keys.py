"""Derived keys are the same in Python, polars and SQL."""

import duckdb
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.kit.keys import derived_key, entity_key, key_expr, key_sql, record_key, ticket_id

# U+001F and friends aside, anything a department may type into a cell.
TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=12)


def test_a_known_key_never_changes():
    """Keys are stored in files people keep; a change here breaks every issued workbook."""
    assert record_key("F01", "370602199001011234", "h1") == "31f69695c483eb6471fd1f16e84c391a"


def test_white_space_and_case_do_not_matter():
    assert record_key("F14", " 91370600ma3c\u3000") == record_key("F14", "91370600MA3C")


def test_none_is_empty_and_parts_do_not_run_together():
    assert derived_key("a", None) == derived_key("a", "")
    assert derived_key("a", "bc") != derived_key("ab", "c")


def test_ticket_depends_on_rule_and_entity():
    entity = entity_key("household", "1")
    assert ticket_id("R15", entity) != ticket_id("R08", entity)


@settings(max_examples=50)
@given(st.lists(st.tuples(TEXT | st.none(), TEXT), min_size=1, max_size=5))
def test_polars_and_sql_agree_with_python(rows):
    expected = [record_key("F01", a, b) for a, b in rows]
    frame = pl.DataFrame(rows, schema={"a": pl.String, "b": pl.String}, orient="row")
    assert frame.select(key_expr("F01", ["a", "b"])).to_series().to_list() == expected
    with duckdb.connect() as con:
        con.register("frame", frame.with_row_index("i").to_arrow())
        found = con.execute(f"SELECT {key_sql('F01', ['a', 'b'])} FROM frame ORDER BY i").fetchall()
    assert [k for (k,) in found] == expected
