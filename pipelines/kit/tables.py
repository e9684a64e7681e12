"""Getting Python rows and texts into DuckDB: into a temporary table, or through one into the lake; into a statement.

Belongs here: rows in memory on their way into a table, and the transaction around them. Does not belong here: any table
of ours. Row by row straight into DuckLake costs a file or a catalogue entry each; through a temporary table it is one.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

import duckdb
import polars as pl


def temp_table(con: duckdb.DuckDBPyConnection, name: str, columns: str, rows: Sequence[tuple]) -> None:
    """Replace temporary table `name`; `columns` as in CREATE TABLE."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({columns})")
    _fill(con, name, rows)


def literal(text: str) -> str:
    """A text as it stands in SQL (and in YAML): a doubled quote is one, for DuckDB and for the servers we collect
    from."""
    return "'" + text.replace("'", "''") + "'"


def insert(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple]) -> None:
    """Append rows (values in the table's column order) in one statement."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE incoming AS FROM {table} LIMIT 0")
    _fill(con, "incoming", rows)
    con.execute(f"INSERT INTO {table} FROM incoming")


def _fill(con: duckdb.DuckDBPyConnection, name: str, rows: Sequence[tuple]) -> None:
    if rows:
        frame = pl.DataFrame(rows, orient="row", infer_schema_length=None)
        con.register("filling", frame)
        con.execute(f"INSERT INTO {name} FROM filling")
        con.unregister("filling")


def replace_turn(con: duckdb.DuckDBPyConnection, table: str, as_of: date, rows: pl.DataFrame) -> None:
    """Put `rows` (columns by name) in place of what a ledger table holds for one turn, in one transaction."""
    with transaction(con):
        con.execute(f"DELETE FROM {table} WHERE as_of = ?", [as_of])
        con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM rows")


def replace_all(con: duckdb.DuckDBPyConnection, table: str, as_of: date, rows: Sequence[dict]) -> None:
    """Put `rows` (by column, without as_of) in place of all that a ledger table holds; inside a transaction."""
    con.execute(f"DELETE FROM {table}")
    if rows:
        frame = pl.DataFrame([{"as_of": as_of, **row} for row in rows], infer_schema_length=None)
        con.register("incoming_frame", frame)
        con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming_frame")
        con.unregister("incoming_frame")


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All or nothing: commit on leaving, roll back on any exception."""
    con.execute("BEGIN")
    try:
        yield
    except BaseException:
        con.execute("ROLLBACK")
        raise
    con.execute("COMMIT")
