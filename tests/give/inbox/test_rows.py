"""What a township can do to a row, and what it is told."""

from copy import copy
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.give.inbox.known import Known
from pipelines.give.inbox.problems import Refused
from pipelines.give.inbox.reader import read_book
from pipelines.give.returns.columns import ANOMALIES, ANOMALY_SHEET, CODES, COL
from pipelines.give.returns.workbook import build_workbook
from pipelines.judge.rules import load_rules
from tests.give.inbox.desk import (
    GRID,
    R11,
    R11_B,
    R17,
    R20,
    R22,
    by_row,
    cell,
    edit,
    fill_in,
    judge,
    judge_book,
    with_cell,
)
from tests.give.returns.sample import township_return


def test_all_answers_are_taken(workbook, desk_keys):
    answers = {
        R20: ("确认健在",),
        R17: ("确认已死亡", None, "已看过户口本"),
        R22: ("本人放弃",),
        R11: ("更正网格", GRID),
    }
    rows = by_row(judge(fill_in(workbook, answers), desk_keys))
    said = {r: (x.outcome, x.answer_kind, x.new_value, x.note) for r, x in rows.items()}
    assert said[R20] == ("accepted", "dispute", "", "")
    assert said[R17] == ("accepted", "fix", "死亡注销", "已看过户口本")
    assert said[R22] == ("accepted", "not_error", "", "")
    assert said[R11] == ("accepted", "fix", "370602001001002", "")
    assert said[R11_B][0] == "unanswered"
    assert rows[R11_B].reason == (
        "工作表「异常清单」第 8 行：还没有选择处理结果。可以补填再交；不交的，下次返还时会再次列出。"
    )


@pytest.mark.parametrize(("r20", "r17"), [("确认健在", "确认已死亡"), ("确认已死亡", "确认健在")])
def test_one_person_cannot_live_and_be_dead(desk_keys, r20, r17):
    data = township_return()
    of_one = tuple(replace(a, group_key="p1") if a.rule_id in ("R20", "R17") else a for a in data.anomalies)
    asked = build_workbook(replace(data, anomalies=of_one), desk_keys)
    rows = by_row(judge(fill_in(asked, {R20: (r20,), R17: (r17,), R22: ("本人放弃",)}), desk_keys))
    assert [(rows[r].outcome, rows[r].reason_code) for r in (R20, R17)] == [("rejected", "E_TWO_WORDS")] * 2
    assert "第 4、5 行" in rows[R20].reason and rows[R22].outcome == "accepted"
    rows = by_row(judge(fill_in(asked, {R20: (r20,), R17: (r20,)}), desk_keys))
    assert [rows[r].outcome for r in (R20, R17)] == ["accepted", "accepted"]


def test_the_code_alone_and_blanks_around_are_fine(workbook, desk_keys):
    rows = by_row(judge(fill_in(workbook, {R11: (" 更正网格\u3000", " 370602001001003 ")}), desk_keys))
    assert (rows[R11].outcome, rows[R11].new_value) == ("accepted", "370602001001003")


SPACES = ("\u00a0", "\u2003", "\u2028", "\u2029", "\u0085", "\u3000", "\u00a0\u2003 \u3000", "\x1c", "\t\n")


@pytest.mark.parametrize("blank", SPACES, ids=ascii)
def test_a_blank_of_any_kind_is_no_value_and_stops_nobody(workbook, desk_keys, blank):
    answers = {R11: ("更正网格",), R11_B: ("更正网格", "370602001001002"), R20: ("确认健在",)}
    book = read_book(fill_in(workbook, answers))
    rows = by_row(judge_book(with_cell(book, R11, "new_value", blank), desk_keys))
    assert (rows[R11].outcome, rows[R11].reason_code) == ("rejected", "E_VALUE_MISSING")
    assert [rows[r].outcome for r in (R11_B, R20)] == ["accepted", "accepted"]
    rows = by_row(judge_book(with_cell(book, R11, "new_value", f"{blank}370602001001003{blank}"), desk_keys))
    assert (rows[R11].outcome, rows[R11].new_value) == ("accepted", "370602001001003")
    rows = by_row(judge_book(with_cell(book, R11, "answer", blank), desk_keys))
    assert (rows[R11].outcome, rows[R11].reason_code) == ("unanswered", "E_BLANK")


