"""A feed fetched from a table of a front-end database (前置库).

Belongs here: what is asked for and which file comes of it. Does not belong here: what the servers say differently
(dialect.py), which files were fetched before (known.py), the comparison (delta.py).
The file is a function of the table's content, the files known and the month: fetched twice, it is the same bytes,
and landing takes bytes once.
"""

import hashlib
from datetime import date
from pathlib import Path

from pipelines.ingest.collect.delta import write_changes
from pipelines.ingest.collect.known import ORIGIN, Known, origin
from pipelines.ingest.collect.names import file_name
from pipelines.ingest.collect.report import FETCHED, UNCHANGED, Collected
from pipelines.ingest.collect.staging import publish, scratch
from pipelines.ingest.collect.table import PARQUET, SourceTable, opened, quoted
from pipelines.ingest.landing import landed
from pipelines.kit.contracts import Feed
from pipelines.kit.contracts.model import Source
from pipelines.kit.paths import Paths


def fetch_table(paths: Paths, feed: Feed, source: Source, as_of: date) -> Collected:
    """Put what a table holds (feeds delivered in full, and the first month), or what is new in it since the months
    before, into the drop folder; a file without rows says that nothing is. Raises SourceError."""
    known = Known.of(paths, feed, source, as_of)
    if known.is_ahead:
        said = f"已收到 {as_of:%Y%m} 以后各期；数据库只有现状，不再补取 {as_of:%Y%m} 期"
        return Collected(feed.code, source.kind, UNCHANGED, said)
    is_whole = feed.mode == "full" or not known.files
    mode = "append" if feed.mode == "append" else "full" if is_whole else "delta"
    name = file_name(feed, as_of, mode, "parquet")
    with scratch(paths, feed) as folder:
        target = folder / name
        with opened(feed, source, folder) as table:
            if is_whole:
                rows = write_whole(table, target, _options(source, as_of))
            else:
                current = [d.file(paths) for d in known.current if d.mode == mode]
                rows = write_changes(table, known, current, target, _options(source, as_of), feed.mode, as_of)
        if said := _said_before(paths, feed, known, target, mode, as_of):
            return Collected(feed.code, source.kind, UNCHANGED, f"表 {source.place} {said[0]}", (), rows, said[1:])
        publish(paths, feed, target, name)
    said = "、".join(f"{kind} {number:,} 行" for kind, number in rows.items()) or "没有变动（空文件）"
    return Collected(feed.code, source.kind, FETCHED, f"表 {source.place}：{said}", (name,), rows)


def _said_before(
    paths: Paths, feed: Feed, known: Known, target: Path, mode: str, as_of: date
) -> tuple[str, ...]:
    """Nothing when the file is new; else what to report, and a notice when another one of the month has replaced it
    since: landing takes bytes once, so the lake follows with the next month."""
    with target.open("rb") as reader:
        digest = hashlib.file_digest(reader, "sha256").hexdigest()
    about = f"{as_of:%Y%m}", mode, digest
    if about in {(d.period, d.mode, d.sha256) for d in known.current}:
        return ("与本期已收的相同",)
    if about in {(d.period, d.mode, d.sha256) for d in landed(paths, feed.code)}:
        notice = f"{feed.code} 本期内容改后又改回，先前交付不重复生效；如需生效请撤回后来的交付"
        return "回到了本期先前交付的内容", notice
    return ()


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
