"""What the daily report (归集日报) counts: figures, what to do next, departments, the matrix.

Belongs here: choosing, ordering and wording of sums. Does not belong here: lists of single deliveries (lists.py), how
a sheet looks (workbook.py).
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from pipelines.ingest.arrivals import model
from pipelines.ingest.arrivals.calendar import month_end, periods
from pipelines.ingest.arrivals.coverage import Coverage, coverage
from pipelines.ingest.arrivals.coverage import percent as in_percent
from pipelines.ingest.arrivals.daily import Day
from pipelines.ingest.arrivals.lists import Row, missing_rows
from pipelines.ingest.arrivals.model import Arrival
from pipelines.ingest.bronze.result import ACCEPTED
from pipelines.kit.contracts import Feed
from pipelines.kit.reference.divisions import Division

# State -> (symbol, word); the worst first, which is what a cell of several scopes shows.
WORDS = {
    model.MISSING: ("缺", "逾期未到"),
    model.REFUSED: ("退", "已退回，待重报"),
    model.LATE: ("迟", "迟到（已入库）"),
    model.NOT_YET_DUE: ("待", "未到期"),
    model.ON_TIME: ("✓", "按时"),
    model.PRESUMED_NIL: ("－", "无数据，可不报"),
}
_SOON = 3  # days before the due day in which a reminder helps
_SHOWN_PERIODS = 6


def current_periods(day: Day) -> dict[str, str]:
    """Feed -> its newest period whose month is over, else its newest one; feeds that have not begun are left out."""
    found = {}
    for code, feed in day.feeds.items():
        begun = list(periods(feed, day.as_of))
        over = [p for p in begun if month_end(p) <= day.as_of]
        if begun:
            found[code] = (over or begun)[-1]
    return found


def current(day: Day) -> list[Arrival]:
    """The cells of every feed's current period."""
    now = current_periods(day)
    return [a for a in day.lines if a.state != model.UNEXPECTED and now[a.feed] == a.period]


def figures(day: Day) -> list[Row]:
    """(what, of the current periods, since the start, explanation)."""
    now = coverage(current(day), lambda a: "").get("", Coverage())
    ever = coverage(day.lines, lambda a: "").get("", Coverage())
    rows: list[Row] = [
        (name, getattr(now, field), getattr(ever, field), why)
        for name, field, why in (
            ("应到", "due", "到期应报的和提前送达的"),
            ("已到", "arrived", "已通过校验入库，多页文件收齐才算一份"),
            ("　其中按时", "on_time", "报送期限当天送达的也算按时"),
            ("　其中迟到", "late", "已经入库，不必再催"),
            ("已退回，待重报", "refused", f"送达后未通过校验，见「退回清单」{_settled(day, model.REFUSED, '重报')}"),
            ("逾期未到", "missing", f"见「未到清单」{_settled(day, model.MISSING, '再催')}"),
            ("尚未到期", "not_yet_due", "不计入应到，见「尚未到期」"),
        )
    ]
    rows.append(("归集率", percent(now.share), percent(ever.share), "已到 ÷ 应到"))
    rows.append(("按时率", percent(now.on_time_share), percent(ever.on_time_share), "按时 ÷ 应到"))
    return rows


def _settled(day: Day, state: str, asked: str) -> str:
    """How many cells of a state count since the start, though lists and todo() leave them out."""
    left = sum(a.state == state for a in day.lines) - sum(a.state == state for a in day.owed)
    return f"；累计中 {left} 份不必{asked}：已有后一期全量，或区划已撤并" if left else ""


def trend(day: Day) -> list[Row]:
    """(period, due, arrived, refused, missing, coverage) of the latest periods in which something is due."""
    by_period = coverage(day.lines, lambda a: a.period)
    shown = [(p, c) for p, c in by_period.items() if c.due][-_SHOWN_PERIODS:]
    return [(p, c.due, c.arrived, c.refused, c.missing, percent(c.share)) for p, c in reversed(shown)]


