"""Proof that what was issued can be read: every file goes through our own landing and bronze and must say the same.

Belongs here: reading an issue back and comparing. Does not belong here: writing it.
"""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.give.exports.contract import Export
from pipelines.give.exports.delta import applied
from pipelines.give.exports.made import sent_feed
from pipelines.give.exports.standing import Issue, base_of, opened, state_of
from pipelines.ingest.bronze import ingest_feed
from pipelines.ingest.bronze.store import ROWS_FILE
from pipelines.ingest.landing import land_feed
from pipelines.kit.contracts import Feed
from pipelines.kit.paths import Paths
from pipelines.kit.security.keys import KeyProvider


@dataclass(frozen=True)
class RoundTrip:
    """What reading back gave. `problems` name columns and counts, never a value."""

    rows: int
    problems: tuple[str, ...]

    @property
    def is_identical(self) -> bool:
        return not self.problems


def round_trip(paths: Paths, export: Export, issue: Issue) -> RoundTrip:
    """Read an issue as its receiver would: rows, values and types must be those of the state it was made from;
    a delta is applied to the state before it."""
    kind = issue.manifest["kind"]
    state = state_of(paths, issue)
    if state is None:
        return RoundTrip(0, (f"{issue.folder.name}: the state it was made from is gone, nothing to compare with",))
    rows, problems = read_back(sent_feed(export, kind), opened(KeyProvider(paths), issue), issue.as_of)
    if not problems and issue.is_delta:
        before = state_of(paths, base_of(issue))
        if before is None:
            return RoundTrip(0, (f"{issue.folder.name}: the state it is told against is gone",))
        rows = applied(before, rows, export.feed.key_columns, export.order)
    return RoundTrip(rows.height, tuple(problems or differences(state, rows)))


def differences(expected: pl.DataFrame, found: pl.DataFrame) -> list[str]:
    """In words, by column; empty when rows, order, values and types are the same."""
    if expected.schema != found.schema:
        wrong = [n for n, t in expected.schema.items() if found.schema.get(n) != t]
        return [f"columns or types differ: {', '.join(wrong) or 'order'}"]
    if expected.height != found.height:
        return [f"{expected.height} rows were written, {found.height} read"]
    unequal = [(c, int((~expected[c].eq_missing(found[c])).sum())) for c in expected.columns]
    return [f"{column}: {count} values differ" for column, count in unequal if count]


def read_back(
    feed: Feed, files: Iterable[tuple[str, bytes]], as_of: date
) -> tuple[pl.DataFrame, list[str]]:
    """(rows in the order of the files, what could not be read) of files given as (name, bytes)."""
    with tempfile.TemporaryDirectory(prefix="zhenjie-export-") as folder:
        paths = Paths(Path(folder))
        drop = paths.drop / feed.code
        drop.mkdir(parents=True)
        for name, content in files:
            (drop / name).write_bytes(content)
        frames, problems = [], []
        land_feed(paths, feed, as_of)
        for result in ingest_feed(paths, feed, as_of):
            if result.rows_quarantined or result.status != "accepted":
                problems.append(f"{result.rows_quarantined} rows of {result.rows_in} could not be read "
                                f"({result.breaker_code or 'quarantine'})")
            frames.append(pl.read_parquet(paths.bronze / feed.code / result.delivery_id / ROWS_FILE))
    names = [c.name for c in feed.columns]
    rows = pl.concat(frames).select(names) if frames else pl.DataFrame()
    return rows, problems
