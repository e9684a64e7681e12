"""The inbox sensor starts one run for what arrived, and none twice."""

import os
import time
from datetime import date, datetime
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from pipelines.defs.resources import Lakehouse
from pipelines.defs.sensors import batch_key, inbox_sensor, next_business_date, waiting_files
from pipelines.kit import quiet
from pipelines.kit.city_time import CITY_TIME
from pipelines.kit.paths import Paths


@pytest.fixture
def lakehouse(tmp_path):
    (tmp_path / "inbox" / "drop" / "370602001").mkdir(parents=True)
    (tmp_path / "decisions" / "turns").mkdir(parents=True)
    (tmp_path / "decisions" / "turns" / "2024-01-31.json").write_text("{}")
    return Lakehouse(root=str(tmp_path))


def _arrive(lakehouse, name: str, content: bytes, age: float = 60) -> None:
    file = lakehouse.paths.inbox / "drop" / "370602001" / name
    file.write_bytes(content)
    os.utime(file, (time.time() - age,) * 2)


def _tick(lakehouse, cursor=None):
    with dg.build_sensor_context(cursor=cursor, resources={"lakehouse": lakehouse}) as context:
        return inbox_sensor(context)


def test_nothing_arrived_is_skipped(lakehouse):
    assert isinstance(_tick(lakehouse), dg.SkipReason)


def test_a_workbook_starts_a_run_keyed_by_its_content(lakehouse):
    _arrive(lakehouse, "a.xlsx", b"one")
    result = _tick(lakehouse)
    (request,) = result.run_requests
    key, _, at = result.cursor.rpartition("@")
    assert request.run_key == result.cursor
    assert key == batch_key([lakehouse.paths.inbox / "drop" / "370602001" / "a.xlsx"]) and time.time() - float(at) < 60
    assert request.partition_key is None, "receipts belong to no turn"


def test_the_same_files_do_not_start_a_second_run(lakehouse):
    _arrive(lakehouse, "a.xlsx", b"one")
    cursor = _tick(lakehouse).cursor
    assert isinstance(_tick(lakehouse, cursor), dg.SkipReason)
    _arrive(lakehouse, "b.xlsx", b"two")
    assert _tick(lakehouse, cursor).cursor != cursor


def test_the_same_file_in_another_folder_starts_a_run(lakehouse):
    """As the receipt asks for that says it lay in the wrong one."""
    _arrive(lakehouse, "a.xlsx", b"one")
    cursor = _tick(lakehouse).cursor
    drop = lakehouse.paths.inbox / "drop"
    (drop / "370602002").mkdir()
    (drop / "370602001" / "a.xlsx").rename(drop / "370602002" / "a.xlsx")
    assert _tick(lakehouse, cursor).cursor.rpartition("@")[0] != cursor.rpartition("@")[0]


def test_what_a_failed_run_left_starts_another_later(lakehouse):
    _arrive(lakehouse, "a.xlsx", b"one")
    key, _, at = _tick(lakehouse).cursor.rpartition("@")
    later = f"{key}@{float(at) - 3600:.0f}"
    (request,) = _tick(lakehouse, later).run_requests
    assert request.run_key != later and request.run_key.startswith(key)


@pytest.mark.parametrize("since", ["4000000000", "x", ""])
def test_a_cursor_of_the_future_or_of_nothing_holds_nobody_up(lakehouse, since):
    _arrive(lakehouse, "a.xlsx", b"one")
    key = _tick(lakehouse).cursor.rpartition("@")[0]
    assert len(_tick(lakehouse, f"{key}@{since}").run_requests) == 1


def test_a_day_without_a_day_after_it_is_no_turn(lakehouse):
    (lakehouse.paths.decisions / "turns" / "9999-12-31.json").write_text("{}")
    assert isinstance(_tick(lakehouse), dg.SkipReason)


def test_a_file_still_being_copied_waits(lakehouse, monkeypatch):
    monkeypatch.setenv(quiet.VARIABLE, "30")
    _arrive(lakehouse, "a.xlsx", b"half", age=0)
    assert isinstance(_tick(lakehouse), dg.SkipReason)


def test_a_marked_file_starts_a_run_at_once_and_links_never(lakehouse, monkeypatch):
    monkeypatch.setenv(quiet.VARIABLE, "30")
    _arrive(lakehouse, "a.xlsx", b"whole", age=0)
    _arrive(lakehouse, "a.xlsx.ok", b"", age=0)
    folder = lakehouse.paths.inbox / "drop" / "370602001"
    (folder / "system.xlsx").symlink_to("/etc/passwd")
    (folder / "gone.xlsx").symlink_to("nowhere")
    assert _tick(lakehouse).cursor.rpartition("@")[0] == batch_key([folder / "a.xlsx"])


def test_answers_to_todays_sets_get_their_receipt_today(lakehouse):
    today = datetime.now(ZoneInfo(CITY_TIME)).date()
    (lakehouse.paths.decisions / "turns" / f"{today.isoformat()}.json").write_text("{}")
    _arrive(lakehouse, "a.xlsx", b"one")
    assert len(_tick(lakehouse).run_requests) == 1


def test_without_a_turn_there_is_nothing_to_answer(lakehouse):
    (lakehouse.paths.decisions / "turns" / "2024-01-31.json").unlink()
    _arrive(lakehouse, "a.xlsx", b"one")
    assert isinstance(_tick(lakehouse), dg.SkipReason)


def test_office_lock_files_are_not_workbooks(lakehouse):
    _arrive(lakehouse, "~$a.xlsx", b"lock")
    assert waiting_files(lakehouse.paths.inbox / "drop", time.time()) == []


def test_answers_count_for_a_day_after_the_last_issued_turn(tmp_path):
    paths = Paths(tmp_path)
    assert next_business_date(paths, date(2024, 2, 10)) == date(2024, 2, 10)
    (paths.decisions / "turns").mkdir(parents=True)
    (paths.decisions / "turns" / "2024-02-10.json").write_text("{}")
    assert next_business_date(paths, date(2024, 2, 10)) == date(2024, 2, 11)
