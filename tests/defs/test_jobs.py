"""The nightly turn runs the day that has ended, the daily report the day that goes on, by the city's clock."""

from datetime import UTC, datetime

import dagster as dg

from pipelines.defs.jobs import daily_arrivals, nightly_turn


def test_the_night_after_a_day_runs_that_day():
    # 02:30 on 2 March in Shanghai is still 1 March in UTC
    context = dg.build_schedule_context(scheduled_execution_time=datetime(2024, 3, 1, 18, 30, tzinfo=UTC))
    request = nightly_turn(context)
    assert (request.partition_key, request.run_key) == ("2024-03-01", "2024-03-01")


def test_the_report_of_the_afternoon_is_of_that_day():
    context = dg.build_schedule_context(scheduled_execution_time=datetime(2024, 3, 1, 9, 0, tzinfo=UTC))
    request = daily_arrivals(context)
    assert (request.partition_key, request.run_key) == ("2024-03-01", "arrivals-2024-03-01")
