"""Jobs and schedules: the whole turn, and its nightly start.

Belongs here: selections and cadence. Does not belong here: sensors (they watch something).
"""

import dagster as dg

turn_job = dg.define_asset_job(
    "turn",
    selection=dg.AssetSelection.all(),
    executor_def=dg.in_process_executor,
    description="One full turn of 采集—校核—返还—更正 for one business date. "
    "Launching a date twice gives the same content.",
)

nightly = dg.build_schedule_from_partitioned_job(
    turn_job,
    name="nightly_turn",
    description="Runs the turn of the day that has just ended, at 02:30 Asia/Shanghai. Off until switched on.",
    hour_of_day=2,
    minute_of_hour=30,
)
