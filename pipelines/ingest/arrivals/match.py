"""Every expected delivery beside what came for it.

Belongs here: the one function that makes the ledger of arrivals. Does not belong here: sums over it (coverage.py,
freshness.py).

The rules: a delivery counts for the unit its scope code means, whatever code the unit had then. A cell has arrived
when a delivery for it (one file, or every page of a set) stands whole and accepted, on the day the last page came,
even if a person released it only later. A later refusal does not undo that. The due day itself is on time.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from pipelines.ingest.arrivals import model
from pipelines.ingest.arrivals.calendar import due_on, misfit, month_end, periods
from pipelines.ingest.arrivals.model import Arrival
from pipelines.ingest.bronze.result import ACCEPTED, DeliveryResult
from pipelines.ingest.deliveries.sets import PageSet, page_sets
from pipelines.kit.contracts import Feed
from pipelines.kit.contracts.model import NIL_OPTIONAL
from pipelines.kit.reference.divisions import LEVELS, Division, Divisions

_WRONG_SCOPE = {"city": "不是全市", "county": "不是当期的县（市、区）", "township": "不是当期的镇街"}
_NO_NAME = "文件名不符合约定，看不出范围和期次"


def arrivals(
    feeds: Iterable[Feed], divisions: Divisions, results: Iterable[DeliveryResult], as_of: date
) -> list[Arrival]:
    """The whole ledger on a business date, by feed, period and scope; a pure function.

    Results of later dates and of other feeds are not looked at. Each cell of a feed that has begun is there once.
    """
    came: dict[str, list[DeliveryResult]] = defaultdict(list)
    for result in sorted(results, key=lambda r: (r.feed, r.delivery_seq)):
        if result.delivered_on <= as_of.isoformat():
            came[result.feed].append(result)
    lines = [line for feed in feeds for line in _feed(feed, divisions, came[feed.code], as_of)]
    return sorted(lines, key=lambda a: (a.feed, a.period, a.scope, a.delivery_id or ""))


def _feed(feed: Feed, divisions: Divisions, came: Sequence[DeliveryResult], as_of: date) -> Iterator[Arrival]:
    cells: dict[tuple[str, str], list[DeliveryResult]] = defaultdict(list)
    strays: dict[tuple[str, str, str], list[DeliveryResult]] = defaultdict(list)
    for result in came:
        unit, why = locate(feed, divisions, result, as_of)
        if why:
            scope = unit.code if unit else result.scope or ""
            strays[scope, result.period or "", why if result.period else result.delivery_id].append(result)
        else:
            cells[unit.code, result.period].append(result)
    yield from (_stray(feed, divisions, *key[:2], files, as_of) for key, files in strays.items())
    with_rows: set[str] = set()  # units of which rows stand, under the codes of the period before
    for period in periods(feed, as_of):
        day = month_end(period)
        with_rows = {u.code for u in (divisions.unit(c, day) for c in with_rows) if u}
        for unit in divisions.scopes(feed.scope_kind, day):
            files = cells.get((unit.code, period), [])
            line = _cell(feed, unit, period, files, as_of, unit.code in with_rows)
            if line.state in model.ARRIVED:
                (with_rows.add if line.rows else with_rows.discard)(unit.code)
            yield line


def locate(
    feed: Feed, divisions: Divisions, result: DeliveryResult, as_of: date
) -> tuple[Division | None, str | None]:
    """(the unit a delivery is for, why it was not expected): None, and in Chinese, where there is no such thing."""
    if not result.scope or not result.period:
        return None, _NO_NAME
    why = misfit(feed, result.period, as_of)
    day = as_of if why else month_end(result.period)
    unit = divisions.unit(result.scope, day)
    if why is None and (unit is None or unit.level != LEVELS[feed.scope_kind]):
        why = f"范围 {result.scope} {_WRONG_SCOPE[feed.scope_kind]}"
    return unit, why


def _stray(
    feed: Feed, divisions: Divisions, scope: str, period: str, files: Sequence[DeliveryResult], as_of: date
) -> Arrival:
    unit, why = locate(feed, divisions, files[-1], as_of)
    accepted = [r for r in files if r.status == ACCEPTED]
    shown = (accepted or files)[-1]
    return Arrival(
        feed=feed.code, department=feed.department, scope=scope, scope_name=unit.name if unit else "",
        county_code=unit.county_code if unit else "", county_name=unit.county_name if unit else "",
        period=period, due_on=None, state=model.UNEXPECTED,
        arrived_on=date.fromisoformat(accepted[0].delivered_on) if accepted else None, rows=shown.rows_bronze,
        deliveries=len(files),
        delivery_id=shown.delivery_id, reason=why or "",
    )  # fmt: skip


def _cell(
    feed: Feed, unit: Division, period: str, files: Sequence[DeliveryResult], as_of: date, had_rows: bool
) -> Arrival:
    due = due_on(feed, period)
    line = {
        "feed": feed.code, "department": feed.department, "scope": unit.code, "scope_name": unit.name,
        "county_code": unit.county_code, "county_name": unit.county_name, "period": period, "due_on": due,
        "deliveries": len(files),
    }  # fmt: skip
    if not files:
        may_be_silent = feed.nil_return == NIL_OPTIONAL and not had_rows
        late = model.MISSING if as_of > due else model.NOT_YET_DUE
        return Arrival(**line, state=model.PRESUMED_NIL if may_be_silent else late)
    sets = [pages for mode in sorted({r.mode for r in files}) for pages in _sets(files, mode)]
    whole = [pages for pages in sets if not pages.missing]
    if not whole:
        return _unfinished(line, files, sets, as_of)
    arrived = date.fromisoformat(min(_last_day(pages) for pages in whole))
    stands = max(whole, key=lambda pages: pages.deliveries[-1].delivery_seq)
    return Arrival(
        **line, state=model.LATE if arrived > due else model.ON_TIME, arrived_on=arrived,
        rows=sum(r.rows_bronze for r in stands.deliveries), delivery_id=stands.head,
        mode=model.FULL if any(_mode(pages) == model.FULL for pages in whole) else _mode(stands),
    )  # fmt: skip


def _unfinished(
    line: dict[str, Any], files: Sequence[DeliveryResult], sets: Sequence[PageSet], as_of: date
) -> Arrival:
    """A cell for which something came and nothing counts yet: refused, or pages are still awaited."""
    refused = [r for r in files if r.status != ACCEPTED]
    if refused:
        last = max(refused, key=lambda r: r.delivery_seq)
        return Arrival(
            **line, state=model.REFUSED, rows=0, delivery_id=last.delivery_id, reason=last.breaker_message or ""
        )
    awaited = "、".join(map(str, sets[-1].missing))
    state = model.MISSING if as_of > line["due_on"] else model.NOT_YET_DUE
    return Arrival(**line, state=state, rows=0, delivery_id=sets[-1].head, reason=f"缺第 {awaited} 页")


def _sets(files: Sequence[DeliveryResult], mode: str | None) -> list[PageSet]:
    return page_sets([r for r in files if r.mode == mode], lambda r: r.status == ACCEPTED)


def _mode(pages: PageSet) -> str:
    return pages.deliveries[0].mode


def _last_day(pages: PageSet) -> str:
    """ISO date on which the last page came."""
    return max(r.delivered_on for r in pages.deliveries)
