"""`ledger.delivery`: every delivery known by the business date, as it stood then, from bronze;
`ledger.delivery_standing`: which of them count, and in which order (pipelines.deliveries says)."""

from collections.abc import Iterable, Iterator
from datetime import date

import duckdb

from pipelines.bronze.result import results
from pipelines.contracts import Feed
from pipelines.deliveries import known_deliveries
from pipelines.ledger.rows import insert, transaction
from pipelines.paths import Paths

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


def record_standing(con: duckdb.DuckDBPyConnection, paths: Paths, feeds: Iterable[Feed], as_of: date) -> int:
    """Replace ledger.delivery_standing by what became of every delivery of these feeds; returns how many."""
    columns = [c for c, *_ in con.execute("DESCRIBE lake.ledger.delivery_standing").fetchall()[1:]]
    standings = [s for feed in feeds for s in known_deliveries(paths, feed, as_of)]
    rows = [(as_of, *(getattr(s, c) for c in columns)) for s in standings]
    with transaction(con):
        con.execute("DELETE FROM lake.ledger.delivery_standing")
        insert(con, "lake.ledger.delivery_standing", rows)
    return len(rows)


def _rows(paths: Paths, as_of: date) -> Iterator[tuple]:
    for folder in paths.bronze.glob("F*"):
        for result in results(paths, folder.name, as_of):
            yield tuple(getattr(result, column) for column in _COLUMNS)
