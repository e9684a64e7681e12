"""`ledger.delivery_ruling`: what people decided about refused deliveries, as far as it is in force.

Belongs here: decisions beside the deliveries they are about. Does not belong here: refusing (bronze/breakers.py),
reading decisions (bronze/rulings.py), what is stale (pipelines.ingest.arrivals).
"""

from collections.abc import Iterable
from datetime import date

import duckdb

from pipelines.ingest.bronze.result import DeliveryResult, all_results
from pipelines.ingest.bronze.rulings import Ruling, in_force, rulings
from pipelines.kit.paths import Paths
from pipelines.kit.tables import insert, transaction


def decided(paths: Paths, feed_code: str, as_of: date) -> dict[str, Ruling]:
    """The decisions in force about deliveries of a feed."""
    return in_force(rulings(paths, as_of), arrived(paths, feed_code))


def arrived(paths: Paths, feed_code: str) -> dict[str, DeliveryResult]:
    """The deliveries of a feed as they came, before any release, by delivery id."""
    came: dict[str, DeliveryResult] = {}
    for result in all_results(paths, feed_code):
        came.setdefault(result.delivery_id, result)
    return came


def record_rulings(con: duckdb.DuckDBPyConnection, paths: Paths, as_of: date, feeds: Iterable[str]) -> None:
    """Replace the table by what is so on `as_of`."""
    made = [r for code in feeds for r in decided(paths, code, as_of).values()]
    rows = [(r.feed, r.delivery_id, r.decision, r.reason, r.by, r.on, r.turn) for r in made]
    with transaction(con):
        con.execute("DELETE FROM lake.ledger.delivery_ruling")
        insert(con, "lake.ledger.delivery_ruling", [(as_of, *row) for row in sorted(rows)])
