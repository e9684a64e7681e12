"""The lists of the daily report: whom to call, what is due next, what to send back, what is old, what nobody expected.

Belongs here: one row per delivery or hole, in Chinese. Does not belong here: sums (report.py).
"""

from collections import defaultdict
from datetime import date, timedelta

from pipelines.ingest.arrivals import model
from pipelines.ingest.arrivals.daily import Day
from pipelines.ingest.arrivals.freshness import Freshness
from pipelines.ingest.arrivals.match import locate
from pipelines.ingest.arrivals.model import Arrival
from pipelines.ingest.bronze.result import ACCEPTED, DeliveryResult

Row = tuple[str | int, ...]
_CITY = "全市"
_AWAITED = "待重报"
_NOWHERE = "不在应报之列，请核对范围和期次"
_KEPT = timedelta(days=31)  # a refusal that was made good, or that no period waits for, is shown as long as this


def missing_rows(day: Day) -> list[Row]:
    """(department, feed, scope, period, due on, days overdue, last good), by department, the oldest first."""
    good = {(f.feed, f.scope): f for f in day.fresh}
    rows = []
    for a in day.owed:
        if a.state == model.MISSING:
            feed, unit = day.feeds[a.feed], day.divisions.unit(a.scope, day.as_of)
            last = good.get((a.feed, unit.code)) if unit else None
            rows.append((
                feed.department_name, f"{feed.code} {feed.title}", place(a), a.period, a.due_on.isoformat(),
                (day.as_of - a.due_on).days, _last_good(last),
            ))  # fmt: skip
    return sorted(rows, key=lambda r: (r[0], -r[5]))


def next_due_rows(day: Day) -> list[Row]:
    """(department, feed, scope, period, due on, days left) of what has not come and need not have yet, the next
    first."""
    rows = []
    for a in day.lines:
        if a.state == model.NOT_YET_DUE:
            feed = day.feeds[a.feed]
            rows.append((
                feed.department_name, f"{feed.code} {feed.title}", place(a), a.period, a.due_on.isoformat(),
                (a.due_on - day.as_of).days,
            ))  # fmt: skip
    return sorted(rows, key=lambda r: (r[4], r[0]))


def refused_rows(day: Day) -> list[Row]:
    """(department, feed, scope, period, file, came on, reason and what is needed, where it stands now) of every
    refused delivery that still waits for a better one, then of late ones that have been made good."""
    cells = {(a.feed, a.scope, a.period): a for a in day.lines}
    open_rows, settled = [], []
    for r in day.results:
        if r.status == ACCEPTED:
            continue
        feed = day.feeds[r.feed]
        unit, _ = locate(feed, day.divisions, r, day.as_of)
        cell = cells.get((r.feed, unit.code, r.period)) if unit else None
        is_owed = cell in day.owed
        if not is_owed and date.fromisoformat(r.delivered_on) < day.as_of - _KEPT:
            continue
        row = (
            feed.department_name, f"{feed.code} {feed.title}", place(cell) if cell else r.scope or "看不出",
            r.period or "看不出", r.file_name, r.delivered_on, _why(r), _now(r, cell, is_owed),
        )  # fmt: skip
        (open_rows if row[-1] == _AWAITED else settled).append(row)
    return [*sorted(open_rows, key=lambda r: (r[0], r[5], r[4])), *sorted(settled, key=lambda r: (r[0], r[5], r[4]))]


def _now(result: DeliveryResult, cell: Arrival | None, is_owed: bool) -> str:
    if cell is None:
        return _NOWHERE if result.scope and result.period else _AWAITED
    if cell.arrived_on:
        day = cell.arrived_on.isoformat()
        return f"{day} 已重报" if day >= result.delivered_on else f"不影响：{day} 已有合格文件"
    return "后一期已到，不必重报" if cell.state == model.REFUSED and not is_owed else _AWAITED


def _why(result: DeliveryResult) -> str:
    """The breaker's sentence without the file's name, which has a column of its own."""
    message = result.breaker_message or ""
    return message.removeprefix(f"文件「{result.file_name}」").removeprefix("：")


def stale_rows(day: Day) -> list[Row]:
    """(department, feed, scope, period in use, came on, period wanted, days behind, why), the oldest first.
    Of what adds up a period may lack before the newest one that came: that is a hole, not the period to be used."""
    rows = []
    for f in day.fresh:
        if f.is_stale:
            feed = day.feeds[f.feed]
            is_hole = f.behind_period < (f.last_good_period or "")
            rows.append((
                feed.department_name, f"{feed.code} {feed.title}", place(f), f.last_good_period or "尚无",
                f.last_good_on.isoformat() if f.last_good_on else "",
                f"{f.behind_period} 一期缺" if is_hole else f.behind_period, f.days_behind,
                ("该期" if is_hole else "新一期") + ("未到" if f.state == model.MISSING else "已退回"),
            ))  # fmt: skip
    return sorted(rows, key=lambda r: -r[6])


def unexpected_rows(day: Day) -> list[Row]:
    """(department, feed, scopes, periods, files, why): what came without being expected, alike ones together."""
    groups: dict[tuple[str, str], list[Arrival]] = defaultdict(list)
    for a in day.lines:
        if a.state == model.UNEXPECTED:
            groups[a.feed, a.reason].append(a)
    rows = []
    for (code, why), lines in groups.items():
        feed = day.feeds[code]
        scopes = sorted({place(a) for a in lines if a.scope})
        shown = scopes[0] if len(scopes) == 1 else f"{len(scopes)} 个范围" if scopes else "看不出"
        rows.append((
            feed.department_name, f"{feed.code} {feed.title}", shown,
            "、".join(sorted({a.period for a in lines if a.period})) or "看不出",
            sum(a.deliveries for a in lines), why,
        ))  # fmt: skip
    return rows


def place(item: Arrival | Freshness) -> str:
    """Where, as people say it: 全市, 莱州市, 芝罘区向阳街道; a code nobody knows as it is."""
    if not item.scope_name:
        return item.scope
    if not item.county_code:
        return _CITY
    return item.scope_name if item.scope == item.county_code else f"{item.county_name}{item.scope_name}"


def _last_good(last: Freshness | None) -> str:
    if last is None or last.last_good_period is None:
        return "从未报送"
    return f"{last.last_good_period} 期（{last.last_good_on.isoformat()} 送达）"
