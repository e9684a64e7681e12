"""What interfaces say around their records: failures without one, totals, several lists, lines.

Bronze and the collector judge alike.
"""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.bronze.json_reader import read_json
from pipelines.bronze.table import UnreadableError
from pipelines.collect.pages import Answer, read_page
from pipelines.collect.report import SourceError
from pipelines.contracts import Feed
from tests.bronze import formats as f

RECORDS = f.objects(f.people(6))
_FIELDS = [{"id": label, "type": "text"} for label in f.LABELS]


def bronze(tmp_path: Path, said: object, feed: Feed = f.FEED, name: str = "a.json") -> tuple:
    """(rows, pages, notices) of an answer; the code of a refusal instead of the rows."""
    file = tmp_path / name
    file.write_bytes(said if isinstance(said, bytes) else json.dumps(said, ensure_ascii=False).encode())
    try:
        ((table,), notices) = read_json(file, feed)
    except UnreadableError as error:
        return error.code, None, []
    return sum(b.rows.height + len(b.spoilt) for b in table.blocks), table.pages, [n.text for n in notices]


def collected(said: object, feed: Feed = f.FEED) -> int | None:
    """How many records the collector finds; None where it says that fetching failed."""
    try:
        return read_page(Answer(200, "application/json", json.dumps(said).encode()), 1, feed).count
    except SourceError:
        return None


FAILURES = [
    {"status": 500, "msg": "登录已过期", "data": []},
    {"errcode": 40001, "errmsg": "invalid credential", "rows": []},
    {"success": "false", "data": []},
    {"ok": False, "list": []},
    {"isSuccess": 0, "data": []},
    {"result": "fail", "rows": []},
    {"ret": -1, "data": {"list": []}},
    {"error": "unauthorized", "data": []},
    {"error": {"code": 401, "message": "token"}, "data": []},
    {"errors": [{"message": "Cannot query field"}], "data": {"items": []}},
    {"result": {"code": 500, "data": []}},
    {"data": {"status": "ERROR", "records": []}},
    {"Response": {"Head": {"Ret_Code": "9999"}, "Body": {"items": []}}},
    {"code": 0, "msg": "请重新登录", "data": []},
    {"code": 200, "message": "系统异常", "data": []},
    {"message": "Token expired", "data": []},
    {"code": "E0001", "data": []},
    {"statusCode": 403, "rows": []},
]
NOTHING_NEW = [
    [],
    {"data": []},
    {"code": "0000", "data": []},
    {"code": 0, "message": "success", "total": 0, "page": 1, "pages": 1, "data": []},
    {"code": "200", "msg": "查询成功", "data": {"list": [], "total": 0}},
    {"code": 2000, "data": []},
    {"code": "000000", "message": "暂无数据", "data": []},
    {"status": "OK", "error": None, "rows": []},
    {"status": "success", "errcode": 0, "errmsg": "no error", "rows": []},
    {"success": True, "errors": [], "result": {"records": []}},
    {"success": 1, "code": None, "data": []},
    {"errcode": 0, "errmsg": "ok", "rows": []},
    {"state": True, "exception": "", "rows": []},
]


@pytest.mark.parametrize("said", FAILURES)
def test_a_failure_with_an_empty_list_is_no_report_of_nothing(tmp_path: Path, said: dict):
    assert bronze(tmp_path, said)[0] == "E_JSON_ANSWER"
    assert collected(said) is None


@pytest.mark.parametrize("said", NOTHING_NEW)
def test_success_with_an_empty_list_is_a_report_of_nothing(tmp_path: Path, said: object):
    assert bronze(tmp_path, said)[0] == 0
    assert collected(said) == 0


@pytest.mark.parametrize(
    ("around", "counts"),
    [({"code": 500}, False), ({"success": False}, False), ({"errcode": -1}, False), ({"code": 2000}, True),
     ({"code": 1}, True), ({"status": "1", "info": "OK"}, True), ({"code": "SUC0000"}, True)],
)  # fmt: skip
def test_records_beside_a_plain_error_do_not_count(tmp_path: Path, around: dict, counts: bool):
    said = {**around, "data": RECORDS}
    assert bronze(tmp_path, said)[0] == (6 if counts else "E_JSON_ANSWER")
    assert collected(said) == (6 if counts else None)