def test_everything_the_drop_down_offers_is_taken(workbook, desk_keys):
    book = read_book(fill_in(workbook, {R11: ("更正网格",)}))
    offered = [row[0] for row in book.sheets[CODES][1:] if row[0]]
    assert len(offered) == 4
    for text in (*offered, *(t.replace(" ", "\u00a0") for t in offered), *(t.split()[0] for t in offered)):
        row = by_row(judge_book(with_cell(book, R11, "new_value", text), desk_keys))[R11]
        assert (row.outcome, row.new_value) == ("accepted", text[:15])


@pytest.mark.parametrize(
    "typed",
    [
        "370602001001004 应为 370602001001002", "370602001001004 北大街社区第2网格", "370602001001004 北大街社区",
        "370602001001004、370602001001002", "370602001001004?", "370602001001004\u200b",
        "３７０６０２００１００１００４", "370602001001004 北大街社区第4网格 已核实",
        "北大街社区第4网格", "第4网格", "370602001001 004",
    ],
    ids=ascii,
)  # fmt: skip
def test_a_value_with_anything_beside_it_comes_back(workbook, desk_keys, typed):
    """Only the whole text is what a person said; its first word may be what he says is wrong."""
    row = by_row(judge(fill_in(workbook, {R11: ("更正网格", typed)}), desk_keys))[R11]
    assert (row.outcome, row.reason_code, row.new_value) == ("rejected", "E_VALUE_NOT_ALLOWED", typed)


def test_a_row_of_a_rule_that_is_no_more_is_told_so(workbook, desk_keys):
    rules = {rule_id: rule for rule_id, rule in load_rules().items() if rule_id != "R11"}
    book = read_book(fill_in(workbook, {R11: ("更正网格", GRID), R20: ("确认健在",)}))
    rows = by_row(judge_book(book, desk_keys, rules=rules))
    assert (rows[R11].outcome, rows[R11].reason_code) == ("rejected", "E_RULE_RETIRED")
    assert rows[R20].outcome == "accepted"


FOUND_ON, SHOWN, SHOWN_B = date(2024, 3, 31), "", "370602001001099"
HERE, NEXT_DOOR = "370602001001002", "370602001002001"
TWO_VILLAGES = tuple((code, "某社区网格") for code in (HERE, "370602001001003", NEXT_DOOR, "370602001002002"))


def asked_again(desk_keys, answers, known, group=None):
    """Judged rows of a workbook whose grids lie in two villages; `known` by place of the anomaly."""
    data = township_return(values={"grid": TWO_VILLAGES})
    anomalies = tuple(replace(a, group_key=group or a.group_key) for a in data.anomalies)
    content = build_workbook(replace(data, anomalies=anomalies), desk_keys)
    known = {data.anomalies[row - R20].ticket_id: k for row, k in known.items()}
    return by_row(judge_book(read_book(fill_in(content, answers)), desk_keys, known=known))


@pytest.mark.parametrize("answer", [("更正网格", HERE), ("不是错误",), ("数据源有误", None, "请核对")])
@pytest.mark.parametrize("now", ["370602001001077", "370602001001099 ", "0"])
def test_an_answer_to_a_value_that_has_changed_comes_back_with_the_new_one(desk_keys, answer, now):
    """The township said something about the value it was shown; nobody knows what it would say about the new one."""
    answers = {R11: answer, R11_B: ("更正网格", HERE)}
    rows = asked_again(desk_keys, answers, {R11: Known(now, FOUND_ON), R11_B: Known(SHOWN_B, FOUND_ON)}, group="home")
    assert (rows[R11].outcome, rows[R11].reason_code) == ("rejected", "E_VALUE_MOVED")
    assert rows[R11].reason == (
        f"工作表「异常清单」第 7 行 J 列「当前值」：当前值已变为「{now}」（2024-03-31 的数据），"
        "与这份工作簿里的不同，答复未采用。请用最近一次返还的工作簿，按新的值核实后再答。"
    )
    assert rows[R11_B].outcome == "accepted"  # what still stands is not held up by what does not


def test_a_value_that_has_gone_is_told_as_blank(desk_keys):
    row = asked_again(desk_keys, {R11_B: ("更正网格", HERE)}, {R11_B: Known("", FOUND_ON)})[R11_B]
    assert (row.reason_code, "当前值已变为「空白」" in row.reason) == ("E_VALUE_MOVED", True)


def test_an_answer_to_a_value_that_still_stands_is_taken_however_old_the_workbook(desk_keys):
    rows = asked_again(desk_keys, {R11: ("更正网格", HERE)}, {R11: Known(SHOWN, FOUND_ON)})
    assert (rows[R11].outcome, rows[R11].new_value, rows[R11].reason_code) == ("accepted", HERE, "")


