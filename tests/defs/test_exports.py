"""Exports and queries in Dagster: their own jobs, checks on every issue, nothing personal in what the UI shows."""

import os
import time
from datetime import UTC, datetime

import dagster as dg
import pytest

from pipelines.defs.exports import assets, due_exports, export_key
from pipelines.defs.queries import query_sensor
from pipelines.defs.resources import Lakehouse
from pipelines.give.exports import load_exports
from pipelines.kit.contracts import load_contracts
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from tests.defs.dated import materialize
from tests.give.exports.conftest import fill

DAY = "2024-01-31"


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    paths = Paths(tmp_path_factory.mktemp("exports"))
    with connect(paths) as con:
        fill(con)
    return paths


@pytest.fixture(scope="module")
def run(installation):
    """One run of two exports: personal data, and counts."""
    chosen = [load_exports()[code] for code in ("X01", "X02")]
    lakehouse = Lakehouse(root=str(installation.root))
    return materialize(assets(chosen, load_contracts()), DAY, resources={"lakehouse": lakehouse})


def test_both_checks_pass_after_every_export(run):
    found = {(e.asset_key.path[-1], e.check_name, e.passed) for e in run.get_asset_check_evaluations()}
    assert found == {
        (name, check, True)
        for name in ("deceased_still_paid", "village_population")
        for check in ("round_trip", "no_forbidden_column")
    }


def test_only_counts_are_previewed(run):
    shown = {e.asset_key.path[-1]: e.materialization.metadata for e in run.get_asset_materialization_events()}
    assert shown["deceased_still_paid"]["dagster/row_count"].value == 1
    assert "preview" not in shown["deceased_still_paid"]
    assert "370602194001010023" not in str(shown) and "王秀兰" not in str(shown)
    assert "| 5 | 0 | 2 | 2 |" in shown["village_population"]["preview"].md_str


def test_another_date_than_the_lakes_is_refused(installation):
    made = assets([load_exports()["X02"]], load_contracts())
    result = materialize(
        made, "2024-02-01", raise_on_error=False,
        resources={"lakehouse": Lakehouse(root=str(installation.root))},
    )  # fmt: skip
    assert not result.success
    assert not list(installation.exports.rglob("20240201"))


def test_the_schedule_issues_what_is_due_once_the_turn_is_out(tmp_path):
    lakehouse = Lakehouse(root=str(tmp_path))
    # 05:30 on 1 February in the city
    night = datetime(2024, 1, 31, 21, 30, tzinfo=UTC)

    def tick():
        resources = {"lakehouse": lakehouse}
        with dg.instance_for_test() as instance, dg.build_schedule_context(
            instance, scheduled_execution_time=night, resources=resources
        ) as context:
            return due_exports(context)

    assert isinstance(tick(), dg.SkipReason)
    turns = lakehouse.paths.decisions / "turns"
    turns.mkdir(parents=True)
    (turns / f"{DAY}.json").write_text("{}")
    request = tick()
    assert request.partition_key == DAY
    assert set(request.asset_selection) == {export_key(e) for e in load_exports().values()}


def test_a_list_starts_a_run_of_the_newest_turn_once(tmp_path):
    lakehouse = Lakehouse(root=str(tmp_path))

    def tick(cursor=None):
        with dg.build_sensor_context(cursor=cursor, resources={"lakehouse": lakehouse}) as context:
            return query_sensor(context)

    file = lakehouse.paths.queries / "drop" / "370602001" / "a.csv"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"x")
    os.utime(file, (time.time() - 60,) * 2)
    assert isinstance(tick(), dg.SkipReason)
    turns = lakehouse.paths.decisions / "turns"
    turns.mkdir(parents=True)
    (turns / f"{DAY}.json").write_text("{}")
    (request,) = tick().run_requests
    assert request.partition_key == DAY
    assert isinstance(tick(tick().cursor), dg.SkipReason)