@pytest.mark.parametrize(("code", "counts"), [(1, True), ("1", True), ("ok1", True), (0, False), (200, False)])
@pytest.mark.parametrize("records", [[], RECORDS])
def test_a_feed_says_which_codes_mean_success(tmp_path: Path, code: object, counts: bool, records: list):
    feed = replace(f.FEED, success_codes=("1", "OK1"))
    said = {"code": code, "data": {"status": "7", "list": records}}
    assert bronze(tmp_path, said, feed)[0] == (len(records) if counts else "E_JSON_ANSWER")
    assert collected(said, feed) == (len(records) if counts else None)


@pytest.mark.parametrize(
    "said",
    [
        {"code": 200, "data": {"total": 128, "pages": 22, "current": 1, "size": 6, "records": RECORDS}},
        {"total": 128, "pages": 22, "data": RECORDS},
        {"data": {"totalElements": 128, "totalPages": 22, "content": RECORDS}},
        {"result": {"page": {"total_count": "128", "page_count": "22"}, "list": RECORDS}},
        {"summary": {"total": 3}, "body": {"data": {"list": RECORDS, "TotalCount": 128, "Pages": 22}}},
    ],
)
def test_totals_are_seen_wherever_they_stand(tmp_path: Path, said: dict):
    assert bronze(tmp_path, said) == (6, 22, ["接口称共 128 条，实收 6 条，请核对"])
    page = read_page(Answer(200, "", json.dumps(said).encode()), 1, f.FEED)
    assert (page.count, page.total, page.pages) == (6, 128, 22)
    # One of the 22 files is no surprise.
    assert bronze(tmp_path, said, name="F98_测试_370600_202401_p0001.json") == (6, 22, [])


def test_an_answer_with_all_there_are_is_whole(tmp_path: Path):
    assert bronze(tmp_path, {"data": {"total": 6, "pages": 3, "list": RECORDS}}) == (6, None, [])
    assert bronze(tmp_path, {"code": 0, "count": 6, "data": RECORDS}) == (6, None, [])
    assert bronze(tmp_path, {"code": 0, "count": 1000, "data": RECORDS})[2] == ["接口称共 1000 条，实收 6 条，请核对"]


@pytest.mark.parametrize(
    "said",
    [
        {"success": True, "result": {"resource_id": "x", "fields": _FIELDS, "records": RECORDS}},
        {"records_trans": [{"x": 1}], "records": RECORDS},
        {"data": {"list": RECORDS}, "dict": {"sex": [{"k": 1, "v": "男"}], "kind": [{"k": 2}]}},
    ],
)
def test_of_several_lists_the_one_with_the_contracts_names_counts(tmp_path: Path, said: dict):
    assert bronze(tmp_path, said) == (6, None, [])
    assert collected(said) == 6


def test_lists_nobody_can_tell_apart_need_the_contract(tmp_path: Path):
    said = {"old": RECORDS[:2], "new": {"rows": RECORDS}}
    assert bronze(tmp_path, said)[0] == "E_JSON_FORM"
    feed = replace(f.FEED, record_path="new.rows")
    assert (bronze(tmp_path, said, feed)[0], collected(said, feed)) == (6, 6)
    assert bronze(tmp_path, {"new": {"rows": []}, "old": RECORDS}, feed)[0] == 0
    assert bronze(tmp_path, {"old": RECORDS}, feed)[0] == "E_JSON_FORM"
    assert bronze(tmp_path, RECORDS, feed)[0] == 6
    twice = b'{"data": %b, "data": %b}' % ((f.array(f.people(2)),) * 2)
    assert bronze(tmp_path, twice)[0] == "E_JSON_FORM"


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x1e"])
@pytest.mark.parametrize("place", [0, 1, 5])
def test_only_a_line_feed_ends_a_line(tmp_path: Path, sign: str, place: int):
    records = [dict(r) for r in RECORDS]
    records[place]["姓名"] = f"已联系{sign}并处理"
    lines = "".join(json.dumps(r, ensure_ascii=False).replace("\\u000b", sign) + "\n" for r in records).encode()
    assert bronze(tmp_path, lines) == (6, None, [])
