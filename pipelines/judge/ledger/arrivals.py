"""`ledger.arrival`, `ledger.coverage` and `ledger.freshness`: what should have come by the business date, and did.

Belongs here: writing the three tables. Does not belong here: what they say
(pipelines.ingest.arrivals).
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import duckdb

from pipelines.ingest.arrivals import Arrival, coverage
from pipelines.ingest.arrivals.daily import Day
from pipelines.ingest.arrivals.freshness import FAILED
from pipelines.ingest.feeds.stale import stale_feeds
from pipelines.kit.paths import Paths
from pipelines.kit.tables import replace_all, transaction

_LEVELS = {
    "city": lambda a: "", "department": lambda a: a.department, "feed": lambda a: a.feed,
    "county": lambda a: a.county_code,
}  # fmt: skip


def record_arrivals(con: duckdb.DuckDBPyConnection, paths: Paths, day: Day) -> int:
    """Replace the three tables by what is known on the day of all feeds; returns how many cells."""
    stale = stale_feeds(paths)
    fresh = [replace(f, state=FAILED, reason=stale[f.feed]) if f.feed in stale else f for f in day.fresh]
    tables = {
        "arrival": [vars(a) for a in day.lines],
        "coverage": list(_coverage(day.lines)),
        "freshness": [vars(f) for f in fresh],
    }
    with transaction(con):
        for name, rows in tables.items():
            replace_all(con, f"lake.ledger.{name}", day.as_of, rows)
    return len(day.lines)


def _coverage(lines: Iterable[Arrival]) -> Iterator[dict]:
    """Of every level and group, over all periods (period null) and period by period."""
    for level, code in _LEVELS.items():
        groups = coverage(lines, lambda a, code=code: (code(a), a.period))
        totals = coverage(lines, lambda a, code=code: (code(a), None))
        for (name, period), counted in {**totals, **groups}.items():
            figures = {n: getattr(counted, n) for n in (
                "expected", "due", "arrived", "on_time", "late", "refused", "missing", "share",
            )}  # fmt: skip
            yield {"level_name": level, "code": name, "period": period, **figures}
