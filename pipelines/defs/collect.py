"""Collecting as assets: one per feed that is fetched, upstream of its bronze, with a check that turns red alone.

Belongs here: these assets, their job and its schedule. Does not belong here: how anything is fetched
(pipelines.ingest.collect), watching places for files (sensors.py).
"""

import hashlib
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import dagster as dg

from pipelines.defs.metadata import markdown_table
from pipelines.defs.partitions import BUSINESS_DATE, BY_DATE, as_of, offer
from pipelines.defs.resources import Lakehouse
from pipelines.ingest.collect import FAILED, FILE_KINDS, UNCONNECTED, Collected, collect
from pipelines.ingest.landing import landed
from pipelines.kit.cadence import cadence
from pipelines.kit.city_time import CITY_TIME, day_of
from pipelines.kit.contracts import Feed
from pipelines.kit.decision_files import issued_turns
from pipelines.kit.paths import Paths

COLLECT, CHECK = "collect", "source_reached"
_COLUMNS = ["source", "status", "files", "message"]


def collected_key(feed: Feed) -> dg.AssetKey:
    return dg.AssetKey(["collected", feed.table])


def collected_asset(feed: Feed, feeds: Iterable[Feed]) -> dg.AssetsDefinition:
    """What the sources of one feed hold, fetched into its drop folder. A source that is broken or not connected
    turns the check red and stops nothing: bronze goes on with what has come."""
    feeds = tuple(feeds)
    where = ", ".join(f"{s.kind} {s.place} (${s.connection})" for s in feed.sources)

    @dg.asset(
        key=collected_key(feed), group_name="collected", kinds={s.kind for s in feed.sources},
        owners=[f"team:{feed.department}"], tags={"department": feed.department, "feed": feed.code}, **BY_DATE,
        deps=[BUSINESS_DATE],
        description=f"Feed {feed.code} fetched from {where}, into data/drop. "
        f"{feed.department_name}《{feed.title}》归集。",
        check_specs=[dg.AssetCheckSpec(
            CHECK, asset=collected_key(feed), description="Every source could be read 数据源可取. Red stops nothing.",
        )],
    )  # fmt: skip
    def collected(context: dg.AssetExecutionContext, lakehouse: Lakehouse) -> dg.MaterializeResult:
        paths, day = lakehouse.paths, as_of(context)
        reports = [] if is_issued(paths, day) else collect(paths, feed, day, feeds)
        for report in reports:
            for said in (*([report.message] if report.status == FAILED else []), *report.notices):
                context.log.warning(said)
        rows = [(r.kind, r.status, len(r.files), r.message) for r in reports]
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": sum(n for r in reports for n in r.rows.values()),
                "files": [name for r in reports for name in r.files],
                "notices": [said for r in reports for said in r.notices],
                "sources": dg.MetadataValue.md(markdown_table(_COLUMNS, rows)) if rows else "本轮已返还，不再取数",
            },
            check_results=[_reached(feed, reports)],
        )

    return collected


def is_issued(paths: Paths, day: date) -> bool:
    """Whether the turn of a date or a later one is out: what is fetched now would change what it was made of."""
    turns = issued_turns(paths)
    return bool(turns) and day <= turns[-1]


def _reached(feed: Feed, reports: list[Collected]) -> dg.AssetCheckResult:
    """A source without an address is no failure: its department may send files."""
    failed = [r for r in reports if r.status == FAILED]
    missing = [r for r in reports if r.status == UNCONNECTED]
    return dg.AssetCheckResult(
        check_name=CHECK, asset_key=collected_key(feed), passed=not failed, severity=dg.AssetCheckSeverity.ERROR,
        description="；".join(r.message for r in (*failed, *missing)) or None,
    )


def collect_job(left_out: Iterable[dg.AssetCheckKey]) -> Any:
    """Fetching and bronze without a turn, without the checks `left_out`; one feed or all."""
    return dg.define_asset_job(
        COLLECT,
        selection=dg.AssetSelection.groups("collected", "bronze") - dg.AssetSelection.checks(*left_out),
        executor_def=dg.in_process_executor,
        description="Fetches what departments keep and takes it into bronze, without a turn 归集入库.",
    )


def asked_for(feeds: Iterable[Feed], day: date, said: str, is_fetched: bool = True) -> dg.RunRequest:
    """A run of the job for some feeds, one after the other: fetched and taken in, or only taken in. `said` is what
    must not be run twice."""
    feeds = list(feeds)
    keys = [collected_key(f) for f in feeds if is_fetched and f.sources]
    return dg.RunRequest(
        run_key=hashlib.sha256(said.encode()).hexdigest(), job_name=COLLECT, partition_key=day.isoformat(),
        asset_selection=[*keys, *(dg.AssetKey(["bronze", f.table]) for f in feeds)],
        tags={"feeds": " ".join(f.code for f in feeds)},
    )  # fmt: skip


def due_feeds(paths: Paths, feeds: Iterable[Feed], day: date) -> list[Feed]:
    """Feeds with a database or an interface of which nothing came for as long as their cadence."""
    asked = [f for f in feeds if any(s.kind not in FILE_KINDS for s in f.sources)]
    return [f for f in asked if _last_day(paths, f) + timedelta(days=f.cadence_days) <= day]


def _last_day(paths: Paths, feed: Feed) -> date:
    return max((date.fromisoformat(d.delivered_on) for d in landed(paths, feed.code)), default=date.min)


def source_schedule(feeds: Iterable[Feed]) -> dg.ScheduleDefinition:
    """One look a day at every database and interface that is due by its feed's cadence, in one run."""
    feeds = tuple(feeds)

    @dg.schedule(
        name="due_sources", job_name=COLLECT, cron_schedule=cadence().sources, execution_timezone=CITY_TIME,
        description="Fetches from every database and interface that is due by its feed's cadence 按周期归集. "
        "Off until switched on.",
    )
    def due_sources(context: dg.ScheduleEvaluationContext, lakehouse: Lakehouse) -> Any:
        day = day_of(context.scheduled_execution_time)
        if is_issued(lakehouse.paths, day):
            return dg.SkipReason(f"the turn of {day} is out; what comes now counts for tomorrow 本日已返还")
        due = due_feeds(lakehouse.paths, feeds, day)
        if not due:
            return dg.SkipReason("nothing is due 没有到期的数据源")
        offer(context.instance, [day])
        return asked_for(due, day, f"due-{day}")

    return due_sources
