"""Every model, as compiled, is SQL of both engines: DuckDB, which runs it, and Spark, which may one day.

Belongs here: that it can be read and said in both. Does not belong here: that both give the same rows.
"""

import pytest
from sqlglot import ErrorLevel, exp, parse_one
from sqlglot.errors import SqlglotError

from pipelines.kit.disclosure.lineage import parsed
from pipelines.kit.models import MODEL, nodes

MODELS = {node.name: node.sql for node in nodes() if node.kind == MODEL}
# DuckDB's own names of functions that a macro of macros/portable/ wraps and sqlglot has no word for.
WRAPPED = {"to_months"}


def in_spark(sql: str) -> exp.Expression:
    """The same statement as Spark would read it. Raises SqlglotError where one of the two has no word for it."""
    tree = parsed(sql)
    if unknown := {f.name.lower() for f in tree.find_all(exp.Anonymous)} - WRAPPED:
        raise SqlglotError(f"functions of one engine: {sorted(unknown)}")
    return parse_one(tree.sql("spark", unsupported_level=ErrorLevel.RAISE), read="spark")


def tables(tree: exp.Expression) -> set[tuple[str, str]]:
    return {(table.db, table.name) for table in tree.find_all(exp.Table)}


@pytest.mark.parametrize("name", sorted(MODELS))
def test_a_model_reads_the_same_tables_in_both_dialects(name: str) -> None:
    assert tables(in_spark(MODELS[name])) == tables(parsed(MODELS[name]))


@pytest.mark.parametrize("sql", [
    "select md5_number(a) from t",
    "select a from read_parquet('a.parquet', union_by_name = true)",
    "select a from t where",
])  # fmt: skip
def test_what_only_one_engine_knows_is_refused(sql: str) -> None:
    with pytest.raises(SqlglotError):
        in_spark(sql)
