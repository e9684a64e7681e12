"""The bureau's daily report as an asset, and one check per feed: is everything here that should be?

Belongs here: these two. Does not belong here: what is due when (ingest.arrivals). Freshness by the wall clock is
the policy of each bronze asset; the check goes by the business date, so a replay turns red on the right day.
"""

from collections.abc import Iterable, Iterator

import dagster as dg

from pipelines.defs.bronze import bronze_key
from pipelines.defs.fresh import EVERY_TURN, FOLLOWS
from pipelines.defs.metadata import markdown_table
from pipelines.defs.partitions import BY_DATE
from pipelines.defs.resources import Lakehouse
from pipelines.ingest.arrivals import Arrival, Coverage, coverage, lists, report
from pipelines.ingest.arrivals.coverage import percent
from pipelines.ingest.arrivals.daily import Day, write_daily
from pipelines.ingest.arrivals.model import REFUSED
from pipelines.kit.contracts import Feed

REPORT = dg.AssetKey(["reports", "daily_arrivals"])
CHECK = "arrived_on_time"
_SHOWN = 50
_MISSING_COLUMNS = ["department", "feed", "scope", "period", "due on", "days overdue", "last good"]
_NEXT_COLUMNS = ["department", "feed", "scope", "period", "due on", "days left"]


def daily_report(feeds: Iterable[Feed]) -> dg.AssetsDefinition:
    """The asset that writes 归集日报 from what bronze holds on the business date; it does not need the lake."""
    feeds = list(feeds)

    @dg.asset(
        key=REPORT, deps=[bronze_key(f) for f in feeds], group_name="reports", kinds={"excel"},
        owners=["team:big_data_bureau"], freshness_policy=EVERY_TURN, automation_condition=FOLLOWS, **BY_DATE,
        description="The bureau's daily workbook 归集日报: what should have come against what came, whom to call, "
        "what is due next, what was refused, which data are old.",
    )
    def daily_arrivals(context: dg.AssetExecutionContext, lakehouse: Lakehouse) -> dg.MaterializeResult:
        paths = lakehouse.hold(context.log)
        day = lakehouse.day(context, feeds)
        file = write_daily(paths, day)
        missing, ahead = lists.missing_rows(day), lists.next_due_rows(day)
        now = coverage(report.current(day), lambda a: "").get("", Coverage())
        ever = coverage(day.lines, lambda a: "").get("", Coverage())
        return dg.MaterializeResult(metadata={
            "dagster/row_count": ever.expected,
            "coverage_percent": _percent(ever),
            "coverage_percent_current_periods": _percent(now),
            "overdue": len(missing),
            "refused": len([a for a in day.owed if a.state == "refused"]),
            "missing_table": dg.MetadataValue.md(markdown_table(_MISSING_COLUMNS, missing[:_SHOWN])),
            "not_yet_due": len(ahead),
            "next_due": dg.MetadataValue.md(markdown_table(_NEXT_COLUMNS, ahead[:_SHOWN])),
            "file": dg.MetadataValue.path(str(file)),
        })

    return daily_arrivals


def on_time_checks(feeds: Iterable[Feed]) -> dg.AssetChecksDefinition:
    """One check `arrived_on_time` per bronze asset: red while a scope owes a delivery past its due day."""
    by_key = {bronze_key(feed): feed for feed in feeds}
    specs = [
        dg.AssetCheckSpec(
            CHECK, asset=key,
            description=f"By the business date every scope has delivered, {feed.due_days} days after the month at the "
            "latest 按期送达.",
        )
        for key, feed in by_key.items()
    ]

    @dg.multi_asset_check(name="bronze_arrivals", specs=specs, can_subset=True)
    def arrived(context: dg.AssetCheckExecutionContext, lakehouse: Lakehouse) -> Iterator[dg.AssetCheckResult]:
        day = lakehouse.day(context, by_key.values())
        wanted = {key.asset_key for key in context.selected_asset_check_keys}
        for key in sorted(wanted):
            result = _result(key, by_key[key], day)
            if not result.passed:
                context.log.warning(result.description)
            yield result

    return arrived


def _result(key: dg.AssetKey, feed: Feed, day: Day) -> dg.AssetCheckResult:
    lines = [a for a in day.lines if a.feed == feed.code]
    overdue = [a for a in day.owed if a.feed == feed.code and a.due_on < day.as_of]
    counted = coverage(lines, lambda a: "").get("", Coverage())
    return dg.AssetCheckResult(
        check_name=CHECK, asset_key=key, passed=not overdue, severity=dg.AssetCheckSeverity.ERROR,
        description=f"{feed.code} {feed.title}: {_said(overdue, day)}",
        metadata={
            "coverage_percent": _percent(counted), "due": counted.due, "arrived": counted.arrived,
            "overdue": dg.MetadataValue.md(markdown_table(
                ["scope", "name", "period", "state", "due on", "days overdue"],
                [(a.scope, lists.place(a), a.period, a.state, a.due_on, (day.as_of - a.due_on).days)
                 for a in overdue[:_SHOWN]],
            )),
        },
    )  # fmt: skip


def _said(overdue: list[Arrival], day: Day) -> str:
    if not overdue:
        return "nothing overdue 没有逾期"
    worst = min(overdue, key=lambda a: a.due_on)
    days = (day.as_of - worst.due_on).days
    came = sum(a.state == REFUSED for a in overdue)
    words = [f"{len(overdue) - came} not here 逾期未到"] if len(overdue) > came else []
    words += [f"{came} refused, to be sent again 已退回待重报"] if came else []
    return f"{', '.join(words)}, longest {lists.place(worst)} {worst.period} by {days} days"


def _percent(counted: Coverage) -> float:
    """100.0 where nothing is due."""
    return percent(1.0 if counted.share is None else counted.share)
