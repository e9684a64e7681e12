"""From landing to bronze.

Belongs here: which deliveries of a feed are judged, in which order. Does not belong here: judging one (judging.py).
"""

from collections.abc import Collection
from datetime import date

from pipelines.ingest.bronze.history import history
from pipelines.ingest.bronze.judging import judge, release
from pipelines.ingest.bronze.reading import reader_version
from pipelines.ingest.bronze.result import QUARANTINED, DeliveryResult, all_results
from pipelines.ingest.bronze.rulings import RELEASE, in_force, rulings
from pipelines.ingest.bronze.store import discard, empty_bronze
from pipelines.ingest.bronze.withdrawals import withdrawn
from pipelines.ingest.landing import Delivery, landed
from pipelines.ingest.landing.delivery import one_at_a_time
from pipelines.kit.contracts import Feed
from pipelines.kit.paths import Paths

# What was wrong is ours to mend, in the program or in landing, and then these are sound.
_JUDGED_AGAIN = ("E_INCIDENT", "E_CHANGED")


def ingest_feed(paths: Paths, feed: Feed, as_of: date) -> list[DeliveryResult]:
    """Bring every landed delivery of a feed, delivered on or before `as_of`, into bronze if not there yet.

    Returns the outcomes of the deliveries taken in by this call, in order of landing; one that a person released
    comes again with its new outcome. A delivery that cannot be accepted is quarantined and never stops the next.
    """
    with one_at_a_time(paths, feed.code):
        return _ingested(paths, feed, as_of)


def _ingested(paths: Paths, feed: Feed, as_of: date) -> list[DeliveryResult]:
    empty_bronze(paths, feed)
    outcomes = all_results(paths, feed.code)
    made = [r for r in rulings(paths, as_of) if r.feed == feed.code]
    taken: list[DeliveryResult] = []
    for delivery in landed(paths, feed.code):
        if delivery.delivered_on > as_of.isoformat():
            continue
        known = [r for r in outcomes if r.delivery_id == delivery.delivery_id]
        if known and _is_judged_again(known[0]):
            discard(paths, known[0])
            outcomes, known = [r for r in outcomes if r not in known], []
        if not known:
            gone = withdrawn(paths, feed.code, date.fromisoformat(delivery.delivered_on))
            known = [judge(paths, feed, delivery, history(outcomes, delivery, gone))]
            taken += known
            outcomes += known
        ruling = in_force(made, {delivery.delivery_id: known[0]}).get(delivery.delivery_id)
        if ruling and ruling.decision == RELEASE and len(known) == 1:
            outcomes = _forget_later(paths, outcomes, delivery, ruling.turn)
            released = release(paths, feed, delivery, known[0], ruling.turn)
            taken.append(released)
            outcomes += [released] if released.released_on else []
    return taken


def awaiting(paths: Paths, feed: Feed, as_of: date) -> list[Delivery]:
    """Landed deliveries of a feed that `ingest_feed` would read."""
    known = {r.delivery_id: r for r in all_results(paths, feed.code)}
    released = {r.delivery_id for r in rulings(paths, as_of) if r.feed == feed.code and r.decision == RELEASE}
    return [d for d in landed(paths, feed.code) if _is_awaited(known.get(d.delivery_id), released)]


def _is_awaited(known: DeliveryResult | None, released: Collection[str]) -> bool:
    if known is None or _is_judged_again(known):
        return True
    return known.status == QUARANTINED and known.delivery_id in released


def _is_judged_again(result: DeliveryResult) -> bool:
    """What ended its reader's process waits for another reader."""
    if result.breaker_code == "E_READER":
        return result.reader != reader_version()
    return result.breaker_code in _JUDGED_AGAIN


def _forget_later(
    paths: Paths, outcomes: list[DeliveryResult], released: Delivery, turn: date
) -> list[DeliveryResult]:
    """Outcomes without those judged on the day of a release before it was known: they are judged again.

    What a day gives depends on the deliveries and decisions of that day, not on how often it was run.
    """
    later = [
        r for r in outcomes if r.delivery_seq > released.delivery_seq and r.delivered_on >= turn.isoformat()
    ]
    for result in later:
        discard(paths, result)
    return [r for r in outcomes if r not in later]
