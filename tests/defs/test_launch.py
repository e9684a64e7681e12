"""A run of the terminal is a run of its job: in the same instance, under the same code location, for its date."""

from datetime import date

import dagster as dg
import yaml

from pipelines.defs.launch import LOCATION, launch
from pipelines.kit.paths import PROJECT_ROOT, Paths


def test_the_ui_finds_a_run_of_the_terminal_under_its_job(tmp_path, monkeypatch):
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster_home"))
    assert not launch(Paths(tmp_path), date(2024, 2, 29), "queries", {"because": "试运行"})  # no turn is out
    with dg.DagsterInstance.get() as instance:
        (run,) = instance.get_runs(dg.RunsFilter(job_name="queries"))
    assert run.tags_for_storage()[".dagster/repository"] == f"__repository__@{LOCATION}"
    assert run.remote_job_origin.location_name == LOCATION
    assert (run.tags["dagster/partition"], run.tags["because"]) == ("2024-02-29", "试运行")


def test_the_code_location_is_named_as_in_the_workspace():
    (location,) = yaml.safe_load((PROJECT_ROOT / "workspace.yaml").read_text(encoding="utf-8"))["load_from"]
    assert location["python_module"]["location_name"] == LOCATION
