"""What is told when a run fails or leaves something to do: our own sentences, counts and feeds, nothing of a person."""

from datetime import date

import dagster as dg
import pytest

from pipelines.defs import alerts as told
from pipelines.defs.alerts import failed, incident_sensor, troubles
from pipelines.defs.resources import Lakehouse
from pipelines.give.returns.unanswered import Unanswered
from pipelines.kit import alerts
from pipelines.kit.contracts import load_contracts
from pipelines.kit.paths import Paths

AS_OF = date(2024, 3, 31)
FEEDS = [load_contracts()["F11"]]


@pytest.fixture
def said(monkeypatch) -> list[tuple[str, str]]:
    sent: list[tuple[str, str]] = []
    monkeypatch.setenv(alerts.VARIABLE, "http://127.0.0.1")
    monkeypatch.setattr(alerts, "tell", lambda title, text: sent.append((title, text)) or True)
    return sent


@dg.op
def refuses() -> None:
    raise dg.Failure("日期不对，请换一个 another date")


@dg.op
def breaks() -> None:
    raise ValueError("王小明 370602199001010001 is no date")


def failure(op: dg.OpDefinition) -> dg.SkipReason:
    job = dg.GraphDefinition(name="turn", node_defs=[op]).to_job(tags={"dagster/partition": "2024-02-29"})
    with dg.DagsterInstance.ephemeral() as instance:
        run = job.execute_in_process(instance=instance, raise_on_error=False)
        context = dg.build_run_status_sensor_context(
            sensor_name="alert_failure_sensor", dagster_event=run.get_run_failure_event(), dagster_instance=instance,
            dagster_run=run.dagster_run,
        ).for_run_failure()
        return failed(context)


def test_our_own_sentence_is_told(said):
    failure(refuses)
    ((title, text),) = said
    assert title == "【数据镇街】作业 turn 2024-02-29 失败"
    assert text.startswith("refuses：日期不对，请换一个 another date\n在 Dagster 中查看运行 ")


def test_what_another_error_says_stays_in_the_log(said):
    failure(breaks)
    ((_, text),) = said
    assert text.startswith("breaks：见运行日志\n") and "王小明" not in text and "3706" not in text


def test_a_channel_that_fails_stops_nothing(monkeypatch):
    def broken(*_: str) -> bool:
        raise alerts.NotTold("smtp://mail could not be told")

    monkeypatch.setattr(alerts, "tell", broken)
    assert "could not be told" in failure(refuses).skip_message


def test_what_is_owed_and_what_could_not_be_read_is_told_and_a_quiet_day_is_not(tmp_path, said):
    paths = Paths(tmp_path)
    assert troubles(paths, [], AS_OF) == []
    paths.incidents.mkdir(parents=True)
    (paths.incidents / f"S{AS_OF:%Y%m%d}-1a2b3c4d.log").write_text("traceback of 王小明")
    first, last = troubles(paths, FEEDS, AS_OF)
    assert first.startswith("催报：") and "残疾人证" in first
    assert last == f"有 1 个文件遇到意外情况：S{AS_OF:%Y%m%d}-1a2b3c4d"


def test_sets_that_nobody_answered_are_told_by_number_and_the_oldest_by_name(tmp_path, monkeypatch):
    silent = [Unanswered("370602001", "芝罘区甲街道", "2024-02-29", "2024-03-15", 7),
              Unanswered("370602002", "芝罘区乙街道", "2024-03-10", "2024-03-25", 1)]  # fmt: skip
    monkeypatch.setattr(told, "unanswered", lambda paths, as_of: silent)
    (line,) = troubles(Paths(tmp_path), [], AS_OF)
    assert line.startswith("催答复：2 个镇街过了期限还没有交回返还集，最久的是芝罘区甲街道（2024-02-29 一期，已过")
    assert "已过 10 个工作日" in line


def test_the_year_without_an_arrangement_of_holidays_is_told_before_it_comes(tmp_path):
    assert troubles(Paths(tmp_path), [], date(2026, 11, 30)) == []
    (line,) = troubles(Paths(tmp_path), [], date(2026, 12, 1))
    assert line.startswith("放假安排：工作日历只到 2026-12-31") and "data/reference/calendar" in line


def test_the_sensor_tells_after_a_run(tmp_path, said):
    job = dg.GraphDefinition(name="arrivals", node_defs=[]).to_job(tags={"dagster/partition": f"{AS_OF}"})
    with dg.DagsterInstance.ephemeral() as instance:
        run = job.execute_in_process(instance=instance)
        with dg.build_run_status_sensor_context(
            sensor_name="alert_incident_sensor", dagster_event=run.get_run_success_event(), dagster_instance=instance,
            dagster_run=run.dagster_run, resources={"lakehouse": Lakehouse(root=str(tmp_path))},
        ) as context:
            told.incident_sensor(FEEDS)(context)
    assert [title for title, _ in said] == [f"【数据镇街】{AS_OF} 有待办事项"]
    assert incident_sensor(FEEDS).name == "alert_incident_sensor"
