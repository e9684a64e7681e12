"""Freshness: up to which period a feed is good in a scope, what is owed, and how many days it lies behind.

Belongs here: the last good delivery of every feed and scope; the one judgement of what is stale. Does not belong here:
which rows models then use.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from pipelines.ingest.arrivals import model
from pipelines.ingest.arrivals.model import Arrival
from pipelines.kit.reference.divisions import Divisions

CURRENT = "current"
FAILED = "failed"  # not for want of data: the feed could not be brought up to date (pipelines.ingest.feeds.stale)


@dataclass(frozen=True)
class Freshness:
    """A feed in a scope (code of today).

    `last_good_*`: the newest period that was accepted, None when nothing ever was. `behind_period`: the first period
    that is owed, None when none is; `state` then says why, `refused` or `missing`, else CURRENT; the ledger says FAILED
    of a feed that broke. `days_behind` counts from the day it was due, 0 before.
    """

    feed: str
    department: str
    scope: str
    scope_name: str
    county_code: str
    county_name: str
    last_good_period: str | None
    last_good_on: date | None
    last_good_delivery: str | None
    behind_period: str | None
    days_behind: int
    state: str
    reason: str

    @property
    def is_stale(self) -> bool:
        """Whether what stands is not what should stand."""
        return self.behind_period is not None


def freshness(lines: Iterable[Arrival], divisions: Divisions, as_of: date) -> list[Freshness]:
    """One line per feed and scope that is, or was, expected to deliver; by feed and scope."""
    found = by_unit(lines, divisions, as_of)
    return [_freshness(scope, cells, divisions, as_of) for (_, scope), cells in sorted(found.items())]


def by_unit(lines: Iterable[Arrival], divisions: Divisions, as_of: date) -> dict[tuple[str, str], list[Arrival]]:
    """(feed, code of today) -> its expected cells by period. Units that are no more are left out, recoded ones go on
    under their new code."""
    cells: dict[tuple[str, str], list[Arrival]] = defaultdict(list)
    for line in sorted(lines, key=lambda a: a.period):
        unit = divisions.unit(line.scope, as_of) if line.state in model.EXPECTED else None
        if unit:
            cells[line.feed, unit.code].append(line)
    return cells


def owed(cells: Sequence[Arrival]) -> list[Arrival]:
    """Of the cells of one feed in one unit, by period, those that are refused or overdue and still matter: a list of
    all records makes up for every earlier hole, events and differences are owed for ever."""
    whole = max((a.period for a in cells if a.state in model.ARRIVED and a.mode == model.FULL), default="")
    return [a for a in cells if a.state in (model.MISSING, model.REFUSED) and a.period > whole]


def _freshness(scope: str, cells: Sequence[Arrival], divisions: Divisions, as_of: date) -> Freshness:
    unit = divisions.on(as_of)[scope]
    good = next((a for a in reversed(cells) if a.state in model.ARRIVED), None)
    behind = next(iter(owed(cells)), None)
    return Freshness(
        feed=cells[0].feed, department=cells[0].department, scope=scope, scope_name=unit.name,
        county_code=unit.county_code, county_name=unit.county_name,
        last_good_period=good.period if good else None,
        last_good_on=good.arrived_on if good else None,
        last_good_delivery=good.delivery_id if good else None,
        behind_period=behind.period if behind else None,
        days_behind=max(0, (as_of - behind.due_on).days) if behind else 0,
        state=behind.state if behind else CURRENT,
        reason=behind.reason if behind else "",
    )  # fmt: skip
