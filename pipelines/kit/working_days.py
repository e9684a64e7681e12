"""Working days 工作日: what a deadline is counted in.

Belongs here: which days work, and counting them. Does not belong here: how many somebody is given (rules.yaml).
The yearly arrangement of holidays (放假, and 上班 for the weekends worked instead) is `data/reference/calendar`.
"""

import csv
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache

from pipelines.kit.paths import PROJECT_ROOT

ARRANGED = PROJECT_ROOT / "data" / "reference" / "calendar" / "working_days.csv"
# From which on it says all days.
FIRST_YEAR = 2016
_WORKS = {"上班": True, "放假": False}
_ONE_DAY = timedelta(days=1)


def is_working_day(day: date) -> bool:
    """As arranged; a day nothing is arranged for works from Monday to Friday."""
    return _arranged().get(day, day.weekday() < 5)


def working_day_after(day: date, count: int) -> date:
    """The `count`-th working day after `day`, which itself does not count (民法典 art. 201); 0 is `day` itself."""
    for _ in range(count):
        day = next(d for d in _days_after(day) if is_working_day(d))
    return day


def working_days_between(day: date, later: date) -> int:
    """Working days after `day` up to and with `later`; none where that is not later."""
    return sum(is_working_day(day + timedelta(days=n + 1)) for n in range((later - day).days))


def arranged_until() -> date:
    """The last day of the last year that is arranged: after it days count by the week alone."""
    return date(max(_arranged()).year, 12, 31)


def _days_after(day: date) -> Iterator[date]:
    while True:
        day += _ONE_DAY
        yield day


@cache
def _arranged() -> Mapping[date, bool]:
    with ARRANGED.open(encoding="utf-8", newline="") as file:
        return {date.fromisoformat(row["day"]): _WORKS[row["day_kind"]] for row in csv.DictReader(file)}
