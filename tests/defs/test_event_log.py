"""Dagster's log on SQLite: few connections, and no older runs than are wanted."""

import dagster as dg
import pytest
from sqlalchemy import Engine, event

from pipelines.defs.event_log import KEEP_VARIABLE, forget_old_runs, write_quickly

KEYS = [dg.AssetKey(f"a{n}") for n in range(20)]


@dg.multi_asset(specs=[dg.AssetSpec(key, skippable=True) for key in KEYS],
                check_specs=[dg.AssetCheckSpec("c", asset=key) for key in KEYS])  # fmt: skip
def tables():
    for key in KEYS:
        passed = dg.AssetCheckResult(check_name="c", asset_key=key, passed=True)
        yield dg.MaterializeResult(asset_key=key, check_results=[passed], metadata={"dagster/row_count": 7})


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    write_quickly(tmp_path)
    return tmp_path


def run(instance):
    job = dg.Definitions(assets=[tables], jobs=[dg.define_asset_job("all_of_them")]).resolve_job_def("all_of_them")
    result = job.execute_in_process(instance=instance)
    assert result.success
    return result.run_id


def test_a_run_opens_few_connections_and_what_it_told_can_be_read(home):
    opened = []
    with dg.DagsterInstance.get() as instance:
        run(instance)
        event.listen(Engine, "connect", lambda con, _: opened.append(con))
        run_id = run(instance)
        assert len(instance.all_logs(run_id)) > 80
        assert len(opened) < 80, "Dagster by itself opens one for every event and every question: hundreds"
        told = instance.get_latest_materialization_events(KEYS)
    assert {e.asset_materialization.metadata["dagster/row_count"].value for e in told.values()} == {7}
    assert {e.run_id for e in told.values()} == {run_id}


def test_runs_beyond_those_wanted_go_with_their_files_the_newest_stay(home, monkeypatch):
    with dg.DagsterInstance.get() as instance:
        runs = [run(instance) for _ in range(3)]
        assert forget_old_runs(instance, home) == 0
        monkeypatch.setenv(KEEP_VARIABLE, "1")
        assert forget_old_runs(instance, home) == 2
        assert [r.run_id for r in instance.get_runs()] == runs[-1:]
        assert [f.stem for f in (home / "history" / "runs").glob("*-*.db")] == runs[-1:]
        assert instance.get_latest_materialization_event(KEYS[0]).run_id == runs[-1]


def test_a_check_is_told_of_the_materialization_of_its_own_run(home):
    with dg.DagsterInstance.get() as instance:
        for run_id in [run(instance), run(instance)]:
            told = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION).records
            about = [r.event_log_entry.dagster_event.asset_check_evaluation_data for r in told]
            assert {a.target_materialization_data.run_id for a in about} == {run_id} and len(about) == len(KEYS)