@pytest.mark.parametrize("note", [None, " ", "\u00a0"])
def test_a_grid_of_another_village_than_the_house_needs_a_reason(desk_keys, note):
    known = {R11: Known(SHOWN, FOUND_ON, HERE)}
    rows = asked_again(desk_keys, {R11: ("更正网格", NEXT_DOOR, note)}, known)
    assert (rows[R11].outcome, rows[R11].reason_code) == ("rejected", "E_VALUE_UNLIKELY")
    assert "L 列「更正值」：与同屋其他人登记的网格不在同一村居" in rows[R11].reason
    rows = asked_again(desk_keys, {R11: ("更正网格", NEXT_DOOR, "分户居住")}, known)
    assert (rows[R11].outcome, rows[R11].new_value) == ("accepted", NEXT_DOOR)
    assert rows[R11].reason_code == "N_VALUE_UNLIKELY" and "按「说明」采用，并作标注" in rows[R11].reason


@pytest.mark.parametrize("house", ["", HERE, "370602001001003", "370602009001001"])
def test_a_grid_of_the_village_of_the_house_or_of_nobody_knows_where_needs_none(desk_keys, house):
    rows = asked_again(desk_keys, {R11: ("更正网格", HERE)}, {R11: Known(SHOWN, FOUND_ON, house)})
    assert (rows[R11].outcome, rows[R11].reason_code) == ("accepted", "")


K, L = "K 列「处理结果」：", "L 列「更正值」："
BAD_ANSWERS = {
    "unknown": (R11, ("改网格",), "E_ANSWER_UNKNOWN", K + "处理结果不在下拉列表中。可选：更正网格、不是错误"),
    "answer of another rule": (
        R20,
        ("本人放弃",),
        "E_ANSWER_UNKNOWN",
        K + "处理结果不在下拉列表中。可选：确认已死亡、确认健在。",
    ),
    "answer is a number": (R20, (1,), "E_ANSWER_TYPE", K + "处理结果不是文字。"),
    "value without answer": (R11, (None, GRID), "E_ANSWER_MISSING", K + "填了更正值，但没有选择处理结果。"),
    "value missing": (R11, ("更正网格",), "E_VALUE_MISSING", L + "选了「更正网格」，但没有填更正值。"),
    "value is a number": (R11, ("更正网格", 370602001001002), "E_VALUE_NUMERIC", L + "更正值被存成数字"),
    "value is a date": (R11, ("更正网格", datetime(2024, 2, 3)), "E_VALUE_DATE", L + "更正值变成了日期。"),
    "grid of another township": (
        R11,
        ("更正网格", "370602002001001"),
        "E_VALUE_NOT_ALLOWED",
        L + "更正值不是本镇街现有的网格。",
    ),
    "value not wanted": (
        R17,
        ("确认健在", "正常"),
        "E_VALUE_UNWANTED",
        L + "选了「确认健在」，不需要填更正值。",
    ),
    "formula as answer": (R20, ('="确认"&"健在"',), "E_FORMULA", K + "含有公式。"),
    "formula as value": (R11, ("更正网格", "=A1"), "E_FORMULA", L + "含有公式。"),
}


@pytest.mark.parametrize("case", BAD_ANSWERS, ids=lambda c: c.replace(" ", "-"))
def test_bad_answers_are_rejected_with_their_place(workbook, desk_keys, case):
    row, given_cells, code, words = BAD_ANSWERS[case]
    rows = by_row(judge(fill_in(workbook, {row: given_cells, R22: ("已通知申领",)}), desk_keys))
    assert (rows[row].outcome, rows[row].reason_code) == ("rejected", code)
    assert rows[row].reason.startswith(f"工作表「异常清单」第 {row} 行 {words}")
    assert rows[R22].outcome == "accepted"


def test_a_changed_white_cell_rejects_that_row_only(workbook, desk_keys):
    content = fill_in(workbook, {R20: ("确认健在",), R17: ("确认健在",)})
    content = edit(content, lambda b: setattr(cell(b[ANOMALIES], R17, "name"), "value", "王大锤"))
    rows = by_row(judge(content, desk_keys))
    assert (rows[R17].outcome, rows[R17].reason_code) == ("rejected", "E_ROW_CHANGED")
    assert rows[R17].reason.startswith("工作表「异常清单」第 5 行 E 列「姓名」：内容被改动。白色单元格不能改")
    assert rows[R20].outcome == "accepted"


