"""Which refused deliveries still leave a hole."""

from dataclasses import replace

import pytest

from pipelines.ingest.deliveries.refused import unmended
from tests.ingest.bronze.test_breakers_history import delivery, outcome


def came(seq: int, day: int, mode: str = "full", status: str = "accepted", period: str = "202401", scope="370600"):
    return outcome(replace(delivery(seq, mode, scope, day), period=period), 10, status)


BAD = {"status": "quarantined"}


@pytest.mark.parametrize(
    ("known", "left"),
    [
        ([came(1, 5)], []),
        ([came(1, 5), came(2, 9, **BAD)], [2]),
        ([came(1, 5), came(2, 9, **BAD), came(3, 10, **BAD)], [2, 3]),
        ([came(1, 5), came(2, 9, **BAD), came(3, 10, period="202402")], []),  # a later full
        ([came(1, 5), came(2, 9, "delta", **BAD), came(3, 10, "delta", period="202402")], [2]),
        ([came(1, 5), came(2, 9, "delta", **BAD), came(3, 10, "delta")], []),  # the period again
        ([came(1, 5, **BAD)], [1]),
        ([came(1, 9, scope="A", **BAD), came(2, 10, scope="B"), came(3, 10, scope=None, **BAD)], [1]),
    ],
)
def test_what_makes_a_refused_delivery_good(known, left):
    assert [r.delivery_seq for r in unmended(known)] == left
