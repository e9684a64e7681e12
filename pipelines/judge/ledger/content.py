"""Content hashes: whether two lakes, or one lake before and after, hold the same rows.

Belongs here: comparing, for people, tests and the bench. Does not belong here: what a build need not do again, which is
told by what tables are made of (kit/unchanged.py).
"""

from collections.abc import Iterable

import duckdb


def content_hash(con: duckdb.DuckDBPyConnection, schemas: Iterable[str]) -> dict[str, str]:
    """'schema.table' -> hash of its rows, whatever their order and that of the columns; duplicates count.

    Column names are part of it. Comparable within one DuckDB version only: its `hash` is several times
    faster than a digest that would outlive it.
    """
    tables = con.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'lake' "
        "AND list_contains(?, schema_name) ORDER BY ALL",
        [list(schemas)],
    ).fetchall()
    return {f"{schema}.{table}": _table_hash(con, schema, table) for schema, table in tables}


def _table_hash(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> str:
    name = f'lake."{schema}"."{table}"'
    columns = sorted(row[0] for row in con.execute(f"DESCRIBE {name}").fetchall())
    cells = ", ".join('"{}"'.format(c.replace('"', '""')) for c in columns)
    # two sums of differently seeded hashes: one of 64 bits would let a pair of changes cancel too easily
    sums = (f"sum(CAST(hash({seed}{cells}) AS HUGEINT))" for seed in ("", "1, "))
    figures = con.execute(f"SELECT count(*), {', '.join(sums)} FROM {name}").fetchone()
    return con.execute("SELECT sha256(?)", ["|".join([*columns, *map(str, figures)])]).fetchone()[0]
