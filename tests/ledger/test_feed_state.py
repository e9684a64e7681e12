"""Which feed is stale for which scope, since when and why."""

from dataclasses import replace
from datetime import date

import pytest

from pipelines.bronze.rulings import Ruling
from pipelines.contracts import load_contracts
from pipelines.ledger.feed_state import feed_states
from tests.bronze.test_breakers_history import delivery, outcome

FEED = replace(load_contracts()["F01"], cadence_days=30)
DAY = date(2024, 1, 20)


def came(seq: int, day: int, mode: str = "full", status: str = "accepted", period: str = "202401", scope="370600"):
    return outcome(replace(delivery(seq, mode, scope, day), period=period), 10, status)


BAD = {"status": "quarantined"}


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ([came(1, 5)], (1, None, None, 0)),
        ([came(1, 5), came(2, 9, **BAD)], (1, 9, "refused", 1)),
        ([came(1, 5), came(2, 9, **BAD), came(3, 10, **BAD)], (1, 9, "refused", 2)),
        ([came(1, 5), came(2, 9, **BAD), came(3, 10, period="202402")], (3, None, None, 0)),  # a later full
        ([came(1, 5), came(2, 9, "delta", **BAD), came(3, 10, "delta", period="202402")], (3, 9, "refused", 1)),
        ([came(1, 5), came(2, 9, "delta", **BAD), came(3, 10, "delta")], (3, None, None, 0)),  # the period again
        ([came(1, 5, **BAD)], (None, 5, "refused", 1)),
    ],
)
def test_what_makes_a_refused_delivery_good(known, expected):
    (state,) = feed_states(FEED, known, {}, DAY)
    since = state.stale_since and state.stale_since.day
    good = state.last_good_delivery and int(state.last_good_delivery[1:])
    assert (good, since, state.stale_reason, state.waiting) == expected


def test_scopes_stand_apart_and_a_rejected_delivery_waits_no_more():
    known = [came(1, 5, scope="A"), came(2, 9, scope="A", **BAD), came(3, 5, scope="B"),
             came(4, 5, scope=None, **BAD)]  # fmt: skip
    ruling = Ruling("F01", "d2", "reject", "r", "b", DAY, DAY, "f", 1)
    first, second = feed_states(FEED, known, {"d2": ruling}, DAY)
    assert (first.scope, first.stale_reason, first.waiting) == ("A", "refused", 0)
    assert (second.scope, second.stale_reason) == ("B", None)


def test_a_feed_is_late_after_one_and_a_half_of_its_cadence():
    for day, expected in ((date(2024, 2, 19), None), (date(2024, 2, 20), date(2024, 2, 4))):
        (state,) = feed_states(FEED, [came(1, 5)], {}, day)
        assert state.stale_since == expected
    assert state.stale_reason == "late"
