"""What a delivery is compared with: the band of a normal number of rows, and the share of vanished keys."""

import statistics

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from pipelines.ingest.bronze.breakers import Counts, check
from pipelines.ingest.bronze.history import ENOUGH, REMEMBERED, band, history
from pipelines.ingest.bronze.profile import SKETCH, Profile, vanished_share
from pipelines.ingest.bronze.result import DeliveryResult
from pipelines.ingest.landing import Delivery
from pipelines.kit.contracts import Thresholds
from tests.ingest.conftest import FEEDS

LIMITS = Thresholds()


def delivery(seq: int, mode: str = "full", scope: str = "370600", day: int = 1) -> Delivery:
    on = f"2024-01-{day:02d}"
    return Delivery("F01", f"d{seq}", seq, on, "x.csv", "0" * 64, 1, scope, "202401", mode, "data")


def outcome(came: Delivery, rows: int, status: str = "accepted", released_on=None, **profile) -> DeliveryResult:
    return DeliveryResult(
        **came.record(), status=status, breaker_code=None, breaker_message=None, rows_in=rows, rows_bronze=rows,
        rows_quarantined=0, row_count_ratio=None, duplicate_ratio=None, extra_columns=(), notices=(),
        profile=Profile(rows=rows, keys=rows, **profile), released_on=released_on,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("counts", "is_full", "rows", "is_normal"),
    [
        ([1000] * 5, True, 1300, True),
        ([1000] * 5, True, 1301, False),
        ([1000] * 5, True, 700, True),
        ([1000] * 5, True, 699, False),
        ([1000, 1000, 1000, 1000, 5000], True, 1100, True),  # one odd month does not move the median
        ([1000, 1000, 1000, 1000, 5000], True, 690, False),
        ([1000, 1000, 1000, 1000, 1500], True, 1900, True),  # a new level, once accepted, is normal at once
        ([3, 4, 3, 4, 3], True, 8, True),  # small counts
        ([3, 4, 3, 4, 3], False, 0, True),
        ([1000] * 5, False, 4000, True),  # events vary more than stocks
        ([1000] * 5, False, 4001, False),
        ([1000] * 5, False, 249, False),
        ([1000] * 5, False, 0, False),
        ([20] * 5, False, 3, True),
        ([100, 300, 100, 300, 200], False, 700, True),  # its own habit is to vary
    ],
)
def test_the_band_of_normal(counts, is_full: bool, rows: int, is_normal: bool):
    assert band(counts, LIMITS, is_full).holds(rows) is is_normal


@given(st.lists(st.integers(0, 10**7), max_size=ENOUGH - 1), st.booleans())
def test_few_deliveries_have_no_band(counts: list[int], is_full: bool):
    assert band(counts, LIMITS, is_full) is None


@given(
    st.lists(st.integers(0, 10**7), min_size=ENOUGH, max_size=REMEMBERED), st.booleans(), st.integers(1, 10**9)
)
def test_the_band_is_robust(counts: list[int], is_full: bool, wild: int):
    found = band(counts, LIMITS, is_full)
    assert 0 <= found.low <= found.centre <= found.high
    for normal in (statistics.median(counts), counts[-1]):
        assert found.holds(int(normal)) and found.holds(int(normal) + 5) and found.holds(max(int(normal) - 4, 0))
    # One wild count among the earlier ones moves the centre no further than the counts beside the median.
    moved = band([wild, *counts[1:]], LIMITS, is_full)
    ranked = sorted(counts)
    middle = len(ranked) // 2
    assert ranked[max(middle - 2, 0)] <= moved.centre <= ranked[min(middle + 1, len(ranked) - 1)]


class Feeding(RuleBasedStateMachine):
    """Deliveries of two scopes and all modes arrive, some refused, some released later."""

    def __init__(self):
        super().__init__()
        self.done: list[DeliveryResult] = []
        self.day = 1

    @rule(
        mode=st.sampled_from(["full", "delta", "append"]), scope=st.sampled_from(["A", "B"]),
        rows=st.integers(1, 100), is_refused=st.booleans(), release=st.none() | st.integers(0, 5),
    )  # fmt: skip
    def arrives(self, mode, scope, rows, is_refused, release):
        came = delivery(len(self.done) + 1, mode, scope, self.day)
        if is_refused and release is None:
            self.done.append(outcome(came, rows, "quarantined"))
        else:
            day = f"2024-01-{min(self.day + release, 28):02d}" if is_refused else None
            self.done.append(outcome(came, rows, released_on=day, added=rows % 3, deleted=rows % 2))

    @rule()
    def a_day_passes(self):
        self.day = min(self.day + 1, 28)

    @invariant()
    def only_what_was_in_force_counts(self):
        for scope in "AB":
            now = delivery(len(self.done) + 1, "full", scope, self.day)
            past = history(self.done, now)
            today = now.delivered_on
            standing = [
                r for r in self.done
                if r.scope == scope and r.status == "accepted" and (r.released_on or r.delivered_on) <= today
            ]  # fmt: skip
            fulls = [r for r in standing if r.mode == "full"]
            assert list(past.alike) == fulls[-REMEMBERED:]
            assert past.full == (fulls[-1] if fulls else None) == past.last
            if fulls:
                after = [r for r in standing if r.delivery_seq > fulls[-1].delivery_seq]
                assert past.stock == fulls[-1].rows_in + sum(r.profile.added - r.profile.deleted for r in after)
            else:
                assert past.stock is None


TestFeeding = Feeding.TestCase
TestFeeding.settings = settings(max_examples=15, stateful_step_count=15)


def test_deletes_are_measured_against_what_stands():
    past = history([outcome(delivery(1), 1000), outcome(delivery(2, "delta"), 100, added=90, deleted=10)], delivery(9))
    assert past.stock == 1080
    counts = {
        n: [c.is_broken for c in check(Counts(n, 0, Profile(rows=n, keys=n, deleted=n)), FEEDS["F01"],
                                       delivery(9, "delta"), past) if c.code == "E_DELETE_SHARE"]
        for n in (108, 109)
    }  # fmt: skip
    assert counts == {108: [False], 109: [True]}


@pytest.mark.parametrize("size", [100, SKETCH, SKETCH * 4])
def test_a_sketch_tells_the_share_of_vanished_keys(size: int):
    keys = pl.select(pl.int_range(size, dtype=pl.UInt64).hash(1)).to_series()
    sketch = lambda part: part.bottom_k(SKETCH).sort()  # noqa: E731
    assert vanished_share(sketch(keys), sketch(keys)) == 0
    assert vanished_share(sketch(keys), sketch(keys.tail(size * 3 // 4))) == pytest.approx(0.25, abs=0.02)
    assert vanished_share(sketch(keys.head(50)), sketch(keys)) == 0
    assert vanished_share(keys.clear(), sketch(keys)) == 0
