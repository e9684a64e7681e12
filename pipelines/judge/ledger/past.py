"""`past.<table>_change`: what golden tables said and when the lake came to know it; `past.<table>`: any of them as it
was known on one day and valid on another.

Belongs here: what a turn adds, forgetting it, the views. Does not belong here: which tables are remembered (`meta:
past` of a model), the past of a delivered record (pipelines.ingest.history), that of all other tables (past_day.py
builds a past day anew). Why both: docs/adr/0015-two-times.md.
A row stands for its key from its `known_from` on until a later row of the same key; `is_gone` ends it. A row is added
where a value changes, not where only the file that says it does.
"""

from datetime import date

import duckdb

from pipelines.kit.models import Remembered, remembered
from pipelines.kit.tables import transaction

# Session variables that the views ask: `SET VARIABLE known_on = '2024-02-29'`.
KNOWN_ON, VALID_ON = "known_on", "valid_on"
_OURS = {"known_from": "DATE", "is_gone": "BOOLEAN", "content": "UBIGINT"}


def remember(con: duckdb.DuckDBPyConnection, as_of: date) -> dict[str, int]:
    """Add what this turn knows otherwise than the one before; returns how many rows, by table."""
    added = {}
    with transaction(con):
        forget(con, as_of)
        for table in remembered():
            columns = _columns(con, table.schema, table.name)
            columns = {name: type_ for name, type_ in columns.items() if name not in table.without}
            _make_room(con, table, columns)
            added[table.name] = con.execute(_added(table, columns), {"as_of": as_of}).fetchone()[0]
            con.execute(_view(table, columns))
    return added


def forget(con: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Take back what `as_of` and later turns added, and turns that were never closed; inside a transaction."""
    for name in _standing(con):
        con.execute(
            f'DELETE FROM lake.past."{name}" WHERE known_from >= ? '
            "OR known_from NOT IN (SELECT as_of FROM lake.ledger.turn)",
            [as_of],
        )


def _standing(con: duckdb.DuckDBPyConnection) -> list[str]:
    tables = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'lake' AND schema_name = 'past'"
    return sorted(name for (name,) in con.execute(tables).fetchall())


def _columns(con: duckdb.DuckDBPyConnection, schema: str, name: str) -> dict[str, str]:
    told = con.execute(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = 'lake' AND schema_name = ? "
        "AND table_name = ? ORDER BY column_index", [schema, name],
    )  # fmt: skip
    return dict(told.fetchall())


def _make_room(con: duckdb.DuckDBPyConnection, table: Remembered, columns: dict[str, str]) -> None:
    """A column that is new is unknown of the past; one of another type cannot stand beside it, so the past begins again
    (and is had whole by a new lake, which replays every turn)."""
    name = f'lake.past."{table.name}_change"'
    there = _columns(con, "past", f"{table.name}_change")
    if any(there.get(column, type_) != type_ for column, type_ in columns.items()):
        con.execute(f"DROP TABLE {name}")
        there = {}
    wanted = {**_OURS, **columns}
    if not there:
        con.execute(f"CREATE TABLE {name} ({', '.join(f'{c} {t}' for c, t in wanted.items())})")
        return
    for column in wanted.keys() - there.keys():
        con.execute(f"ALTER TABLE {name} ADD COLUMN {column} {wanted[column]}")


def _added(table: Remembered, columns: dict[str, str]) -> str:
    key, change = ", ".join(table.key), f'lake.past."{table.name}_change"'
    now = f'lake.{table.schema}."{table.name}"'
    values = ", ".join(c for c in columns if c not in table.key and not table.is_provenance(c))
    return f"""
        INSERT INTO {change} BY NAME
        WITH last AS (
            SELECT {key}, arg_max(content, known_from) AS content, arg_max(is_gone, known_from) AS is_gone
            FROM {change} GROUP BY {key}
        ),
        now AS (SELECT hash({values}) AS content, {', '.join(columns)} FROM {now})
        SELECT $as_of AS known_from, false AS is_gone, now.*
        FROM now LEFT JOIN last USING ({key})
        WHERE last.content IS DISTINCT FROM now.content OR last.is_gone
        UNION ALL BY NAME
        SELECT $as_of AS known_from, true AS is_gone, 0::UBIGINT AS content, {key}
        FROM last ANTI JOIN {now} USING ({key}) WHERE NOT is_gone
        ORDER BY {key}"""


def _view(table: Remembered, columns: dict[str, str]) -> str:
    """The newest row of each key by the day asked for (unset: of all), where it is no end, valid on the day asked for
    (unset: on any). Where a row does not tell since when it is so, it is since the key was known first."""
    key, change = ", ".join(table.key), f'lake.past."{table.name}_change"'
    by_then = f"known_from <= coalesce(try_cast(getvariable('{KNOWN_ON}') AS DATE), DATE '9999-12-31')"
    valid = " AND ".join(f"({told})" for told in ("NOT is_gone", *_valid(table)))
    return f"""
        CREATE OR REPLACE VIEW lake.past."{table.name}" AS
        SELECT known_from, {', '.join(columns)} FROM {change}
        JOIN (
            SELECT {key}, max(known_from) AS known_from, min(known_from) AS first_known
            FROM {change} WHERE {by_then} GROUP BY {key}
        ) AS newest USING ({key}, known_from)
        WHERE {valid}"""


def _valid(table: Remembered) -> list[str]:
    day = f"try_cast(getvariable('{VALID_ON}') AS DATE)"
    unset = f"getvariable('{VALID_ON}') IS NULL"
    told = [f"{unset} OR coalesce(CAST({table.valid_from} AS DATE), first_known) <= {day}"]
    ends = f"{unset} OR {table.valid_through} IS NULL OR CAST({table.valid_through} AS DATE) >= {day}"
    return (told if table.valid_from else []) + ([ends] if table.valid_through else [])
