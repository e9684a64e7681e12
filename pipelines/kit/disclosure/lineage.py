"""Which columns of the feeds a column of the lake is made of, read out of the models' SQL.

Belongs here: following columns through compiled SQL. Does not belong here: what follows from it (policy.py). Values are
followed, not the rows they stand in: a condition or a join shows nothing of a column.
"""

import re
from collections.abc import Mapping

from sqlglot import exp, parse_one
from sqlglot.lineage import Node, lineage

_BRONZE = re.compile(r"read_parquet\('[^']*/bronze/(\w+)/\*/\w+\.parquet'[^)]*\)")
_DIALECT = "duckdb"

Schema = Mapping[str, Mapping[str, tuple[str, ...]]]
Origins = dict[str, dict[str, tuple[str, ...]]]


def origins(models: Mapping[tuple[str, str], str], sources: Schema) -> Origins:
    """Table (`unified.person`) -> column -> columns of sources it is made of (`bronze.F01.name`), sorted.

    `models`: (layer, name) -> compiled SQL; `sources`: schema -> table -> columns of what no model makes. Raises
    sqlglot.errors.SqlglotError for SQL that names a column nobody knows.
    """
    trees = {f"{layer}.{name}": parsed(sql) for (layer, name), sql in models.items()}
    schema = {layer: {table: dict.fromkeys(columns, "text") for table, columns in tables.items()}
              for layer, tables in sources.items()}  # fmt: skip
    found: Origins = {}
    for table in _in_order(trees):
        layer, _, name = table.partition(".")
        nodes = lineage(None, trees[table], schema, dialect=_DIALECT, validate_qualify_columns=True,
                        trim_selects=False, copy=False)  # fmt: skip
        schema.setdefault(layer, {})[name] = dict.fromkeys(nodes, "text")
        found[table] = {column: _leaves(node, found) for column, node in nodes.items()}
    return found


def parsed(sql: str) -> exp.Expression:
    """Compiled SQL of a model as a tree, with the files of a feed read as the table `bronze.<feed>`."""
    tree = parse_one(_BRONZE.sub(r'bronze."\1"', sql), read=_DIALECT)
    for table in tree.find_all(exp.Table):
        table.set("catalog", None)
    return tree


def _in_order(trees: Mapping[str, exp.Expression]) -> list[str]:
    """Every model after those it reads."""
    ordered: dict[str, None] = {}

    def visit(table: str) -> None:
        for read in sorted({f"{t.db}.{t.name}" for t in trees[table].find_all(exp.Table)}):
            if read in trees and read not in ordered:
                visit(read)
        ordered[table] = None

    for table in sorted(trees):
        if table not in ordered:
            visit(table)
    return list(ordered)


def _leaves(node: Node, known: Origins) -> tuple[str, ...]:
    """Source columns of one output column; what an earlier model made is followed to its own."""
    found: set[str] = set()
    for leaf in node.walk():
        if isinstance(leaf.source, exp.Table) and not leaf.downstream:
            table, name = f"{leaf.source.db}.{leaf.source.name}", leaf.name.rpartition(".")[2].strip('"')
            found |= set(known[table][name]) if table in known else {f"{_written(table)}.{name}"}
    return tuple(sorted(found))


def _written(table: str) -> str:
    """A table as the project writes it: DuckDB's names have no case, codes of feeds are capitals."""
    schema, _, name = table.partition(".")
    return f"{schema}.{name.upper()}" if schema == "bronze" else table
