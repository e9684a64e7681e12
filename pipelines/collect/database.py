"""A feed fetched from a table of a front-end database (前置库).

Belongs here: what is asked for and which file comes of it. Does not belong here: what the servers say differently
(dialect.py), which files were fetched before (known.py), the comparison (delta.py).
The file is a function of the table's content, the files known and the month: fetched twice, it is the same bytes,
and landing takes bytes once.
"""

from datetime import date
from pathlib import Path

from pipelines.collect.delta import write_changes
from pipelines.collect.known import ORIGIN, Known, origin
from pipelines.collect.names import file_name
from pipelines.collect.report import FETCHED, UNCHANGED, Collected
from pipelines.collect.staging import publish, scratch
from pipelines.collect.table import PARQUET, SourceTable, opened, quoted
from pipelines.contracts import Feed
from pipelines.contracts.model import Source
from pipelines.paths import Paths


def fetch_table(paths: Paths, feed: Feed, source: Source, as_of: date) -> Collected:
    """Put what a table holds (feeds delivered in full, and the first time), or what is new in it, into the drop
    folder. A month without news is said once, by a file without rows. Raises SourceError."""
    known = Known.of(paths, feed, source)
    is_whole = feed.mode == "full" or not known.files
    mode = "append" if feed.mode == "append" else "full" if is_whole else "delta"
    name = file_name(feed, as_of, mode, "parquet")
    with scratch(paths, feed) as folder:
        target = folder / name
        with opened(feed, source, folder) as table:
            options = _options(source, as_of)
            if is_whole:
                rows = write_whole(table, target, options)
            else:
                rows = write_changes(table, known, target, options, feed.mode, as_of)
        count = sum(rows.values())
        if not count and any(d.period == f"{as_of:%Y%m}" for d in known.deliveries):
            return Collected(feed.code, source.kind, UNCHANGED, f"表 {source.place} 没有变动", rows=rows)
        publish(paths, feed, target, name)
    said = "、".join(f"{kind} {number:,}" for kind, number in rows.items())
    return Collected(feed.code, source.kind, FETCHED, f"表 {source.place} 取得 {said} 行", (name,), rows)


def write_whole(table: SourceTable, target: Path, options: str) -> dict[str, int]:
    """All rows, in order of the keys. Returns how many."""
    ordered = [*table.keys, *(h for h in table.columns if h not in table.keys)]
    order = ", ".join(map(quoted, ordered))
    rows = f"SELECT * EXCLUDE (_is_read) FROM {table.relation()} ORDER BY {order}"
    return {"全部": table.con.execute(f"COPY ({rows}) TO '{target}' ({options})").fetchone()[0]}


def _options(source: Source, as_of: date) -> str:
    """How the file is written, and what it says of itself: two months without news are two files."""
    said = f"{ORIGIN}: '{origin(source)}', period: '{as_of:%Y%m}'"
    return f"{PARQUET}, KV_METADATA {{{said}}}"