def todo(day: Day) -> list[tuple[str, str]]:
    """(what to do, of what), the most urgent first."""
    missing, stale = missing_rows(day), [f for f in day.fresh if f.is_stale]
    refused = [a for a in day.owed if a.state == model.REFUSED]
    today = [r for r in day.results if r.delivered_on == day.as_of.isoformat()]
    soon = [
        a for a in day.lines
        if a.state == model.NOT_YET_DUE and a.due_on <= day.as_of + timedelta(days=_SOON)
    ]  # fmt: skip
    lines = []
    if missing:
        worst = max(missing, key=lambda r: r[5])
        departments = len({r[0] for r in missing})
        lines.append((
            "催报", f"{len(missing)} 份逾期未到，涉及 {departments} 个部门，按「未到清单」逐一联系。"
            f"逾期最久的是{worst[0]}「{worst[1]}」{worst[2]} {worst[3]} 期，已逾期 {worst[5]} 天。",
        ))  # fmt: skip
    if refused:
        lines.append((
            "退回重报", f"{len(refused)} 份退回后还没有合格的文件，按「退回清单」把原因转告部门，请其改正后整份重报。",
        ))  # fmt: skip
    if soon:
        names = "、".join(sorted({f"{day.feeds[a.feed].title}" for a in soon}))
        lines.append(("提前提醒", f"{len(soon)} 份将在 {_SOON} 天内到期：{names}。"))
    if stale:
        lines.append((
            "旧数据提示", f"{len(stale)} 处仍在使用较早的数据或缺中间一期，见「陈旧数据」；使用时请注意数据截至期次。",
        ))  # fmt: skip
    if any(a.state == model.UNEXPECTED for a in day.lines):
        lines.append(("核对计划外交付", "有文件的名称、范围或期次与数据合同不符，见「计划外交付」。"))
    lines.append(("今日收件", f"收到 {len(today)} 个文件，其中退回 {sum(r.status != ACCEPTED for r in today)} 个。"))
    return lines if missing or refused else [("催报", "没有逾期未到的数据，也没有待重报的退回。"), *lines]


def department_rows(day: Day) -> list[Row]:
    """One row per department: its feeds, the current periods, and since the start."""
    now = coverage(current(day), lambda a: a.department)
    ever = coverage(day.lines, lambda a: a.department)
    feeds: dict[str, list[Feed]] = defaultdict(list)
    for feed in day.feeds.values():
        feeds[feed.department].append(feed)
    rows = []
    for slug, own in sorted(feeds.items(), key=lambda item: item[1][0].code):
        n, e = now.get(slug, Coverage()), ever.get(slug, Coverage())
        rows.append((
            own[0].department_name, " ".join(f.code for f in own), n.due, n.on_time, n.late, n.refused, n.missing,
            n.not_yet_due, percent(n.share), e.due, e.arrived, percent(e.share), percent(e.on_time_share),
        ))  # fmt: skip
    return rows


def counties(day: Day) -> list[Division]:
    """The columns of the matrix after the city's."""
    return day.divisions.scopes("county", day.as_of)


def matrix(day: Day) -> list[tuple[Row, list[tuple[str, str] | None], str]]:
    """Per feed: (code and title, department, period), one (state, text) for the city and for every county (None
    where the feed has no such scope), coverage."""
    places = ["", *(c.code for c in counties(day))]
    now = current_periods(day)
    cells: dict[tuple[str, str], list[Arrival]] = defaultdict(list)
    for line in current(day):
        county = day.divisions.unit(line.county_code, day.as_of) if line.county_code else None
        cells[line.feed, county.code if county else ""].append(line)
    shares = coverage(current(day), lambda a: a.feed)
    return [
        (
            (f"{code} {feed.title}", feed.department_name, now[code]),
            [_shown(feed, cells.get((code, place), [])) for place in places],
            percent(shares.get(code, Coverage()).share),
        )
        for code, feed in day.feeds.items() if code in now
    ]  # fmt: skip


def _shown(feed: Feed, lines: Sequence[Arrival]) -> tuple[str, str] | None:
    """The worst state of the scopes in a cell; of townships also how many of the due ones are there."""
    if not lines:
        return None
    state = next(s for s in WORDS if any(a.state == s for a in lines))
    symbol = WORDS[state][0]
    if feed.scope_kind != "township":
        return state, symbol
    counted = Counter(a.state for a in lines)
    arrived, due = (sum(counted[s] for s in group) for group in (model.ARRIVED, model.DUE))
    return state, f"{symbol} {arrived}/{due}" if due else symbol


def percent(share: float | None) -> str:
    """As `coverage.percent`; a dash where nothing is due."""
    return "—" if share is None else f"{in_percent(share):.1f}%"


def day_title(day: date) -> str:
    """2024年2月29日."""
    return f"{day.year}年{day.month}月{day.day}日"
