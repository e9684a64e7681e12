"""Freshness: up to which period a feed is good in a scope, and how many days it lies behind.

Belongs here: the last good delivery of every feed and scope. Does not belong here: which rows models then use.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from pipelines.arrivals import model
from pipelines.arrivals.divisions import Divisions
from pipelines.arrivals.model import Arrival

_CITY_ENDING = "00"


@dataclass(frozen=True)
class Freshness:
    """A feed in a scope (code of today).

    `last_good_*` are None when nothing was ever accepted. `behind_period` is the first period after it that was
    refused or is overdue, None when there is none; `state` then says which of the two, else 'current'.
    `days_behind` counts from the day it was due, 0 before.
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
    """One line per feed and scope that is, or was, expected to deliver; by feed and scope.

    Units that are no more are left out, recoded ones go on under their new code.
    """
    cells: dict[tuple[str, str], list[Arrival]] = defaultdict(list)
    for line in lines:
        unit = divisions.unit(line.scope, as_of) if line.state in model.EXPECTED else None
        if unit:
            cells[line.feed, unit.code].append(line)
    return [_freshness(key[1], found, divisions, as_of) for key, found in sorted(cells.items())]


def _freshness(scope: str, lines: Sequence[Arrival], divisions: Divisions, as_of: date) -> Freshness:
    lines = sorted(lines, key=lambda a: a.period)
    unit = divisions.on(as_of)[scope]
    good = next((a for a in reversed(lines) if a.state in model.ARRIVED), None)
    after = [a for a in lines if good is None or a.period > good.period]
    behind = next((a for a in after if a.state in (model.MISSING, model.REFUSED)), None)
    return Freshness(
        feed=lines[0].feed, department=lines[0].department, scope=scope, scope_name=unit.name,
        county_code=unit.county_code, county_name=unit.county_name,
        last_good_period=good.period if good else None,
        last_good_on=good.arrived_on if good else None,
        last_good_delivery=good.delivery_id if good else None,
        behind_period=behind.period if behind else None,
        days_behind=max(0, (as_of - behind.due_on).days) if behind else 0,
        state=behind.state if behind else "current",
        reason=behind.reason if behind else "",
    )  # fmt: skip


def stale_feeds(fresh: Iterable[Freshness], township: str) -> list[Freshness]:
    """Feeds of which a township (nine digits) gets data that are behind: the city's, its county's and its own."""
    county = township[:6]
    scopes = (county[:4] + _CITY_ENDING, county, township)
    return [f for f in fresh if f.is_stale and f.scope in scopes]