def test_an_id_number_turned_into_a_number(workbook, desk_keys):
    def to_number(book):
        target = cell(book[ANOMALIES], R20, "id_no")
        target.value = int(target.value)

    rows = by_row(judge(edit(fill_in(workbook, {R20: ("确认健在",)}), to_number), desk_keys))
    assert rows[R20].reason == (
        "工作表「异常清单」第 4 行 F 列「身份证号」："
        "身份证号被存成数字，请将该列设为文本后重填，或恢复原来的内容。"
    )


def test_a_deleted_row_is_missed(workbook, desk_keys):
    rows = judge(
        edit(fill_in(workbook, {R17: ("确认健在",)}), lambda b: b[ANOMALIES].delete_rows(R20)), desk_keys
    )
    gone = by_row(rows)[0]
    assert (gone.outcome, gone.reason_code) == ("unanswered", "E_ROW_DELETED")
    assert gone.ticket_id == township_return().anomalies[0].ticket_id
    assert "这一行已被删除" in gone.reason
    # Rows below moved up by one and are still taken.
    assert by_row(rows)[R17 - 1].outcome == "accepted"


def paste(source: int, target: int, **changes):
    def change(book):
        sheet = book[ANOMALIES]
        for column in range(1, len(ANOMALY_SHEET.written) + 1):
            sheet.cell(target, column).value = copy(sheet.cell(source, column).value)
        for name, value in changes.items():
            cell(sheet, target, name).value = value

    return change


def test_a_row_pasted_twice_counts_once(workbook, desk_keys):
    rows = by_row(judge(edit(fill_in(workbook, {R20: ("确认健在",)}), paste(R20, 10)), desk_keys))
    assert rows[R20].outcome == "accepted"
    assert (rows[10].outcome, rows[10].reason) == (
        "duplicate", "工作表「异常清单」第 10 行：与第 4 行是同一工单，答复相同，只计一次。"
    )  # fmt: skip


def test_a_row_pasted_twice_with_another_answer_counts_not_at_all(workbook, desk_keys):
    content = edit(fill_in(workbook, {R20: ("确认健在",)}), paste(R20, 10, answer="确认已死亡"))
    rows = by_row(judge(content, desk_keys))
    assert [rows[r].reason_code for r in (R20, 10)] == ["E_CONFLICT", "E_CONFLICT"]
    assert (
        rows[R20].reason
        == "工作表「异常清单」第 4 行：同一工单出现多行（第 4、10 行），答复不一致，都未采用。请只保留一行。"
    )


def test_a_pasted_row_left_blank_does_not_disturb_the_answered_one(workbook, desk_keys):
    content = edit(fill_in(workbook, {R20: ("确认健在",)}), paste(R20, 10, answer=None))
    rows = by_row(judge(content, desk_keys))
    assert (rows[R20].outcome, rows[10].outcome) == ("accepted", "duplicate")


def test_a_row_of_another_township_is_foreign(workbook, desk_keys):
    other = build_workbook(replace(township_return(), township_code="370602002"), desk_keys)
    value = {}
    edit(other, lambda b: value.update(chk=cell(b[ANOMALIES], R20, "_chk").value))
    content = edit(workbook, paste(R20, 10, row_key="f" * 32, _chk=value["chk"]))
    row = by_row(judge(content, desk_keys))[10]
    assert (row.outcome, row.reason_code, row.ticket_id) == ("rejected", "E_ROW_FOREIGN", None)
    # The same ticket with the check value of the other township's set is no better.
    content = edit(workbook, lambda b: setattr(cell(b[ANOMALIES], R20, "_chk"), "value", value["chk"]))
    assert by_row(judge(content, desk_keys))[R20].reason_code == "E_ROW_CHANGED"


