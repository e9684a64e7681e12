"""Periods of a feed and when each is due.

Belongs here: arithmetic of months. Does not belong here: who delivers.
All days are calendar days: there is no table of holidays here, so a due day that falls on a holiday is not moved.
"""

import calendar
from collections.abc import Iterator
from datetime import date, timedelta

from pipelines.kit.contracts import Feed


def month_start(period: str) -> date:
    """First day of YYYYMM."""
    return date(int(period[:4]), int(period[4:]), 1)


def month_end(period: str) -> date:
    """Last day of YYYYMM."""
    start = month_start(period)
    return start.replace(day=calendar.monthrange(start.year, start.month)[1])


def due_on(feed: Feed, period: str) -> date:
    """Last day on which a delivery of the period is on time."""
    return month_end(period) + timedelta(days=feed.due_days)


def periods(feed: Feed, as_of: date) -> Iterator[str]:
    """Every period of a feed that has begun by `as_of`, oldest first."""
    first, last = _index(feed.first_period), as_of.year * 12 + as_of.month - 1
    for index in range(first, last + 1, feed.period_months):
        yield f"{index // 12:04d}{index % 12 + 1:02d}"


def misfit(feed: Feed, period: str, as_of: date) -> str | None:
    """Why a feed has no such period, in Chinese; None when it has."""
    index = _index(period)
    if index > as_of.year * 12 + as_of.month - 1:
        return "期次尚未开始"
    if index < _index(feed.first_period):
        return f"早于约定的首期 {feed.first_period}（历史数据）"
    if (index - _index(feed.first_period)) % feed.period_months:
        return f"不在约定的期次内（每 {feed.period_months} 个月一期，首期 {feed.first_period}）"
    return None


def _index(period: str) -> int:
    return int(period[:4]) * 12 + int(period[4:]) - 1
