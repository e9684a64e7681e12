"""What interfaces say around their records: failures without one, totals, several lists, lines.

Bronze and the collector judge alike.
"""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.ingest.collect.pages import Answer, read_page
from pipelines.ingest.collect.report import SourceError
from pipelines.ingest.formats.json_reader import read_json
from pipelines.ingest.values.table import UnreadableError
from pipelines.kit.contracts import Feed
from tests.ingest import made_files as f

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
    assert bronze(tmp_path, {"total": 6, "next": "/people?page=2", "data": RECORDS}) == (6, None, [])
    assert bronze(tmp_path, {"total": 5, "data": RECORDS}) == (6, None, ["接口称共 5 条，实收 6 条，请核对"])


PARTS = {
    "接口称共 5 条，实收 0 条": {"total": 5, "data": []},
    "接口称共 128 条，实收 0 条": {"data": {"total": 128, "pages": 22, "list": []}},
    "接口称共 1000 条，实收 6 条": {"code": 0, "count": 1000, "data": RECORDS},
    "接口称共 7 条，实收 6 条": {"rowCount": 7, "data": RECORDS},
    **{f"接口称共 {n} 条，实收 6 条": {name: n, "data": RECORDS}
       for n, name in enumerate(("总条数", "记录总数", "总数", "总记录数"), 20)},
    "接口称只返回了一部分": {"partial": "true", "data": RECORDS},
    "接口给出了警告": {"warning": "结果超过上限", "data": RECORDS},
}  # fmt: skip
TOLD_PART = [
    {"truncated": True, "data": RECORDS},
    {"meta": {"is_truncated": 1}, "data": RECORDS},
    {"incomplete_results": True, "items": RECORDS},
]
WARNED = [
    {"warnings": ["limit reached"], "data": RECORDS},
    {"meta": {"warning": {"text": "只取前 6 条"}}, "data": RECORDS},
]
MORE = [
    {"hasNextPage": True, "data": RECORDS},
    {"total": 6, "has_more": "true", "data": RECORDS},
    {"data": {"list": RECORDS, "isLastPage": False}},
    {"content": RECORDS, "last": False, "first": True},
    {"exceededTransferLimit": 1, "rows": RECORDS},
    {"hasNextPage": True, "data": []},
]
NEXT = [
    {"next": "http://10.0.0.1/people?page=2", "data": RECORDS},
    {"nextUrl": "/people?page=2", "data": []},
    {"@odata.nextLink": "/people?$skip=6", "value": RECORDS},
    {"_links": {"next": {"href": "/people?page=2"}}, "data": RECORDS},
    {"data": {"nextPage": 2, "list": RECORDS}},
    {"paging": {"cursors": {"before": "MA", "after": "Ng"}}, "data": RECORDS},
    {"paging": {"after": "Ng"}, "data": RECORDS},
]
ALL = [
    {"hasNextPage": False, "nextPage": 2, "data": RECORDS},
    {"next": None, "previous": None, "data": RECORDS},
    {"next_page_url": "", "nextPage": 0, "last_page": 1, "data": RECORDS},
    {"last": True, "content": RECORDS},
    {"truncated": False, "partial": "0", "warning": "", "warnings": [], "data": RECORDS},
    {"rowCount": 6, "总条数": 6, "data": RECORDS},
    {"params": {"after": "2024-01-01"}, "paging": {"cursors": {"after": None}}, "data": RECORDS},
    {"errors": [], "error": None, "exception": "", "err": 0, "data": RECORDS},
]


def lacks(tmp_path: Path, said: dict, name: str = "a.json") -> str:
    file = tmp_path / name
    file.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    ((table,), _) = read_json(file, f.FEED)
    return table.lacks


@pytest.mark.parametrize(
    ("why", "said"),
    [*PARTS.items(), *(("接口称只返回了一部分", said) for said in TOLD_PART),
     *(("接口给出了警告", said) for said in WARNED), *(("接口称还有下一页", said) for said in MORE),
     *(("接口给出了下一页的地址", said) for said in NEXT), *(("", said) for said in ALL)],
)  # fmt: skip
def test_what_says_that_more_are_to_be_fetched_is_heard(tmp_path: Path, why: str, said: dict):
    assert lacks(tmp_path, said) == why


def test_numbered_pages_wait_for_the_others(tmp_path: Path):
    said = {"total": 128, "hasNextPage": True, "data": RECORDS}
    assert lacks(tmp_path, said, "F98_测试_370600_202401_p0001.json") == ""
    assert lacks(tmp_path, {"total": 5, "data": []}, "F98_测试_370600_202401_p0001.json") != ""
    assert lacks(tmp_path, {"total": 5, "data": []}, "F98_测试_370600_202401_p0002.json") == ""


@pytest.mark.parametrize(
    "around",
    [{"errors": [{"message": "timeout"}]}, {"errors": ["timeout"]}, {"error": {"message": "部分失败"}}, {"err": "E1"}],
)
def test_errors_beside_records_are_no_answer(tmp_path: Path, around: dict):
    assert bronze(tmp_path, {**around, "data": RECORDS})[0] == "E_JSON_ANSWER"
    assert collected({**around, "data": RECORDS}) is None


@pytest.mark.parametrize("names", ["columns", "field_names"])
@pytest.mark.parametrize("is_first", [True, False])
def test_records_may_be_lists_beside_the_names_of_their_values(tmp_path: Path, names: str, is_first: bool):
    values = [list(r.values()) for r in RECORDS]
    parts = [(names, f.LABELS), ("rows", values)]
    said = {"code": 0, "data": dict(parts if is_first else reversed(parts))}
    assert bronze(tmp_path, said) == (6, None, [])
    assert collected(said) == 6
    ((table,), _) = read_json(tmp_path / "a.json", f.FEED)
    assert table.header.found
    assert [*table.blocks][0].rows["c1"].to_list() == [r["姓名"] for r in RECORDS]
    values[2] = values[2][:-1]
    ((table,), _) = (bronze(tmp_path, said), read_json(tmp_path / "a.json", f.FEED))[1]
    assert [(s.row, s.code) for b in table.blocks for s in b.spoilt] == [(3, "E_FIELDS")]


def test_a_record_without_any_value_is_a_record(tmp_path: Path):
    said = [RECORDS[0], {}, RECORDS[1], dict.fromkeys(RECORDS[0])]
    assert bronze(tmp_path, said)[0] == 4
    ((table,), _) = read_json(tmp_path / "a.json", f.FEED)
    assert [(s.row, s.code) for b in table.blocks for s in b.spoilt] == [(2, "E_BLANK_RECORD"), (4, "E_BLANK_RECORD")]


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
