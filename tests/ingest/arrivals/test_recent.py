"""A business date far past all data is refused, one that only waits for the next month is not."""

from datetime import date
from pathlib import Path

import pytest

from pipelines.ingest.arrivals import recent
from pipelines.ingest.arrivals.recent import TooOld, require_recent
from pipelines.kit.paths import Paths
from tests.ingest.arrivals.made import CITY, feed, result

MONTHLY, YEARLY = feed(), feed(code="F36", period_months=12)


@pytest.fixture
def came(monkeypatch):
    """Deliveries by feed; to be filled."""
    known = {"F31": [], "F36": []}
    monkeypatch.setattr(
        recent, "results", lambda paths, code, as_of: [r for r in known[code] if r.delivered_on <= as_of.isoformat()]
    )
    return known


def judge(as_of: date) -> None:
    require_recent(Paths(Path("nowhere")), [MONTHLY, YEARLY], as_of)


def test_the_month_after_and_its_due_days_are_no_reason_to_refuse(came):
    came["F31"] = [result(CITY, "202402")]
    for day in (date(2024, 2, 29), date(2024, 3, 5), date(2024, 4, 14)):
        judge(day)


@pytest.mark.parametrize("as_of", [date(2024, 4, 15), date(2026, 12, 1)])
def test_a_date_far_past_the_newest_month_is_refused_with_what_to_do(came, as_of):
    came["F31"] = [result(CITY, "202401"), result(CITY, "202402", seq=2)]
    with pytest.raises(TooOld, match=r"reach to 2024-02-29, .*--stale-ok"):
        judge(as_of)


@pytest.mark.parametrize("late", [
    result(CITY, "202402", date(2026, 12, 1), seq=2),  # an old file that comes late is old
    result(CITY, "202611", seq=2, status="quarantined"),
])  # fmt: skip
def test_neither_a_late_file_nor_a_refused_one_makes_the_data_new(came, late):
    came["F31"] = [result(CITY, "202402"), late]
    with pytest.raises(TooOld):
        judge(date(2026, 12, 1))


def test_yearly_feeds_do_not_count_and_an_empty_city_may_begin(came):
    judge(date(2026, 12, 1))
    came["F36"] = [result(CITY, "202612", feed="F36")]
    came["F31"] = [result(CITY, "202402")]
    with pytest.raises(TooOld):
        judge(date(2026, 12, 1))
