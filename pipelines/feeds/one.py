"""One feed, brought up to a business date.

Belongs here: the order of the steps. Worker processes import this module, so it stays light.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipelines.bronze import DeliveryResult, ingest_feed, results
from pipelines.contracts import Feed
from pipelines.deliveries import Standing, known_deliveries
from pipelines.history import DeliveryHistory, reconcile, update_history
from pipelines.landing import Delivery, land_feed
from pipelines.paths import Paths


@dataclass(frozen=True)
class FeedState:
    """What a feed is worth on a business date, and what it took to bring it there.

    `landed` files and `taken` deliveries are those of this call, all else is of every delivery by then. `by_history`
    and `by_bronze` count the same records two ways (`pipelines.history.reconcile`). `started` is in seconds since the
    epoch.
    """

    landed: Sequence[Delivery]
    taken: Sequence[DeliveryResult]
    known: Sequence[DeliveryResult]
    standings: Sequence[Standing]
    changes: Sequence[DeliveryHistory]
    by_history: dict[str, int]
    by_bronze: dict[str, int]
    started: float
    seconds: float


def bring(paths: Paths, feed: Feed, as_of: date) -> FeedState:
    """Land what was dropped, read it, and tell what it changed; what was done before is not done again."""
    started = time.time()
    landed = land_feed(paths, feed, as_of)
    taken = ingest_feed(paths, feed, as_of)
    standings = known_deliveries(paths, feed, as_of)
    changes = update_history(paths, feed, standings)
    by_history, by_bronze = reconcile(paths, feed, standings, changes)
    known = results(paths, feed.code, as_of)
    return FeedState(landed, taken, known, standings, changes, by_history, by_bronze, started, time.time() - started)
