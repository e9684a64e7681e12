"""Days on which one record in a hundred of every feed that sends changes is sent again, otherwise: what a build costs
that changes the rows affected, beside one that makes every table anew, and whether both make the same tables.

Belongs here: the days, measuring. Does not belong here: files and their reading (the rows are written into bronze as
reading would have), months (story.py). The data folder is changed for good: take a copy.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import polars as pl

from pipelines.ingest.bronze.store import ROWS_FILE
from pipelines.judge.ledger.content import content_hash
from pipelines.judge.ledger.deliveries import in_force
from pipelines.kit.build import build, statement
from pipelines.kit.contracts import Feed, load_contracts
from pipelines.kit.keys import derived_key
from pipelines.kit.lake import connect
from pipelines.kit.models import TEST, VIEW, nodes
from pipelines.kit.paths import Paths

BUILT = ("reference", "staging", "linkage", "unified", "verify", "returns", "packs", "published")
# One record in so many is sent again, of these one in so many is deleted, and every so many days deliveries are
# withdrawn.
ONE_IN, DELETED, WITHDRAWN = 100, 10, 7
_DELETED = "删除"


@dataclass(frozen=True)
class Day:
    """`seconds` and `cpu` of the build, of a whole one where there was one, `rows` sent, tables made anew, changed in
    part and standing, and those that are not what a whole build makes of them."""

    on: date
    rows: int
    seconds: float
    cpu: float
    anew: int
    changed: int
    stand: int
    whole_seconds: float | None = None
    whole_cpu: float | None = None
    differing: tuple[str, ...] = ()


def days(paths: Paths, first: date, count: int, compare_every: int = 1) -> Iterator[Day]:
    """`count` days from `first` on; every so many the lake is compared with a build from nothing."""
    feeds = [feed for feed in load_contracts().values() if feed.mode in ("full_delta", "append")]
    with connect(paths) as con:
        standing = in_force(con, paths)
    build(paths, first - timedelta(days=1), standing=standing)
    for number in range(count):
        on = first + timedelta(days=number)
        with connect(paths) as con:
            rows = sum(_send(con, paths, feed, on, number) for feed in feeds)
            if number % WITHDRAWN == WITHDRAWN - 1:
                _withdraw(con, on)
            standing = in_force(con, paths)
        clock, cpu = time.monotonic(), time.process_time()
        done = build(paths, on, standing=standing)
        spent = time.monotonic() - clock, time.process_time() - cpu
        tables = [one for one in done if one.node.kind != TEST and one.node.materialized != VIEW]
        anew = sum(one.is_new and one.changed is None for one in tables)
        changed = sum(one.is_new and one.changed is not None for one in tables)
        day = Day(on, rows, *spent, anew, changed, len(tables) - anew - changed)
        yield _compared(paths, day) if number % compare_every == compare_every - 1 else day


def _send(con: duckdb.DuckDBPyConnection, paths: Paths, feed: Feed, on: date, number: int) -> int:
    """A delivery of changes: of the records chosen for the day one column holds what another of them has."""
    folder = paths.bronze / feed.code
    files = [f for f in sorted(folder.glob(f"*/{ROWS_FILE}")) if not f.parent.name.startswith("_")]
    rows = pl.concat([pl.read_parquet(file) for file in files[:60]], how="diagonal_relaxed")
    lot = rows["_record_key"].str.slice(0, 8).str.to_integer(base=16, dtype=pl.Int64)
    chosen = rows.filter((lot + number * 7919) % ONE_IN == 0).unique("_record_key", keep="last", maintain_order=True)
    if not chosen.height:
        return 0
    free = [c.name for c in feed.columns if c.name not in (*feed.key_columns, "change_type")]
    column = free[number % len(free)]
    delivery = f"{on:%Y%m%d}-{derived_key('daily', feed.code, on)[:8]}"
    sent = chosen.with_columns(
        pl.col(column).shift(1).alias(column),
        _delivery_id=pl.lit(delivery), _delivery_seq=pl.lit(900_000 + number, pl.Int64), _delivered_on=pl.lit(on),
        _mode=pl.lit("delta"), _row=pl.int_range(2, chosen.height + 2, dtype=pl.Int64),
    ).with_columns(_source_ref=pl.format("{}/{}/{}", "_feed", "_delivery_id", "_row"))  # fmt: skip
    if "change_type" in feed.by_name:
        gone = pl.int_range(pl.len()) % DELETED == 0
        sent = sent.with_columns(change_type=pl.when(gone).then(pl.lit(_DELETED)).otherwise("change_type"))
    (folder / delivery).mkdir()
    sent.write_parquet(folder / delivery / ROWS_FILE)
    con.execute(
        "INSERT INTO lake.ledger.delivery_standing BY NAME SELECT * REPLACE (? AS delivery_id, ? AS delivery_seq, "
        "? AS delivered_on, true AS is_current, rank + 1 AS rank, 'delta' AS mode) FROM lake.ledger.delivery_standing "
        "WHERE feed = ? AND is_current ORDER BY rank DESC, delivery_id LIMIT 1",
        [delivery, 900_000 + number, on, feed.code],
    )
    return sent.height


def _withdraw(con: duckdb.DuckDBPyConnection, on: date) -> None:
    """What one feed in three sent three days ago counts no longer."""
    sent = f"{on - timedelta(days=3):%Y%m%d}-%"
    con.execute(
        "UPDATE lake.ledger.delivery_standing SET is_current = false WHERE delivery_seq >= 900000 "
        "AND delivery_id LIKE ? AND hash(feed) % 3 = 0",
        [sent],
    )


def _compared(paths: Paths, day: Day) -> Day:
    """Make every table anew in a transaction that is taken back."""
    with connect(paths) as con:
        stands = content_hash(con, BUILT)
        con.execute("BEGIN")
        clock, cpu = time.monotonic(), time.process_time()
        for node in nodes():
            con.execute(statement(node, paths, day.on))
        spent = time.monotonic() - clock, time.process_time() - cpu
        anew = content_hash(con, BUILT)
        con.execute("ROLLBACK")
    differing = sorted(table for table in stands.keys() | anew.keys() if stands.get(table) != anew.get(table))
    return Day(**{**vars(day), "whole_seconds": spent[0], "whole_cpu": spent[1], "differing": tuple(differing)})


def markdown(told: list[Day]) -> str:
    """The days as a table."""
    head = ("day", "rows sent", "build", "CPU", "anew", "in part", "stand", "whole build", "CPU", "CPU ratio", "differ")
    lines = [f"| {' | '.join(head)} |", "|---|" + "---:|" * 9 + "---|"]
    for d in told:
        cells = [d.on, f"{d.rows:,}", f"{d.seconds:.1f} s", f"{d.cpu:.1f} s", d.anew, d.changed, d.stand, *[""] * 3]
        if d.whole_seconds:
            cells[-3:] = f"{d.whole_seconds:.1f} s", f"{d.whole_cpu:.1f} s", f"{d.cpu / d.whole_cpu:.2f}"
        lines.append(f"| {' | '.join(map(str, cells))} | {'、'.join(d.differing)} |")
    return "\n".join(lines)
