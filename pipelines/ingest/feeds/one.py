"""One feed, brought up to a business date.

Belongs here: the order of the steps. Worker processes import this module, so it stays light.
"""

import shutil
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.ingest.bronze import DeliveryResult, ingest_feed, results
from pipelines.ingest.bronze.mend import lost_originals, mend_bronze
from pipelines.ingest.bronze.result import all_results
from pipelines.ingest.deliveries import Standing, known_deliveries
from pipelines.ingest.history import DeliveryHistory, reconcile, update_history
from pipelines.ingest.landing import Delivery, dropped, land_feed, left_alone, mend_records
from pipelines.ingest.landing.delivery import one_at_a_time
from pipelines.kit.contracts import Feed
from pipelines.kit.decision_files import is_past
from pipelines.kit.incidents import is_ours
from pipelines.kit.paths import Paths


@dataclass(frozen=True)
class FeedState:
    """What a feed is worth on a business date, and what it took to bring it there.

    `landed` files and `taken` deliveries are those of this call, all else is of every delivery by then. `told`: Chinese
    sentences about what was mended, is missing, or still lies in the drop folder. `by_history`
    and `by_bronze` count the same records two ways (`ingest.history.reconcile`). `started` is in seconds since the
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
    told: Sequence[str] = ()


def bring(paths: Paths, feed: Feed, as_of: date, settled: Collection[Path] | None = None) -> FeedState:
    """Land what was dropped (of `settled` things only, where those are told), read it, and tell what it changed; what
    was done before is not done again, what was damaged is mended first. What is dropped waits when a later
    turn is out: it did not come on this date."""
    with one_at_a_time(paths, feed.code):
        return _brought(paths, feed, as_of, settled)


def _brought(paths: Paths, feed: Feed, as_of: date, settled: Collection[Path] | None) -> FeedState:
    started = time.time()
    told = [*mend_records(paths, feed), *mend_bronze(paths, feed)]
    before = all_results(paths, feed.code)
    told += lost_originals(paths, feed, {r.delivery_id for r in before})
    if is_past(paths, as_of):
        landed, waiting = [], len(dropped(paths.drop / feed.code))
        told += [f"{feed.code} 有 {waiting} 个新文件，{as_of} 之后的轮次已经返还，留待下一轮入库"] if waiting else []
    else:
        landed = land_feed(paths, feed, as_of, settled, after=max((r.delivery_seq for r in before), default=0))
    told += left_alone(paths, feed)
    taken = ingest_feed(paths, feed, as_of)
    standings = known_deliveries(paths, feed, as_of)
    try:
        changes, counted = _compare(paths, feed, standings)
    except Exception as error:
        if is_ours(error):
            raise
        shutil.rmtree(paths.history / feed.code, ignore_errors=True)  # it is made from bronze, so it can be made again
        changes, counted = _compare(paths, feed, standings)
        told.append(f"{feed.code} 的 history/{feed.code} 已损坏，已按 bronze 重建")
    known = results(paths, feed.code, as_of)
    return FeedState(landed, taken, known, standings, changes, *counted, started, time.time() - started, told)


def _compare(
    paths: Paths, feed: Feed, standings: Sequence[Standing]
) -> tuple[Sequence[DeliveryHistory], tuple[dict[str, int], dict[str, int]]]:
    """What every delivery changed, and the records counted two ways."""
    changes = update_history(paths, feed, standings)
    return changes, reconcile(paths, feed, standings, changes)
