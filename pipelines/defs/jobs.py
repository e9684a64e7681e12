"""Jobs and schedules: the whole turn, and when it starts by itself.

Belongs here: selections and cadence. Does not belong here: sensors (they watch something).
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import dagster as dg

from pipelines.defs.partitions import offer
from pipelines.kit.cadence import cadence
from pipelines.kit.city_time import CITY_TIME, day_of

ARRIVALS = "arrivals"

turn_job = dg.define_asset_job(
    "turn",
    selection=dg.AssetSelection.all() - dg.AssetSelection.groups("exports", "queries"),
    executor_def=dg.in_process_executor,
    description="One full turn of 采集—校核—返还—更正 for one business date 业务日期, the partition you choose: "
    "usually the newest one. Launching a date twice gives the same content. Two tags of the run give a reason: "
    "`because`, why return sets that are out may get another content 为何重新返还; `stale_ok`, why a date far past all "
    "data is meant 为何用旧数据.",
)

exports_job = dg.define_asset_job(
    "exports",
    selection=dg.AssetSelection.groups("exports"),
    executor_def=dg.in_process_executor,
    description="Issues exports 对外导出 from the turn the lake shows, each checked by reading it back. Not part "
    "of the turn: every receiver has a cadence of its own.",
)
queries_job = dg.define_asset_job(
    "queries",
    selection=dg.AssetSelection.groups("queries"),
    executor_def=dg.in_process_executor,
    description="Answers the lists in data/queries/drop 查询核验 with yes or no, from the turn the lake shows.",
)


@dg.schedule(
    job=turn_job, cron_schedule=cadence().turn, execution_timezone=CITY_TIME,
    description="Runs the turn of the day that has just ended: on the 1st of a month that of its end 每月一轮, or as "
    "expectations/cadence.yaml says. Off until switched on.",
)
def due_turn(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    ended = day_of(context.scheduled_execution_time) - timedelta(days=1)
    offer(context.instance, [ended])
    return dg.RunRequest(run_key=ended.isoformat(), partition_key=ended.isoformat())


def arrivals_job(left_out: Iterable[dg.AssetCheckKey]) -> Any:
    """Bronze and the daily report, without the checks `left_out`: those that read every row are for the turn."""
    return dg.define_asset_job(
        ARRIVALS,
        selection=dg.AssetSelection.groups("bronze", "reports") - dg.AssetSelection.checks(*left_out),
        executor_def=dg.in_process_executor,
        description="Takes in what departments have dropped and writes the daily report 归集日报, without a turn.",
    )


@dg.schedule(
    job_name=ARRIVALS, cron_schedule=cadence().arrivals, execution_timezone=CITY_TIME,
    description="Takes in what came today and writes the daily report 每日归集日报, when cadence.yaml says. "
    "Off until switched on.",
)
def daily_arrivals(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    today = day_of(context.scheduled_execution_time)
    offer(context.instance, [today])
    return dg.RunRequest(run_key=f"arrivals-{today.isoformat()}", partition_key=today.isoformat())
