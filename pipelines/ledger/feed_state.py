"""`ledger.feed_state` and `ledger.delivery_ruling`: which data is stale since when, and what people decided.

Belongs here: telling the last good delivery of every feed and scope, and what came after it and was refused or did
not come. Does not belong here: refusing (bronze/breakers.py), or reading decisions (bronze/rulings.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, timedelta

import duckdb

from pipelines.bronze.result import ACCEPTED, DeliveryResult, all_results, results
from pipelines.bronze.rulings import Ruling, in_force, rulings
from pipelines.contracts import Feed
from pipelines.deliveries.withdrawals import withdrawn
from pipelines.ledger.rows import insert, transaction
from pipelines.paths import Paths

# A feed is late after one and a half of its own cadence; weekends and holidays are inside that.
SLACK = 1.5
REFUSED, LATE = "refused", "late"


@dataclass(frozen=True)
class FeedState:
    """Where one feed stands for one scope.

    `last_good_*`: the newest accepted delivery, None without one. `stale_since`: the day from which the data is not
    what it should be, None while it is; `stale_reason` says why: REFUSED or LATE. `waiting`: refused deliveries that
    nothing has made good and nobody has decided about.
    """

    feed: str
    scope: str
    last_good_delivery: str | None
    last_good_period: str | None
    last_good_on: date | None
    stale_since: date | None
    stale_reason: str | None
    waiting: int


def feed_states(
    feed: Feed, known: Iterable[DeliveryResult], decided: Mapping[str, Ruling], as_of: date
) -> list[FeedState]:
    """The state of every scope that ever delivered, by scope; `known` as it stood on `as_of`."""
    scopes: dict[str, list[DeliveryResult]] = {}
    for result in sorted(known, key=lambda r: r.delivery_seq):
        if result.scope is not None:
            scopes.setdefault(result.scope, []).append(result)
    return [_state(feed, scope, came, decided, as_of) for scope, came in sorted(scopes.items())]


def _state(
    feed: Feed, scope: str, came: Sequence[DeliveryResult], decided: Mapping[str, Ruling], as_of: date
) -> FeedState:
    good = [r for r in came if r.status == ACCEPTED]
    missing = [r for r in came if r.status != ACCEPTED and not any(_makes_good(g, r) for g in good)]
    last = good[-1] if good else None
    since, reason = None, None
    if missing:
        since, reason = min(date.fromisoformat(r.delivered_on) for r in missing), REFUSED
    elif last and date.fromisoformat(last.delivered_on) + timedelta(feed.cadence_days * SLACK) < as_of:
        since, reason = date.fromisoformat(last.delivered_on) + timedelta(feed.cadence_days), LATE
    return FeedState(
        feed.code,
        scope,
        last and last.delivery_id,
        last and last.period,
        last and date.fromisoformat(last.delivered_on),
        since,
        reason,
        sum(r.delivery_id not in decided for r in missing),
    )


def _makes_good(good: DeliveryResult, refused: DeliveryResult) -> bool:
    """Whether an accepted delivery stands in for a refused one: any later full, else the same period again."""
    same = good.mode == refused.mode and good.period == refused.period
    return good.delivery_seq > refused.delivery_seq and (good.mode == "full" or same)


def read_states(paths: Paths, feed: Feed, as_of: date) -> list[FeedState]:
    """The states of a feed from bronze and decisions; a delivery withdrawn is as if it had not come."""
    gone = withdrawn(paths, feed.code, as_of)
    known = [r for r in results(paths, feed.code, as_of) if r.delivery_id not in gone]
    return feed_states(feed, known, decided(paths, feed.code, as_of), as_of)


def decided(paths: Paths, feed_code: str, as_of: date) -> dict[str, Ruling]:
    """The decisions in force about deliveries of a feed."""
    return in_force(rulings(paths, as_of), arrived(paths, feed_code))


def arrived(paths: Paths, feed_code: str) -> dict[str, DeliveryResult]:
    """The deliveries of a feed as they came, before any release, by delivery id."""
    came: dict[str, DeliveryResult] = {}
    for result in all_results(paths, feed_code):
        came.setdefault(result.delivery_id, result)
    return came


def record_states(
    con: duckdb.DuckDBPyConnection, paths: Paths, as_of: date, feeds: Mapping[str, Feed]
) -> None:
    """Replace both tables by what is so on `as_of`."""
    states = [s for feed in feeds.values() for s in read_states(paths, feed, as_of)]
    made = [r for code in feeds for r in decided(paths, code, as_of).values()]
    rows = [(r.feed, r.delivery_id, r.decision, r.reason, r.by, r.on, r.turn) for r in made]
    with transaction(con):
        for table, content in (("feed_state", [astuple(s) for s in states]), ("delivery_ruling", sorted(rows))):
            con.execute(f"DELETE FROM lake.ledger.{table}")
            insert(con, f"lake.ledger.{table}", [(as_of, *row) for row in content])
