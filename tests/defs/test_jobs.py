"""The nightly turn runs the day that has ended, the daily report the day that goes on, by the city's clock."""

from datetime import UTC, datetime

import dagster as dg
import pytest

from pipelines.defs.jobs import daily_arrivals, due_turn
from pipelines.defs.partitions import NAME


# 02:30 on 2 March in Shanghai is still 1 March in UTC
@pytest.mark.parametrize(("schedule", "at", "run_key"), [
    (due_turn, datetime(2024, 3, 1, 18, 30, tzinfo=UTC), "2024-03-01"),
    (daily_arrivals, datetime(2024, 3, 1, 9, 0, tzinfo=UTC), "arrivals-2024-03-01"),
])  # fmt: skip
def test_a_schedule_asks_for_its_day_and_offers_it(schedule, at, run_key):
    with dg.instance_for_test() as instance:
        request = schedule(dg.build_schedule_context(instance, scheduled_execution_time=at))
        assert (request.partition_key, request.run_key) == ("2024-03-01", run_key)
        assert instance.get_dynamic_partitions(NAME) == ["2024-03-01"]
