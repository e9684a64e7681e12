"""Content hashes: whether two lakes, or one lake before and after, hold the same rows."""

from collections.abc import Iterable

import duckdb


def content_hash(con: duckdb.DuckDBPyConnection, schemas: Iterable[str]) -> dict[str, str]:
    """'schema.table' -> hash of its rows, whatever their order and that of the columns; duplicates count.

    Column names are part of it, types are not.
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
    cells = ", ".join(f""""{c.replace('"', '""')}" := CAST("{c}" AS VARCHAR)""" for c in columns)
    row = f"CAST(struct_pack({cells}) AS VARCHAR)"
    count, total = con.execute(
        f"SELECT count(*), sum(CAST(md5_number_lower({row}) AS HUGEINT)) FROM {name}"
    ).fetchone()
    text = "|".join([*columns, str(count), str(total)])
    return con.execute("SELECT sha256(?)", [text]).fetchone()[0]
