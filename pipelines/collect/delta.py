"""What is new in a table since it was last fetched.

Belongs here: the comparison of a table with what is known of it. Does not belong here: reading either.
A watermark only saves reading. Rows marked within the overlap before the last mark are read again, for whoever
commits late; all keys are compared always, so rows that went are noticed, and so is a row that came with an old mark
or none: then the watermark cannot be trusted and the whole table is compared.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from pipelines.collect.known import DELETED, Known, digest
from pipelines.collect.table import CHANGE, PARQUET, SourceTable, quoted

OVERLAP = timedelta(days=1)
OVERLAP_NUMBERS = 10_000
_NEW, _CHANGED = "新增", "变更"


def write_changes(
    table: SourceTable, known: Known, target: Path, options: str, mode: str, as_of: date, folder: Path
) -> dict[str, int]:
    """Write rows that are new, changed or gone, in the table's columns; registers say which in 变动类型.

    Returns rows by kind of change. `mode` is the feed's: full_delta (a register) or append (rows that went are
    not told). Columns that are the watermark are carried along but not compared.
    """
    con, keys = table.con, table.keys
    compared = [h for h in table.columns if h != table.watermark]
    con.execute(f"CREATE TEMP VIEW known AS {known.rows(keys, compared)}")
    con.execute("CREATE TEMP TABLE known_digest AS SELECT _key, _row FROM known")
    _read_what_may_be_new(table, known, as_of, folder)
    window = f"(SELECT *, {digest(keys)} AS _key, {digest(compared)} AS _row FROM '{folder}/window.parquet')"
    news = f"""
        WITH fresh AS (SELECT DISTINCT _key FROM {window} AS w ANTI JOIN known_digest USING (_key, _row))
        SELECT w.* EXCLUDE (_key, _row),
            CASE WHEN _key IN (SELECT _key FROM known_digest) THEN '{_CHANGED}' ELSE '{_NEW}' END AS {quoted(CHANGE)}
        FROM {window} AS w SEMI JOIN fresh USING (_key)"""
    if mode == "full_delta":
        columns = ", ".join(map(quoted, table.columns))
        news += f"""
            UNION ALL BY NAME
            SELECT {columns}, '{DELETED}' AS {quoted(CHANGE)} FROM known
            WHERE _key NOT IN (SELECT {digest(keys)} FROM '{folder}/keys.parquet')"""
    told = quoted(CHANGE)
    con.execute(f"CREATE TEMP TABLE news AS {news}")
    kinds = f"CASE {told} WHEN '{DELETED}' THEN 0 WHEN '{_CHANGED}' THEN 1 ELSE 2 END"
    order = ", ".join([kinds, *map(quoted, keys), *map(quoted, compared)])
    chosen = "*" if mode == "full_delta" else f"* EXCLUDE ({told})"
    con.execute(f"COPY (SELECT {chosen} FROM news ORDER BY {order}) TO '{target}' ({options})")
    return dict(con.execute(f"SELECT {told}, count(*) FROM news GROUP BY ALL ORDER BY {told} DESC").fetchall())


def _read_what_may_be_new(table: SourceTable, known: Known, as_of: date, folder: Path) -> None:
    """`window.parquet`: every row that may be new; `keys.parquet`: the keys of all rows."""
    mark = _start(table, known, as_of) if table.watermark else None
    if mark is not None:
        _copy(table, folder / "window.parquet", where=table.since(mark))
        _copy(table, folder / "keys.parquet", table.keys)
        if not _has_strays(table, folder):
            return
    _copy(table, folder / "window.parquet")
    table.con.execute(
        f"COPY (SELECT {', '.join(map(quoted, table.keys))} FROM '{folder}/window.parquet') "
        f"TO '{folder}/keys.parquet' ({PARQUET})"
    )


def _copy(table: SourceTable, target: Path, headings: Sequence[str] | None = None, where: str = "") -> None:
    table.con.execute(f"COPY (SELECT * FROM {table.relation(headings, where)}) TO '{target}' ({PARQUET})")


def _has_strays(table: SourceTable, folder: Path) -> bool:
    """Whether there is a key that neither we know nor the window shows."""
    key = digest(table.keys)
    asked = f"""
        SELECT count(*) FROM '{folder}/keys.parquet' WHERE {key} NOT IN (SELECT _key FROM known_digest)
        AND {key} NOT IN (SELECT {key} FROM '{folder}/window.parquet')"""
    return table.con.execute(asked).fetchone()[0] > 0


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
