"""The ledger of arrivals of one installation on one date, and the daily report made of it.

Belongs here: gathering what lies on disk, and putting the file there. Does not belong here: what the ledger says
(match.py) or the report (report.py, workbook.py).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from pipelines.ingest.arrivals.freshness import Freshness, by_unit, freshness, owed
from pipelines.ingest.arrivals.match import arrivals
from pipelines.ingest.arrivals.model import Arrival
from pipelines.ingest.bronze import DeliveryResult, results
from pipelines.ingest.bronze.withdrawals import withdrawn
from pipelines.ingest.deliveries.standing import WITHDRAWN, Standing
from pipelines.kit.contracts import Feed
from pipelines.kit.paths import Paths
from pipelines.kit.reference.divisions import Divisions, read_divisions
from pipelines.kit.whole_files import write_whole

_WITHDRAWN_WHY = "已撤回，不再使用；请重报。"


@dataclass(frozen=True)
class Day:
    """What the bureau knows on a date: feeds by code, divisions, every delivery judged by then, and what became of the
    deliveries of a feed, as far as that was found out already."""

    as_of: date
    feeds: dict[str, Feed]
    divisions: Divisions
    results: tuple[DeliveryResult, ...]
    standings: Mapping[str, Sequence[Standing]] = field(default_factory=dict)

    @cached_property
    def lines(self) -> list[Arrival]:
        """The ledger of arrivals."""
        return arrivals(self.feeds.values(), self.divisions, self.results, self.as_of)

    @cached_property
    def fresh(self) -> list[Freshness]:
        """How far every feed is good, scope by scope."""
        return freshness(self.lines, self.divisions, self.as_of)

    @cached_property
    def owed(self) -> list[Arrival]:
        """Overdue and refused cells that still matter, in the order of the ledger."""
        found = by_unit(self.lines, self.divisions, self.as_of).values()
        return sorted((a for cells in found for a in owed(cells)), key=lambda a: (a.feed, a.period, a.scope))


def known(
    paths: Paths, feeds: Iterable[Feed], as_of: date, standings: Mapping[str, Sequence[Standing]] = MappingProxyType({})
) -> Day:
    """The day by what bronze holds and people decided: a delivery that was withdrawn has to be sent anew."""
    by_code = {feed.code: feed for feed in sorted(feeds, key=lambda f: f.code)}
    found = tuple(r for code in by_code for r in _standing(paths, code, as_of))
    return Day(as_of, by_code, read_divisions(paths.reference), found, standings)


def _standing(paths: Paths, code: str, as_of: date) -> Iterator[DeliveryResult]:
    out = withdrawn(paths, code, as_of)
    for r in results(paths, code, as_of):
        yield replace(r, status=WITHDRAWN, breaker_message=_WITHDRAWN_WHY) if r.delivery_id in out else r


def write_daily(paths: Paths, day: Day) -> Path:
    """`reports/daily/{date}/归集日报_{date}.xlsx`, swapped in whole; a report of the same day is replaced."""
    from pipelines.ingest.arrivals.workbook import build_daily  # only who writes a report needs the office library

    name = day.as_of.isoformat()
    target = paths.reports / "daily" / name / f"归集日报_{name}.xlsx"
    write_whole(target, build_daily(day))
    return target
