"""Which business dates are offered, what is no date, and that dates of a backfill keep their order."""

from datetime import date
from types import SimpleNamespace

import dagster as dg
import pytest

from pipelines.defs import partitions
from pipelines.defs.partitions import NAME, calendar, earlier_ones, for_dates, offer, why_no_date
from pipelines.defs.resources import Lakehouse
from pipelines.defs.sensors import calendar_sensor
from pipelines.kit.contracts import load_contracts
from pipelines.kit.paths import Paths
from tests.defs.dated import materialize

FEEDS = load_contracts().values()


def drop(paths: Paths, period: str) -> None:
    folder = paths.drop / "F11"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"F11_残疾人证_370600_{period}_全量.csv").touch()


def test_nothing_is_offered_before_there_are_data(tmp_path):
    assert calendar(Paths(tmp_path), FEEDS) == []


def test_month_ends_up_to_the_newest_data_and_turns_that_are_out(tmp_path):
    paths = Paths(tmp_path)
    drop(paths, "202403")
    turns = paths.decisions / "turns"
    turns.mkdir(parents=True)
    (turns / "2024-02-15.json").write_text("{}")
    days = ["2024-01-31", "2024-02-15", "2024-02-29", "2024-03-31"]
    assert [str(day) for day in calendar(paths, FEEDS)] == days


def test_the_sensor_offers_them_once_in_order_and_starts_nothing(tmp_path):
    drop(Paths(tmp_path), "202402")
    instance, lakehouse = dg.DagsterInstance.ephemeral(), Lakehouse(root=str(tmp_path))
    for _ in range(2):
        with dg.build_sensor_context(instance, resources={"lakehouse": lakehouse}) as context:
            assert isinstance(calendar_sensor(FEEDS)(context), dg.SkipReason)
    assert instance.get_dynamic_partitions(NAME) == ["2024-01-31", "2024-02-29"]


def test_a_date_somebody_asked_for_stays(tmp_path):
    instance = dg.DagsterInstance.ephemeral()
    offer(instance, [date(2024, 2, 9)])
    offer(instance, [date(2024, 2, 9), date(2024, 2, 29)])
    assert instance.get_dynamic_partitions(NAME) == ["2024-02-09", "2024-02-29"]


@pytest.mark.parametrize("text", ["", "20240229", "2024-W09-4", "2024-02-30", "2023-12-31", "9999-12-31", "二月"])
def test_what_is_no_business_date_is_said_to_be_none(text):
    assert "业务日期写成 2024-02-29 的形式" in why_no_date(text)


def test_a_partition_that_is_no_date_fails_the_run_with_a_sentence(tmp_path):
    @dg.asset(**partitions.BY_DATE)
    def asked(context: dg.AssetExecutionContext) -> None:
        partitions.as_of(context)

    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions(NAME, ["二月"])
        run = dg.materialize([asked], partition_key="二月", instance=instance, raise_on_error=False)
    (failed,) = run.get_step_failure_events()
    assert failed.event_specific_data.error.message.startswith("dagster._core.definitions.events.Failure: 二月 is no")
    assert materialize([asked], "2024-02-29").success


def test_a_sensors_dates_are_partitions_of_its_runs():
    told = for_dates(dg.RunRequest(partition_key="2024-02-29"), dg.RunRequest(partition_key="2024-02-29"))
    assert [r.partition_keys for r in told["dynamic_partitions_requests"]] == [["2024-02-29"]]
    assert for_dates() == {"run_requests": [], "dynamic_partitions_requests": []}


def test_a_date_waits_for_earlier_ones_of_its_backfill_that_have_not_ended():
    job = dg.GraphDefinition(name="turn", node_defs=[]).to_job()
    with dg.DagsterInstance.ephemeral() as instance:
        for day, backfill, status in (
            ("2024-01-31", "a", dg.DagsterRunStatus.SUCCESS), ("2024-02-29", "a", dg.DagsterRunStatus.STARTING),
            ("2024-01-31", "b", dg.DagsterRunStatus.STARTING), ("2024-03-31", "a", dg.DagsterRunStatus.STARTED),
            ("2024-04-30", "a", dg.DagsterRunStatus.STARTING),
        ):  # fmt: skip
            tags = {"dagster/backfill": backfill, "dagster/partition": day}
            instance.create_run_for_job(job, tags=tags, status=status)

        def waits_for(day: str, **tags: str) -> list[str]:
            run = SimpleNamespace(tags=tags)
            return earlier_ones(SimpleNamespace(run=run, instance=instance, partition_key=day))

        assert waits_for("2024-03-31", **{"dagster/backfill": "a"}) == ["2024-02-29"]
        assert waits_for("2024-02-29", **{"dagster/backfill": "a"}) == []
        assert waits_for("2024-03-31") == []
