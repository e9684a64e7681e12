"""Does a business date lie so far past the data that a turn of it would only tell what is no longer so?

Belongs here: this judgement over all feeds together. Does not belong here: which feed is stale where (freshness.py).
"""

from collections.abc import Iterable
from datetime import date

from pipelines.ingest.arrivals.calendar import month_end
from pipelines.ingest.bronze import results
from pipelines.ingest.bronze.result import ACCEPTED
from pipelines.ingest.landing.file_name import read_name
from pipelines.kit.contracts import Feed
from pipelines.kit.paths import Paths

# After a month ends the next is all there is to come for a month at most; the rest is patience.
MOST_DAYS = 45


class TooOld(ValueError):
    """The newest data lie too far back for this date; the message says how far and what to do."""


def newest_day(paths: Paths, feeds: Iterable[Feed], as_of: date) -> date | None:
    """The last day that any monthly feed has told anything about by `as_of`; None when nothing was accepted yet.

    The period counts, not the day of delivery: an old file that comes late is old.
    """
    monthly = [feed.code for feed in feeds if feed.period_months == 1]
    accepted = [r for code in monthly for r in results(paths, code, as_of) if r.status == ACCEPTED and r.period]
    return max((min(month_end(r.period), as_of) for r in accepted), default=None)


def waiting_day(paths: Paths, feeds: Iterable[Feed], as_of: date) -> date | None:
    """The same of files that lie in the drop folder, by their names; None when none lies there."""
    monthly = [feed for feed in feeds if feed.period_months == 1]
    names = ((feed, path.name) for feed in monthly for path in (paths.drop / feed.code).glob("*"))
    periods = (said.period for feed, name in names if (said := read_name(feed, name)))
    return max((min(month_end(period), as_of) for period in periods), default=None)


def require_recent(paths: Paths, feeds: Iterable[Feed], as_of: date, waiting: date | None = None) -> None:
    """Raises TooOld when `as_of` is more than MOST_DAYS past the newest data, `waiting` included."""
    newest = max(filter(None, (newest_day(paths, feeds, as_of), waiting)), default=None)
    if newest is None or (days := (as_of - newest).days) <= MOST_DAYS:
        return
    raise TooOld(
        f"the newest data of all monthly feeds reach to {newest}, {days} days before {as_of} 最新数据截至 {newest}，"
        f"距业务日期 {days} 天. Nothing was changed 未作任何改动. Launch the job `turn` with a partition up to "
        f"{MOST_DAYS} days later; or, when the date is meant, say why 确需按此日期运行，请写明原因: "
        f'`python -m pipelines turn {as_of} --stale-ok "…"`, or the tag stale_ok=….'
    )
