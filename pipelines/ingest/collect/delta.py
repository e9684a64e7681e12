"""What is new in a table since it was last fetched.

Belongs here: the comparison of a table with what is known of it. Does not belong here: reading either.
A watermark only saves reading. Rows marked within the overlap before the last mark are read again, for whoever
commits late; all keys are compared always, so rows that went are noticed, and so is a row that came with an old
mark: then the watermark cannot be trusted and the whole table is read and compared.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from pipelines.ingest.collect.known import DELETED, Known, digest, nothing
from pipelines.ingest.collect.table import CHANGE, PARQUET, SourceTable, quoted

OVERLAP = timedelta(days=1)
OVERLAP_NUMBERS = 10_000
_NEW, _CHANGED = "新增", "变更"


def write_changes(
    table: SourceTable, known: Known, current: Sequence[Path], target: Path, options: str, mode: str, as_of: date
) -> dict[str, int]:
    """Write rows that are new, changed or gone, in the table's columns; registers say which in 变动类型.

    Returns rows by kind of change. `mode` is the feed's: full_delta (a register) or append (rows that went are
    not told). The watermark is carried along but not compared. `current` is the file of this month that the new one
    replaces, if there is one: whatever that has told is told anew as it is now, so that taking a change back is news.
    """
    con, keys, told = table.con, table.keys, quoted(CHANGE)
    compared = [h for h in table.columns if h != table.watermark]
    con.execute(f"CREATE TEMP VIEW known AS {known.rows(keys, compared)}")
    con.execute("CREATE TEMP TABLE known_digest AS SELECT _key, _row FROM known")
    con.execute(f"CREATE TEMP TABLE mentioned AS {_mentioned(table, compared, current)}")
    there = _read_what_may_be_new(table, known, compared, as_of, target.with_name("there.parquet"))
    news = f"""
        WITH fresh AS (
            SELECT _key FROM {there} AS t ANTI JOIN known_digest USING (_key, _row) WHERE _is_read = 1
            UNION SELECT _key FROM mentioned
        )
        SELECT * EXCLUDE (_key, _row, _is_read),
            CASE WHEN _key IN (SELECT _key FROM known_digest) THEN '{_CHANGED}' ELSE '{_NEW}' END AS {told}
        FROM {there} AS t SEMI JOIN fresh USING (_key) WHERE _is_read = 1"""
    if mode == "full_delta":
        columns = ", ".join(map(quoted, table.columns))
        news += f"""
            UNION ALL BY NAME
            SELECT {columns}, '{DELETED}' AS {told} FROM known ANTI JOIN {there} AS t USING (_key)
            UNION ALL BY NAME
            SELECT {columns}, '{DELETED}' AS {told} FROM mentioned
            ANTI JOIN {there} AS t USING (_key) ANTI JOIN known_digest USING (_key)"""
    con.execute(f"CREATE TEMP TABLE news AS {news}")
    kinds = f"CASE {told} WHEN '{DELETED}' THEN 0 WHEN '{_CHANGED}' THEN 1 ELSE 2 END"
    order = ", ".join([kinds, *map(quoted, keys), *map(quoted, compared)])
    chosen = "*" if mode == "full_delta" else f"* EXCLUDE ({told})"
    con.execute(f"COPY (SELECT {chosen} FROM news ORDER BY {order}) TO '{target}' ({options})")
    return dict(con.execute(f"SELECT {told}, count(*) FROM news GROUP BY ALL ORDER BY {told} DESC").fetchall())


def _mentioned(table: SourceTable, compared: Sequence[str], current: Sequence[Path]) -> str:
    """SQL of the rows this month has told already."""
    files = "".join(f" UNION ALL BY NAME SELECT * FROM '{file}'" for file in current)
    return f"SELECT *, {digest(table.keys)} AS _key FROM (SELECT * FROM {nothing([*table.columns])}{files})"


def _read_what_may_be_new(
    table: SourceTable, known: Known, compared: Sequence[str], as_of: date, file: Path
) -> str:
    """Read the table into `file` by its watermark, or whole; returns SQL of it with `_key` and `_row`."""
    there = f"(SELECT *, {digest(table.keys)} AS _key, {digest(compared)} AS _row FROM '{file}')"
    strays = f"""
        SELECT count(*) FROM {there} WHERE _is_read = 0
        AND (_key NOT IN (SELECT _key FROM known_digest) OR _key IN (SELECT _key FROM mentioned))"""
    since = _start(table, known, as_of) if table.watermark else None
    for start in [since, None] if since else [None]:
        table.con.execute(f"COPY (FROM {table.relation(start)}) TO '{file}' ({PARQUET})")
        if not table.con.execute(strays).fetchone()[0]:
            break
    return there


def _start(table: SourceTable, known: Known, as_of: date) -> str | None:
    """Where reading starts: the last mark less the overlap; None when there is none."""
    column = table.columns[table.watermark]
    before = (as_of + timedelta(days=1)).isoformat() if column.is_moment else None
    mark = known.mark(table.con, table.watermark, before)
    if mark is None:
        return None
    if column.is_moment:
        return (datetime.fromisoformat(mark) - OVERLAP).isoformat(sep=" ")
    return str(int(mark) - OVERLAP_NUMBERS) if column.is_number else mark
