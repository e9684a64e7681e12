"""Alerts 告警: a run that failed, and what a run that succeeded found that somebody should act upon.

Belongs here: when something is told, and the words. Does not belong here: the channel (kit/alerts.py), which is quiet
until it is configured. Only our own sentences are quoted from a failure: another error's may hold what is in a row.
"""

from collections.abc import Iterable
from datetime import date, timedelta

import dagster as dg

from pipelines.defs.collect import COLLECT
from pipelines.defs.jobs import ARRIVALS, turn_job
from pipelines.defs.resources import Lakehouse
from pipelines.give.returns.unanswered import unanswered
from pipelines.ingest.arrivals import report
from pipelines.ingest.arrivals.daily import known
from pipelines.kit import alerts
from pipelines.kit.contracts import Feed
from pipelines.kit.paths import Paths
from pipelines.kit.working_days import arranged_until

_OURS = dg.Failure.__name__
_LAUNCH = {"minimum_interval_seconds": 30, "default_status": dg.DefaultSensorStatus.RUNNING}
_NO_CHANNEL = f"no channel ({alerts.VARIABLE}) 未配置告警渠道"
# Deadlines of a turn lie within so many days.
_AHEAD = timedelta(days=31)
# What there is to do every day is no alert.
_EVERY_DAY = ("今日收件", "提前提醒", "旧数据提示")


@dg.run_failure_sensor(
    name="alert_failure_sensor", **_LAUNCH,
    description="Tells of a run that failed (ZHENJIE_ALERTS) 运行失败告警. Silent without a channel.",
)
def failed(context: dg.RunFailureSensorContext) -> dg.SkipReason:
    run, day = context.dagster_run, context.dagster_run.tags.get("dagster/partition", "")
    reasons = [_reason(event) for event in context.get_step_failure_events()]
    where = f"在 Dagster 中查看运行 {run.run_id[:8]}；处置见 docs/operations.md"
    return _told(f"作业 {run.job_name} {day} 失败", [*reasons, where])


def _reason(event: dg.DagsterEvent) -> str:
    error = event.step_failure_data.error
    cause = (error.cause or error) if error else None
    said = cause.message.partition(": ")[2].strip() if cause and cause.cls_name == _OURS else "见运行日志"
    return f"{event.step_key}：{said}"


def incident_sensor(feeds: Iterable[Feed]) -> dg.SensorDefinition:
    """After data came in or a turn ended: what is overdue, refused, or went wrong with one file."""
    feeds = tuple(feeds)

    @dg.run_status_sensor(
        name="alert_incident_sensor", run_status=dg.DagsterRunStatus.SUCCESS, **_LAUNCH,
        monitored_jobs=[turn_job, *(dg.define_asset_job(name) for name in (ARRIVALS, COLLECT))],
        description="Tells after a run what is overdue, refused or could not be read (ZHENJIE_ALERTS) 数据告警.",
    )
    def watch(context: dg.RunStatusSensorContext, lakehouse: Lakehouse) -> dg.SkipReason:
        if not alerts.channel():  # nobody would hear what is looked for
            return dg.SkipReason(_NO_CHANNEL)
        day = context.dagster_run.tags.get("dagster/partition", "")
        lines = troubles(lakehouse.paths, feeds, date.fromisoformat(day)) if day else []
        return _told(f"{day} 有待办事项", lines) if lines else dg.SkipReason("nothing to tell 没有待办事项")

    return watch


def troubles(paths: Paths, feeds: Iterable[Feed], as_of: date) -> list[str]:
    """What somebody has to act upon, in the daily report's words; sets nobody answered; files nobody
    could read."""
    day = known(paths, list(feeds), as_of)
    lines = [f"{what}：{of}" for what, of in report.todo(day) if what not in _EVERY_DAY] if day.owed else []
    numbers = sorted(file.stem for file in paths.incidents.glob(f"S{as_of:%Y%m%d}-*.log"))
    met = [f"有 {len(numbers)} 个文件遇到意外情况：{'、'.join(numbers)}"] if numbers else []
    return lines + _silent(paths, as_of) + _calendar(as_of) + met


def _silent(paths: Paths, as_of: date) -> list[str]:
    silent = unanswered(paths, as_of)
    if not silent:
        return []
    worst = silent[0]
    return [
        f"催答复：{len(silent)} 个镇街过了期限还没有交回返还集，最久的是{worst.place}（{worst.as_of} 一期，"
        f"已过 {worst.working_days_over(as_of)} 个工作日）；名单见 Dagster 资产 returns/return_sets"
    ]


def _calendar(as_of: date) -> list[str]:
    if arranged_until() >= as_of + _AHEAD:
        return []
    return [
        f"放假安排：工作日历只到 {arranged_until():%Y-%m-%d}，以后的期限暂按周一至周五计算；"
        "国务院办公厅公布下一年安排后，请补进 data/reference/calendar/working_days.csv"
    ]


def _told(title: str, lines: Iterable[str]) -> dg.SkipReason:
    """Tell; the tick says whether somebody was told. A channel that fails does so in the tick, and stops nothing."""
    try:
        sent = alerts.tell(f"【数据镇街】{title}", "\n".join(lines))
    except alerts.NotTold as error:
        return dg.SkipReason(f"not told 未能告警: {error}")
    return dg.SkipReason(f"told: {title}" if sent else f"{_NO_CHANNEL}: {title}")
