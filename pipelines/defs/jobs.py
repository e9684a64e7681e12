"""Jobs and schedules: the whole turn, and its nightly start.

Belongs here: selections and cadence. Does not belong here: sensors (they watch something).
"""

from datetime import timedelta
from zoneinfo import ZoneInfo

import dagster as dg

CITY_TIME = "Asia/Shanghai"

turn_job = dg.define_asset_job(
    "turn",
    selection=dg.AssetSelection.all() - dg.AssetSelection.groups("exports", "queries"),
    executor_def=dg.in_process_executor,
    description="One full turn of 采集—校核—返还—更正 for one business date. "
    "Launching a date twice gives the same content.",
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
    job=turn_job, cron_schedule="30 2 * * *", execution_timezone=CITY_TIME,
    description="At 02:30 runs the turn of the day that has just ended 每日夜间. Off until switched on.",
)
def nightly_turn(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    ended = context.scheduled_execution_time.astimezone(ZoneInfo(CITY_TIME)).date() - timedelta(days=1)
    return dg.RunRequest(run_key=ended.isoformat(), partition_key=ended.isoformat())
