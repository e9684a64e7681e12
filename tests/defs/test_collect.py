"""Collecting in Dagster: a broken source stays alone, what arrives starts one run, what is due is fetched."""

import json
import os
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import dagster as dg
import pytest

from pipelines.defs import collect, sensors
from pipelines.defs.bronze import bronze_assets, bronze_key
from pipelines.defs.partitions import NAME as DATES
from pipelines.defs.resources import Lakehouse
from pipelines.ingest.landing import landed
from pipelines.kit import quiet
from pipelines.kit.contracts.model import Source
from tests.defs.dated import materialize
from tests.ingest.collect.office import CONNECTION, FEED

NAME = "F98_测试补贴_370600_202401_全量.csv"
LINES = "公民身份号码,项目,姓名,金额,发放日期\r\n370602199001010001,低保,王一,1,2024-01-01\r\n"


def feed(code: str, kind: str = "folder", connection: str = CONNECTION, **changes):
    pattern = FEED.file_pattern.replace("F98", code)
    changes |= {"file_pattern": pattern, "sources": (Source(kind, connection, code),)}
    return replace(FEED, code=code, entity=code.lower(), format="csv", **changes)


FEEDS = [feed("F97", "postgres", "ANDERE_QZK"), feed("F98"), feed("F99", connection="NICHT_DA")]


@pytest.fixture
def lakehouse(tmp_path: Path, monkeypatch) -> Lakehouse:
    monkeypatch.setenv("ANDERE_QZK", "postgresql://qzk:geheim-8151@127.0.0.1:1/qzk")
    monkeypatch.setenv(CONNECTION, str(tmp_path / "share"))
    (tmp_path / "share" / "F98").mkdir(parents=True)
    (tmp_path / "share" / "F98" / NAME).write_bytes(LINES.encode())
    (tmp_path / "share" / "F98" / "王小明.xlsx").write_bytes(b"?")
    return Lakehouse(root=str(tmp_path / "data"))


def test_a_broken_source_and_one_that_is_not_connected_stop_nobody(lakehouse):
    assets = [*(collect.collected_asset(f, FEEDS) for f in FEEDS), bronze_assets(FEEDS)]
    result = materialize(assets, "2024-01-31", resources={"lakehouse": lakehouse})
    assert result.success
    checks = {e.asset_key.path[-1]: e for e in result.get_asset_check_evaluations() if e.check_name == collect.CHECK}
    said = {table.split("__")[1]: (e.passed, e.severity.value, e.description) for table, e in checks.items()}
    assert said["f98"][0]
    assert said["f97"][:2] == (False, "ERROR") and "ANDERE_QZK" in said["f97"][2]
    assert said["f99"][0] and "NICHT_DA" in said["f99"][2], "its department may send files"
    (delivery,) = landed(lakehouse.paths, "F98")
    assert delivery.file(lakehouse.paths).read_bytes() == LINES.encode()
    made = result.asset_materializations_for_node("bronze")
    (taken_in,) = [m for m in made if m.asset_key == bronze_key(FEEDS[1])]
    assert taken_in.metadata["dagster/row_count"].value == 1
    assert "geheim-8151" not in str([e.event_specific_data for e in result.all_events])


def test_a_date_whose_turn_is_out_is_not_fetched_for(lakehouse):
    turns = lakehouse.paths.decisions / "turns"
    turns.mkdir(parents=True)
    (turns / "2024-01-31.json").write_text("{}")
    for day, count in (("2024-01-31", 0), ("2024-02-01", 1)):
        assets = [collect.collected_asset(FEEDS[1], FEEDS)]
        assert materialize(assets, day, resources={"lakehouse": lakehouse}).success
        assert len(list((lakehouse.paths.drop / "F98").glob("*.csv"))) == count


def tick(sensor: dg.SensorDefinition, lakehouse: Lakehouse, cursor: str | None = None) -> dg.SensorResult:
    with dg.build_sensor_context(cursor=cursor, resources={"lakehouse": lakehouse}) as context:
        return sensor(context)


def test_what_lies_at_a_place_starts_one_run_until_something_new_is_there(lakehouse, tmp_path):
    sensor = sensors.place_sensor(FEEDS)
    first = tick(sensor, lakehouse)
    (request,) = first.run_requests
    assert request.asset_selection == [collect.collected_key(FEEDS[1]), bronze_key(FEEDS[1])]
    assert list(json.loads(first.cursor)) == ["F98"], "F99 has no address: it is looked into again at the next tick"
    assert tick(sensor, lakehouse, first.cursor).run_requests == []
    (tmp_path / "share" / "F98" / NAME.replace("01_", "02_")).write_bytes(b"more")
    (second,) = tick(sensor, lakehouse, first.cursor).run_requests
    assert second.run_key != request.run_key


def drop(lakehouse: Lakehouse, code: str, name: str, content: bytes, age: float = 60) -> None:
    file = lakehouse.paths.drop / code / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    os.utime(file, (time.time() - age,) * 2)


def test_dropped_files_start_one_run_of_their_feeds_alone(lakehouse, monkeypatch):
    monkeypatch.setenv(quiet.VARIABLE, "30")
    sensor = sensors.drop_sensor(FEEDS)
    drop(lakehouse, "F98", NAME, b"one")
    drop(lakehouse, "F97.pages", "x", b"no feed of that name")
    drop(lakehouse, "F97", "half.csv.part", b"half")
    drop(lakehouse, "F99", "still.csv", b"growing", age=0)
    first = tick(sensor, lakehouse)
    (request,) = first.run_requests
    assert request.asset_selection == [bronze_key(FEEDS[1])]
    assert tick(sensor, lakehouse, first.cursor).run_requests == []
    drop(lakehouse, "F99", "still.csv", b"grown")
    (second,) = tick(sensor, lakehouse, first.cursor).run_requests
    assert second.asset_selection == [bronze_key(FEEDS[2])]


def test_databases_are_due_by_the_cadence_of_their_feed(lakehouse):
    monthly, daily = feed("F97", "postgres", "ANDERE_QZK"), feed("F96", "api", "ANDERE_QZK", cadence_days=1)
    folder = lakehouse.paths.landing / "F97" / "20240110-00000000"
    folder.mkdir(parents=True)
    record = {
        "feed": "F97", "delivery_id": folder.name, "delivery_seq": 1, "delivered_on": "2024-01-10", "file_name": "x",
        "sha256": "", "size": 0, "scope": None, "period": None, "mode": None, "kind": "unrecognised",
    }  # fmt: skip
    (folder / "delivery.json").write_text(json.dumps(record))
    asked = [monthly, daily, FEEDS[1]]
    assert collect.due_feeds(lakehouse.paths, asked, date(2024, 2, 9)) == [daily]
    assert collect.due_feeds(lakehouse.paths, asked, date(2024, 2, 10)) == [monthly, daily]
    at = datetime(2024, 2, 9, 12, 0, tzinfo=UTC)
    with dg.instance_for_test() as instance:
        resources = {"lakehouse": lakehouse}
        with dg.build_schedule_context(instance, scheduled_execution_time=at, resources=resources) as context:
            request = collect.source_schedule(asked)(context)
        assert instance.get_dynamic_partitions(DATES) == ["2024-02-09"]
    assert (request.partition_key, request.tags["feeds"]) == ("2024-02-09", "F96")
