"""The business date (业务日期) is the partition of every run: the dates that a turn can be launched for.

Belongs here: the partitions definition, which dates are offered, how to read a date out of a context, and the tags by
which a person gives a run a reason. A date is offered when its turn is out, when it is a month's end that the data
reach, or once somebody or something has asked for it: so the newest partition is one with data.
"""

from collections.abc import Iterable
from datetime import date, timedelta

import dagster as dg

from pipelines.ingest.arrivals.calendar import month_end
from pipelines.ingest.arrivals.recent import newest_day, waiting_day
from pipelines.kit.city_time import today, written_day
from pipelines.kit.contracts import Feed
from pipelines.kit.decision_files import issued_turns
from pipelines.kit.paths import Paths

FIRST_DATE = date(2024, 1, 1)
NAME = "business_date"
business_dates = dg.DynamicPartitionsDefinition(name=NAME)
# A turn builds on the one before it, so a backfill is one run per date.
one_date_a_run = dg.BackfillPolicy.multi_run(max_partitions_per_run=1)
BY_DATE = {"partitions_def": business_dates, "backfill_policy": one_date_a_run}
# Upstream of whatever takes anything in.
BUSINESS_DATE = dg.AssetKey(["ledger", "business_date"])
# Tags of a run: why sets that are out are replaced, why a turn is run on old data.
BECAUSE, STALE_OK = "because", "stale_ok"
_BACKFILL, _PARTITION = "dagster/backfill", "dagster/partition"
_UNFINISHED = [s for s in dg.DagsterRunStatus if s.value in ("QUEUED", "NOT_STARTED", "STARTING", "STARTED")]


def calendar(paths: Paths, feeds: Iterable[Feed]) -> list[date]:
    """The dates there are or that are due, in order: turns that are out, and month ends up to the newest data of any
    monthly feed, whether taken in or still waiting in the drop folder."""
    feeds, now = list(feeds), today()
    newest = max(filter(None, (find(paths, feeds, now) for find in (newest_day, waiting_day))), default=None)
    days, day = set(issued_turns(paths)), month_end(f"{FIRST_DATE:%Y%m}")
    while newest and day <= newest:
        days.add(day)
        day = month_end(f"{day + timedelta(days=1):%Y%m}")
    return sorted(days)


def offer(instance: dg.DagsterInstance, days: Iterable[date]) -> None:
    """Let these dates be partitions from now on."""
    known = set(instance.get_dynamic_partitions(NAME))
    if new := sorted({day.isoformat() for day in days} - known):
        instance.add_dynamic_partitions(NAME, new)


def for_dates(*requests: dg.RunRequest) -> dict[str, list]:
    """What a sensor answers that asks for runs: the runs, and that their dates are partitions."""
    keys = sorted({str(request.partition_key) for request in requests})
    return {
        "run_requests": list(requests),
        "dynamic_partitions_requests": [business_dates.build_add_request(keys)] if keys else [],
    }


def why_no_date(text: str) -> str:
    """Why a text is no date that can be launched; '' when it is one."""
    last = today() + timedelta(days=1)
    if (day := written_day(text)) and FIRST_DATE <= day <= last:
        return ""
    return (
        f"{text} is no business date: YYYY-MM-DD from {FIRST_DATE} to {last} "
        f"业务日期写成 2024-02-29 的形式，须在 {FIRST_DATE} 至 {last} 之间"
    )


def as_of(context: dg.AssetExecutionContext) -> date:
    """The business date of this run. Raises dg.Failure for a partition that somebody added and that is no date."""
    if why := why_no_date(context.partition_key):
        raise dg.Failure(why, allow_retries=False)
    return date.fromisoformat(context.partition_key)


def earlier_ones(context: dg.AssetExecutionContext) -> list[str]:
    """Dates of the same backfill before this run's that have not ended yet: a turn builds on the one before it."""
    backfill = context.run.tags.get(_BACKFILL)
    if backfill is None:
        return []
    going_on = context.instance.get_runs(dg.RunsFilter(tags={_BACKFILL: backfill}, statuses=_UNFINISHED))
    days = {run.tags.get(_PARTITION, "") for run in going_on} - {context.partition_key}
    return sorted(day for day in days if day < context.partition_key)


def reason(context: dg.AssetExecutionContext, tag: str) -> str:
    """What a person gave as the reason when the run was launched; '' without."""
    return context.run.tags.get(tag, "").strip()
