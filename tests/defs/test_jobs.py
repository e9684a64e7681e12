"""The nightly schedule runs the day that has ended, by the city's clock."""

from datetime import UTC, datetime

import dagster as dg

from pipelines.defs.jobs import nightly_turn


def test_the_night_after_a_day_runs_that_day():
    # 02:30 on 2 March in Shanghai is still 1 March in UTC
    context = dg.build_schedule_context(scheduled_execution_time=datetime(2024, 3, 1, 18, 30, tzinfo=UTC))
    request = nightly_turn(context)
    assert (request.partition_key, request.run_key) == ("2024-03-01", "2024-03-01")