def test_one_bad_row_returns_its_whole_group(desk_keys):
    data = township_return()
    anomalies = tuple(
        replace(a, group_key="household") if i in (0, 1) else a for i, a in enumerate(data.anomalies)
    )
    content = build_workbook(replace(data, anomalies=anomalies), desk_keys)
    answers = {R20: ("确认健在",), R17: ("不知道",), R22: ("本人放弃",)}
    rows = by_row(judge(fill_in(content, answers), desk_keys))
    assert rows[R17].reason_code == "E_ANSWER_UNKNOWN"
    assert (rows[R20].outcome, rows[R20].reason_code) == ("rejected", "E_GROUP")
    assert "与它同组的第 5 行未通过，同组一并退回" in rows[R20].reason
    assert rows[R22].outcome == "accepted"


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (("closed", "township"), "E_TICKET_CLOSED"),
        (("disputed_to_source", "source"), "E_TICKET_SOURCE"),
        (("returned", "source"), "E_TICKET_SOURCE"),
        (("township_fixed", "township"), "E_TICKET_WAITING"),
        (None, "E_TICKET_UNKNOWN"),
    ],
)
def test_tickets_that_are_not_waiting_for_the_township(workbook, desk_keys, state, code):
    ticket = township_return().anomalies[0].ticket_id
    rows = by_row(judge(fill_in(workbook, {R20: ("确认健在",)}), desk_keys, tickets={ticket: state}))
    assert (rows[R20].outcome, rows[R20].reason_code) == ("rejected", code)


@pytest.mark.parametrize(
    "state", [("closed", "township"), ("disputed_to_source", "source"), ("township_fixed", "township")]
)
def test_a_row_answered_before_does_not_hold_up_the_rest_of_its_group(desk_keys, state):
    """Adding to the workbook that was sent last time: its earlier rows cannot be put right, only left alone."""
    data = township_return()
    anomalies = tuple(replace(a, group_key="home") if i in (0, 1) else a for i, a in enumerate(data.anomalies))
    content = build_workbook(replace(data, anomalies=anomalies), desk_keys)
    tickets = {data.anomalies[0].ticket_id: state}
    content = fill_in(content, {R20: ("确认健在",), R17: ("确认已死亡",)})
    rows = by_row(judge(content, desk_keys, tickets=tickets))
    assert rows[R20].outcome == "rejected" and rows[R20].reason_code.startswith("E_TICKET_")
    assert rows[R17].outcome == "accepted"


def test_a_note_alone_is_kept_and_counts_as_unanswered(workbook, desk_keys):
    rows = by_row(judge(fill_in(workbook, {R20: (None, None, "人口表里少一人")}), desk_keys))
    assert (rows[R20].outcome, rows[R20].note) == ("unanswered", "人口表里少一人")


def test_no_message_repeats_a_name_or_an_id_number(workbook, desk_keys):
    data = township_return()
    content = edit(
        workbook, lambda b: setattr(cell(b[ANOMALIES], R20, "id_no"), "value", "370602199001011234")
    )
    said = "".join(r.reason for r in judge(content, desk_keys))
    assert "370602199001011234" not in said
    assert not any(a.name in said or a.id_no in said for a in data.anomalies)


LOCKED = [
    (row, column)
    for row in range(R20, R20 + 6)
    for column in range(1, len(ANOMALY_SHEET.written) + 1)
    if column - 1 not in (COL["answer"], COL["new_value"], COL["note"])
]
LOCKED += [(1, 1), (2, 1)] + [(ANOMALY_SHEET.first_row, c + 1) for c in range(len(ANOMALY_SHEET.written))]
texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=8)


@settings(max_examples=50)
@given(st.sampled_from(LOCKED), st.one_of(texts, st.none(), st.integers(0, 10**17), st.booleans()))
def test_any_change_of_one_locked_cell_is_detected(workbook, desk_keys, place, value):
    was = openpyxl_value(workbook, place)
    if value == was or (value in (None, "") and not was):
        return

    def tamper(book):
        book[ANOMALIES].cell(*place).value = value

    try:
        results = judge(edit(workbook, tamper), desk_keys)
    except Refused as refused:
        assert refused.code == "E_HEADER"
        assert f"第 {place[0]} 行" in refused.reason
        return
    row = by_row(results)[place[0]]
    assert row.outcome == "rejected"
    assert f"第 {place[0]} 行" in row.reason


_cache = {}


def openpyxl_value(content, place):
    if "sheet" not in _cache:
        edit(
            content,
            lambda b: _cache.update(sheet={(c.row, c.column): c.value for r in b[ANOMALIES] for c in r}),
        )
    return _cache["sheet"].get(place)


def test_a_workbook_without_anomalies_has_no_rows(desk_keys):
    assert judge(build_workbook(township_return(0), desk_keys), desk_keys) == []


def test_openpyxl_keeps_hidden_sheets(workbook):
    states = {}
    edit(workbook, lambda b: states.update({s.title: s.sheet_state for s in b}))
    assert states["_meta"] == states["_codes"] == "veryHidden"
