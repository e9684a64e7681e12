"""`ledger.delivery`: every delivery known by the business date, as it stood then, from bronze;
`ledger.delivery_standing`: which of them count, and in which order.

Belongs here: writing both, and telling whether what stands has changed. Does not belong here: which delivery counts
(pipelines.ingest.deliveries).
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import duckdb

from pipelines.ingest.arrivals.daily import Day
from pipelines.ingest.bronze.result import results
from pipelines.ingest.deliveries import known_deliveries
from pipelines.ingest.feeds.stale import stale_feeds
from pipelines.kit.contracts import load_contracts
from pipelines.kit.delivered import in_words, row_files
from pipelines.kit.paths import Paths
from pipelines.kit.tables import insert, transaction

_COLUMNS = (
    "feed", "delivery_id", "delivery_seq", "delivered_on", "file_name", "sha256", "scope", "period",
    "mode", "status", "breaker_code", "breaker_message", "rows_in", "rows_bronze", "rows_quarantined",
)  # fmt: skip


def record_deliveries(con: duckdb.DuckDBPyConnection, paths: Paths, as_of: date) -> int:
    """Replace ledger.delivery by all deliveries with delivered_on <= as_of; returns how many."""
    rows = sorted(_rows(paths, as_of), key=lambda r: (r[0], r[2], r[1]))
    with transaction(con):
        con.execute("DELETE FROM lake.ledger.delivery")
        insert(con, "lake.ledger.delivery", [(as_of, *row) for row in rows])
    return len(rows)


def record_standing(con: duckdb.DuckDBPyConnection, paths: Paths, day: Day) -> int:
    """Replace ledger.delivery_standing by what became of every delivery of the day's feeds; returns how many. A feed
    that could not be brought up to date keeps what stood, with a note."""
    columns = [c for c, *_ in con.execute("DESCRIBE lake.ledger.delivery_standing").fetchall()[1:]]
    stale, rows = stale_feeds(paths), []
    for code, feed in day.feeds.items():
        try:
            standings = day.standings.get(code) or known_deliveries(paths, feed, day.as_of)
        except Exception:  # what it was stands in the incident of the feed
            if code not in stale:
                raise
            rows += _kept(con, columns, code)
            continue
        note = stale.get(code)
        rows += [tuple(getattr(replace(s, note=s.note or note), c) for c in columns) for s in standings]
    with transaction(con):
        con.execute("DELETE FROM lake.ledger.delivery_standing")
        insert(con, "lake.ledger.delivery_standing", [(day.as_of, *row) for row in rows])
    return len(rows)


def in_force(con: duckdb.DuckDBPyConnection, paths: Paths) -> dict[str, dict[str, str]]:
    """Of every feed, its deliveries in force in their order, each with words that change whenever what models read of
    it may have."""
    standing = con.execute(
        "SELECT feed, delivery_id FROM lake.ledger.delivery_standing WHERE is_current ORDER BY feed, rank, delivery_id"
    ).fetchall()
    told: dict[str, dict[str, str]] = {feed: {} for feed in load_contracts()}
    for feed, delivery in standing:
        told[feed][delivery] = in_words(row_files(paths, feed, delivery))
    return told


def _kept(con: duckdb.DuckDBPyConnection, columns: list[str], feed: str) -> list[tuple]:
    """The rows of a feed as they stand."""
    asked = f"SELECT {', '.join(columns)} FROM lake.ledger.delivery_standing WHERE feed = ?"
    return con.execute(f"{asked} ORDER BY delivery_seq, delivery_id", [feed]).fetchall()


def _rows(paths: Paths, as_of: date) -> Iterator[tuple]:
    for folder in paths.bronze.glob("F*"):
        for result in results(paths, folder.name, as_of):
            yield tuple(getattr(result, column) for column in _COLUMNS)
