"""Refused deliveries that still leave a hole.

Belongs here: telling which ones later deliveries have made good. Does not belong here: refusing (bronze/breakers.py),
what never came (pipelines.ingest.arrivals).
"""

from collections.abc import Container, Iterable

from pipelines.ingest.bronze.result import ACCEPTED, DeliveryResult


def unmended(known: Iterable[DeliveryResult], withdrawn: Container[str] = ()) -> list[DeliveryResult]:
    """Refused deliveries of a feed, in order of landing, in whose place nothing has come: neither a later list of all
    records of the scope nor the period again. A file of which nobody knows the scope is none; one of the ids
    `withdrawn` is as if it had not come."""
    there = (r for r in known if r.scope is not None and r.delivery_id not in withdrawn)
    known = sorted(there, key=lambda r: r.delivery_seq)
    good = [r for r in known if r.status == ACCEPTED]
    return [r for r in known if r.status != ACCEPTED and not any(_makes_good(g, r) for g in good)]


def _makes_good(good: DeliveryResult, refused: DeliveryResult) -> bool:
    same = good.mode == refused.mode and good.period == refused.period
    is_later = good.scope == refused.scope and good.delivery_seq > refused.delivery_seq
    return is_later and (good.mode == "full" or same)
