"""dbt's tests can be launched from the UI; before there is anything to test they say so."""

import dagster as dg
import pytest

from pipelines.defs import dbt_tests
from pipelines.defs.assembly import build_defs
from pipelines.kit.paths import Paths


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    here = build_defs(Paths(tmp_path_factory.mktemp("defs")))
    return dg.Definitions.merge(here, dbt_tests.defs).resolve_job_def("dbt_tests")


def test_without_a_turn_there_is_nothing_to_test(job):
    done = job.execute_in_process(raise_on_error=False)
    (failure,) = done.get_step_failure_events()
    assert not done.success
    assert failure.event_specific_data.error.message.endswith("还没有任何一轮数据，请先运行 turn，再测试模型。\n")


def test_it_says_in_the_ui_what_it_is_for(job):
    assert "模型测试" in job.description
