"""What follows by itself: the daily report after bronze, for the date that was brought and no other."""

import dagster as dg
import pytest

from pipelines.defs.arrivals import REPORT
from pipelines.defs.assembly import build_defs
from pipelines.defs.partitions import NAME
from pipelines.kit.contracts import load_contracts
from pipelines.kit.paths import Paths

BRONZE = dg.AssetKey(["bronze", load_contracts()["F11"].table])


@pytest.fixture(scope="module")
def defs(tmp_path_factory):
    return build_defs(Paths(tmp_path_factory.mktemp("defs")))


def test_the_daily_report_follows_bronze_for_the_date_that_was_brought(defs):
    with dg.instance_for_test() as instance:
        instance.add_dynamic_partitions(NAME, ["2024-01-31", "2024-02-29"])
        quiet = dg.evaluate_automation_conditions(defs, instance)
        assert quiet.total_requested == 0, "a date that is offered is not run for"
        instance.report_runless_asset_event(dg.AssetMaterialization(BRONZE, partition="2024-02-29"))
        asked = dg.evaluate_automation_conditions(defs, instance, cursor=quiet.cursor)
        assert asked.get_requested_partitions(REPORT) == {"2024-02-29"}
        assert asked.total_requested == 1
        again = dg.evaluate_automation_conditions(defs, instance, cursor=asked.cursor)
        assert again.total_requested == 0


def test_all_that_a_turn_makes_says_when_it_is_out_of_date(defs):
    graph = defs.resolve_asset_graph()
    groups = {"exports", "queries", "collected"}  # they have a cadence of their own, or are fetched when they are due
    without = [
        key.to_user_string() for key in graph.materializable_asset_keys
        if graph.get(key).group_name not in groups and graph.get(key).freshness_policy is None
    ]  # fmt: skip
    assert without == []


def test_what_starts_it_is_the_one_sensor_of_its_kind_says_so_and_is_off_until_switched_on(defs):
    found = [s for s in defs.get_repository_def().sensor_defs if isinstance(s, dg.AutomationConditionSensorDefinition)]
    (sensor,) = found
    assert sensor.name == "default_automation_condition_sensor" and "归集日报" in sensor.description
    assert sensor.default_status == dg.DefaultSensorStatus.STOPPED
