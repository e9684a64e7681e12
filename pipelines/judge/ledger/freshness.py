"""How old the sources of something that goes out are, out of `ledger.freshness`.

Belongs here: choosing the lines that matter, and saying them in Chinese. Does not belong here: judging what is stale
(pipelines.ingest.arrivals), writing the table (arrivals.py).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import duckdb

from pipelines.ingest.arrivals.freshness import CURRENT
from pipelines.kit.contracts import Feed

STALE = "陈旧"
_MOST_NAMED = 5
_CITY_DIGITS = 4


@dataclass(frozen=True)
class Source:
    """A feed in a scope: its newest period in force, and the first one that is owed, both None where there is none.
    `state` as in pipelines.ingest.arrivals.freshness."""

    feed: str
    scope: str
    scope_name: str
    newest_period: str | None
    newest_on: date | None
    due_period: str | None
    days_behind: int
    state: str

    @property
    def is_stale(self) -> bool:
        return self.state != CURRENT


def sources(
    con: duckdb.DuckDBPyConnection, as_of: date, feeds: Collection[str], place: str = ""
) -> list[Source]:
    """What stands of these feeds (of all that deliver, when none is named), by feed and scope; of what concerns
    `place`, a division code, where one is given."""
    rows = con.execute(
        "SELECT feed, scope, scope_name, last_good_period, last_good_on, behind_period, days_behind, state "
        "FROM lake.ledger.freshness WHERE as_of = ? AND (last_good_period IS NOT NULL OR state <> ?) "
        "ORDER BY feed, scope",
        [as_of, CURRENT],
    ).fetchall()
    found = [Source(*row) for row in rows]
    return [s for s in found if (not feeds or s.feed in feeds) and concerns(s.scope, place)]


def facts(found: Sequence[Source]) -> list[dict[str, Any]]:
    """For a manifest: every source, dates as text."""
    return [
        {**asdict(s), "newest_on": s.newest_on.isoformat() if s.newest_on else None, "is_stale": s.is_stale}
        for s in found
    ]


def lines(found: Sequence[Source], feeds: Mapping[str, Feed]) -> list[str]:
    """For a cover: one line a feed, its stale scopes named; the feed with the oldest data first."""
    by_feed: dict[str, list[Source]] = defaultdict(list)
    for source in found:
        by_feed[source.feed].append(source)
    oldest_first = sorted(by_feed, key=lambda code: (min(s.newest_period or "" for s in by_feed[code]), code))
    return [_line(by_feed[code], feeds.get(code), code) for code in oldest_first]


def _line(same: Sequence[Source], feed: Feed | None, code: str) -> str:
    name = f"{feed.department_name} {feed.title}" if feed else code
    newest = max(s.newest_period or "" for s in same)
    said = f"{name}：{f'数据到{month(newest)}' if newest else '尚无可用的数据'}"
    stale = [s for s in same if s.is_stale]
    named = "、".join(_stale(s) for s in stale[:_MOST_NAMED])
    return f"{said}（{STALE}：{named}{f'等 {len(stale)} 处' if len(stale) > _MOST_NAMED else ''}）" if stale else said


def _stale(source: Source) -> str:
    reach = f"只到{month(source.newest_period)}" if source.newest_period else "从未报送"
    owed = f"，欠{month(source.due_period)}" if source.due_period else "，本次未能更新"
    late = f"，逾期 {source.days_behind} 天" if source.days_behind else ""
    return f"{source.scope_name}{reach}{owed}{late}"


def month(period: str) -> str:
    """'202401' as 2024年1月."""
    return f"{period[:4]}年{int(period[4:])}月"


def concerns(scope: str, place: str) -> bool:
    """Whether a scope holds the place, or lies in it."""
    here, there = (c[:_CITY_DIGITS] if len(c) == 6 and c.endswith("00") else c for c in (scope, place))
    return here.startswith(there) or there.startswith(here)
