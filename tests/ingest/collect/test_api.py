"""Interfaces over real HTTP: the prefecture's own, and one that misbehaves in every way we could think of."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipelines.ingest.collect import FAILED, FETCHED, UNCHANGED, UNCONNECTED, client, pages
from pipelines.ingest.landing import landed
from prefecture.interface import running
from tests.ingest.collect.misbehaving import Reply, Script, page, pages_of, serving
from tests.ingest.collect.office import CONNECTION, FEED, Office

JAN, FEB = date(2024, 1, 31), date(2024, 2, 29)
TOKEN = "lingpai-8151"
RECORDS = [{"sjbh": f"{n}", "sjlx": "占道"} for n in range(5)]
STEM = "F98_测试补贴_370600_202401"


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    monkeypatch.setattr(client, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(client, "BACKOFF_SECONDS", 0.001)


@pytest.fixture
def office(tmp_path: Path, monkeypatch) -> Office:
    monkeypatch.setenv(CONNECTION + "_TOKEN", TOKEN)
    return Office.of(tmp_path, "api", "append", "/{feed}/{period}?page={page}")


@pytest.fixture
def fetch(office: Office, monkeypatch) -> Callable:
    """Fetch from a scripted interface: (report, calls)."""

    def run(script: Script, as_of: date = JAN):
        with serving(script) as (address, calls):
            monkeypatch.setenv(CONNECTION, address)
            return office.collect(as_of), calls

    return run


def test_the_prefectures_interface_is_read_to_the_end_busy_or_not(tmp_path, office: Office, monkeypatch):
    folder = tmp_path / "out" / "202401" / "F98"
    folder.mkdir(parents=True)
    script = pages_of(RECORDS)
    bodies = {f"{STEM}_p{n:04d}.json": script(n, 0).body for n in (1, 2, 3)}
    for name, body in bodies.items():
        (folder / name).write_bytes(body)
    with running(tmp_path / "out", TOKEN, busy_every=2) as interface:
        monkeypatch.setenv(CONNECTION, interface.url)
        slept: list[float] = []
        monkeypatch.setattr(time, "sleep", slept.append)
        report = office.collect(JAN)
        assert 1 in slept, "Retry-After says one second"
        assert (report.status, report.rows) == (FETCHED, {"全部": 5})
        assert office.dropped() == [f"{STEM}.pages/{name}" for name in bodies]
        assert {d.file_name: d.file(office.paths).read_bytes() for d in office.land(JAN)} == bodies
        assert office.dropped() == [] and list((office.paths.drop / "F98").iterdir()) == []
        assert office.collect(JAN).status == UNCHANGED
        nothing = office.collect(FEB)
        assert (nothing.status, nothing.notices) == (UNCHANGED, ("F98 接口没有 202402 期的数据（404）",))
        monkeypatch.setenv(CONNECTION + "_TOKEN", "another")
        refused = office.collect(JAN)
        assert refused.status == FAILED and "令牌" in refused.message and "another" not in str(refused)


def test_the_token_goes_in_the_header_named(fetch, monkeypatch):
    monkeypatch.setenv(CONNECTION + "_HEADER", "Authorization")
    _, calls = fetch(pages_of(RECORDS))
    assert {headers["Authorization"] for _, headers in calls} == {TOKEN}
    assert [number for number, _ in calls] == [1, 2, 3, 1]


def test_an_interface_that_announces_nothing_is_read_to_the_empty_page(fetch):
    report, _ = fetch(lambda number, _: page(RECORDS[(number - 1) * 2 : number * 2]))
    assert (report.status, len(report.files), report.rows) == (FETCHED, 3, {"全部": 5})


def test_one_empty_page_says_that_nothing_happened(fetch, office: Office):
    report, _ = fetch(lambda number, _: page([], number, 0, 1))
    assert (report.status, report.rows) == (FETCHED, {"全部": 0})
    assert office.dropped() == [f"{STEM}.pages/{STEM}_p0001.json"]


def test_other_envelopes_are_understood(fetch):
    inner = {"totalCount": 2, "list": RECORDS[:2]}
    report, _ = fetch(lambda *_: Reply(json.dumps({"code": "00000", "result": inner}).encode()))
    assert (report.status, report.rows) == (FETCHED, {"全部": 2})
    report, _ = fetch(lambda number, _: Reply(json.dumps(RECORDS if number == 1 else []).encode()))
    assert (report.status, report.rows) == (FETCHED, {"全部": 5})


def test_a_server_that_fails_now_and_then_is_asked_again(fetch):
    sound = pages_of(RECORDS)
    report, calls = fetch(lambda number, before: Reply(b"", 500) if before % 2 == 0 else sound(number, before))
    assert (report.status, len(report.files), len(calls)) == (FETCHED, 3, 8)


def test_a_body_that_breaks_off_is_asked_for_again(fetch):
    sound = pages_of(RECORDS)

    def script(number: int, before: int) -> Reply:
        reply = sound(number, before)
        return replace(reply, cut=20) if before == 1 else reply

    report, calls = fetch(script)
    assert (report.status, [number for number, _ in calls]) == (FETCHED, [1, 2, 2, 3, 1])


def grows_while_read(number: int, before: int) -> Reply:
    return pages_of([*RECORDS, *({"sjbh": f"new{n}"} for n in range(before))])(number, before)


def first_page_moves(number: int, before: int) -> Reply:
    return pages_of([{"sjbh": f"new{before}"}, *RECORDS])(number, before)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (lambda *_: Reply(b"", 500), "500"),
        (lambda *_: replace(page(RECORDS), cut=5), "IncompleteRead"),
        (lambda *_: Reply(b"<html>login</html>", headers={"Content-Type": "text/html"}), "网页"),
        (lambda *_: Reply(b'{"code": 0, "data": [{"a": 1}'), "不是完整的 JSON"),
        (lambda *_: Reply(b'{"code": 0, "message": "ok"}'), "里找不到记录"),
        (lambda *_: Reply(b'{"code": 500, "message": "x", "data": []}'), "取数失败"),
        (lambda *_: Reply(b"", 302, {"Location": "http://127.0.0.1:1/steal"}), "302"),
        (lambda *_: page(RECORDS), "第 2 页与第 1 页内容相同"),
        (lambda number, _: page([{"n": number}]), "没有结束"),
        (lambda number, _: page(RECORDS[:2] if number == 1 else [], number, 5, 3), "称共 5 条，实收 2 条"),
        (grows_while_read, "第 2 页称共"),
        (first_page_moves, "第 1 页已经变了"),
    ],
)
def test_what_cannot_be_trusted_leaves_no_page_behind(fetch, office: Office, monkeypatch, script, said):
    monkeypatch.setattr(pages, "MOST_PAGES", 6)
    report, _ = fetch(script)
    assert report.status == FAILED
    assert said in report.message
    assert TOKEN not in str(report)
    assert office.dropped() == []


def test_pages_that_changed_once_are_read_anew(fetch, office: Office):
    report, calls = fetch(lambda number, before: pages_of(RECORDS if before < 2 else RECORDS[1:])(number, before))
    assert (report.status, report.rows) == (FETCHED, {"全部": 4})
    assert [number for number, _ in calls] == [1, 2, 3, 1, 2, 1]
    assert len(office.dropped()) == 2


def test_a_newer_answer_replaces_the_one_that_waits(fetch, office: Office):
    fetch(pages_of(RECORDS))
    fetch(pages_of(RECORDS[:2]))
    assert [d.file_name for d in office.land(JAN)] == [f"{STEM}_p0001.json"]
    assert landed(office.paths, "F98")[0].file(office.paths).read_bytes() == pages_of(RECORDS[:2])(1, 0).body


def test_nobody_there_and_no_address(office: Office, monkeypatch):
    monkeypatch.setenv(CONNECTION, "http://127.0.0.1:1/?appkey=geheim77")
    report = office.collect(JAN)
    assert report.status == FAILED and "geheim77" not in str(report) and CONNECTION in report.message
    monkeypatch.delenv(CONNECTION)
    assert office.collect(JAN).status == UNCONNECTED


def test_a_contract_that_knows_no_pages_is_named(office: Office, fetch):
    office.feed = replace(office.feed, file_pattern=FEED.file_pattern.replace("(?:_p(?P<page>\\d{4}))?", ""))
    report, _ = fetch(pages_of(RECORDS))
    assert report.status == FAILED and "filePattern" in report.message
