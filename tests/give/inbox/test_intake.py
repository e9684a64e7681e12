"""From the drop folder to ledger.answer and the receipt."""

import hashlib
import io
import json
import os
from datetime import date

import openpyxl
import pytest

from pipelines.give.inbox import unlocking
from pipelines.give.inbox.intake import intake
from pipelines.give.inbox.reader import read_book
from pipelines.give.returns import columns as layout
from pipelines.give.returns.sets import write_return_sets
from pipelines.judge.ledger import corrections
from pipelines.judge.rules import load_rules
from pipelines.kit.security.workbook_lock import lock, unlock
from tests.give.inbox.desk import R11, R17, R20, R22, cell, edit, fill_in
from tests.give.returns.small_lake import AS_OF, TOWNSHIPS, ticket

TURN = date(2024, 2, 29)
FIRST, SECOND = TOWNSHIPS[0][0], TOWNSHIPS[1][0]
GRID = f"{FIRST}001003"


def drop(paths, name, content, seconds=0):
    path = paths.inbox / "drop" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (1_700_000_000 + seconds, 1_700_000_000 + seconds))
    return path


def answers(con, columns="ticket_id, answer_text, new_value, outcome"):
    return con.execute(
        f"select {columns} from lake.ledger.answer order by file_name, sheet_row, ticket_id"
    ).fetchall()


def accepted(con):
    return con.execute(
        "select ticket_id, answer_text from lake.ledger.answer where outcome = 'accepted' order by 1"
    ).fetchall()


def receipt_cells(path):
    sheet = openpyxl.load_workbook(path).active
    return [[c.value for c in row] for row in sheet.iter_rows()]


def test_the_whole_way(paths, con, keys, plain):
    """Built, opened with the password, filled in, locked again, sent back, taken in, answered."""
    said = {R20: ("确认健在",), R17: ("确认已死亡",), R22: ("已通知申领",), R11: ("更正网格", GRID, "已搬家")}
    content = fill_in(plain(), said)
    content = edit(content, lambda b: b["回执"].cell(4, 2, "小王"))
    sent = drop(paths, f"{FIRST}/答复.xlsx", lock(content, keys.password(FIRST)))
    report = intake(paths, con, TURN)
    assert (report.workbooks, report.answers, report.problems) == (1, 4, [])
    assert not sent.exists()
    columns = (
        "sheet_row, ticket_id, township_code, answer_kind, new_value, note, officer, outcome, reason_code"
    )
    rows = answers(con, columns)
    assert rows[0] == (4, ticket(FIRST, 0), FIRST, "dispute", "", "", "小王", "accepted", "")
    assert rows[1] == (5, ticket(FIRST, 1), FIRST, "fix", "死亡注销", "", "小王", "accepted", "")
    outcomes = {r[1]: (r[4], r[5], r[7], r[8]) for r in rows}
    r11 = [v for v in outcomes.values() if v[0] == GRID]
    assert r11 == [(GRID, "已搬家", "accepted", "")]
    assert [r[8] for r in rows[4:]] == ["E_BLANK", "E_BLANK"]
    said_back = receipt_cells(report.files[0].receipt)
    verdict = next(row[2] for row in said_back if row[0] == "办理结果")
    assert verdict.startswith("已收到并办理。已受理 4 条；未答复 2 条。未答复的可以补填再交。")
    assert report.files[0].receipt.parent == paths.receipts / FIRST / "2024-02-29"


def test_accepted_fixes_become_corrections(paths, con, plain):
    drop(paths, f"{FIRST}/a.xlsx", fill_in(plain(), {R17: ("确认已死亡",), R20: ("确认健在",)}))
    con.execute(
        "insert into lake.ledger.anomaly "
        "select date '2024-01-31', date '2024-01-31', rule_id, '1', entity_key, ticket_id, severity, "
        "'J', department, township_code, feed, record_key, source_ref, field, value, evidence, group_key, "
        "subject_kind, subject_id "
        "from lake.ledger.ticket"
    )
    intake(paths, con, TURN)
    assert corrections.record_corrections(con, TURN, load_rules()) == 1
    made = con.execute(
        "select ticket_id, feed, record_key, field, wrong_value, new_value, township_code, sheet_row "
        "from lake.ledger.correction"
    ).fetchall()
    assert made == [(ticket(FIRST, 1), "F01", "rk1", "status_name", "正常", "死亡注销", FIRST, 5)]


def found(con, as_of, value, house=None):
    """The grid of the first R11 ticket as a turn found it."""
    evidence = json.dumps({"house_grid_code": house} if house else {}, ensure_ascii=False)
    con.execute(
        "insert into lake.ledger.anomaly by name select ? as first_seen, ? as last_seen, rule_id, entity_key, "
        "ticket_id, township_code, feed, record_key, source_ref, field, ? as value, ? as evidence "
        "from lake.ledger.ticket where ticket_id = ?",
        [as_of, as_of, value, evidence, ticket(FIRST, 3)],
    )


def issued_content(paths, con, keys):
    """The first township's workbook as issued now, and the sheet row of its first R11 ticket."""
    made = next(s for s in write_return_sets(paths, con, AS_OF) if s.township_code == FIRST)
    content = unlock(next(made.folder.glob("*.xlsx")).read_bytes(), keys.password(FIRST))
    rows = read_book(content).sheets[layout.ANOMALIES]
    return content, 1 + next(i for i, row in enumerate(rows) if row[layout.COL["row_key"]] == ticket(FIRST, 3))


def test_an_old_workbook_does_not_override_a_newer_value(paths, con, keys):
    """January showed 091, March's feed says 077: January's workbook is about 091, whenever it comes."""
    con.execute("update lake.ledger.ticket set value = '091' where ticket_id = ?", [ticket(FIRST, 3)])
    content, row = issued_content(paths, con, keys)
    april = date(2024, 4, 30)
    for as_of, value in ((AS_OF, "091"), (date(2024, 3, 31), "077"), (april, "055")):  # what April found comes later
        found(con, as_of, value)
    drop(paths, f"{FIRST}/一月.xlsx", fill_in(content, {row: ("更正网格", GRID), R20: ("确认健在",)}))
    report = intake(paths, con, april)
    assert accepted(con) == [(ticket(FIRST, 0), "确认健在")]
    (problem,) = report.problems
    assert "J 列「当前值」：当前值已变为「077」（2024-03-31 的数据）" in problem
    assert "当前值已变为「077」" in str(receipt_cells(report.files[0].receipt))
    assert corrections.record_corrections(con, april, load_rules()) == 0
    con.execute("delete from lake.ledger.anomaly where first_seen > ?", [AS_OF])
    assert intake(paths, con, april).answers == 2
    assert corrections.record_corrections(con, april, load_rules()) == 1


def test_an_unlikely_value_needs_a_reason_and_is_marked_in_the_ledger(paths, con, keys):
    west = f"{FIRST}002001"
    con.execute("insert into lake.returns.return_grid values (?, ?, '第1网格', '村西村委会')", [FIRST, west])
    content, row = issued_content(paths, con, keys)
    found(con, AS_OF, "", house=GRID)
    drop(paths, f"{FIRST}/a.xlsx", fill_in(content, {row: ("更正网格", west)}), seconds=1)
    assert [r.reason_code for r in intake(paths, con, TURN).files[0].rows if r.new_value] == ["E_VALUE_UNLIKELY"]
    drop(paths, f"{FIRST}/b.xlsx", fill_in(content, {row: ("更正网格", west, "已随子女搬家")}), seconds=2)
    assert intake(paths, con, TURN).answers == 1
    marked = con.execute("select new_value, outcome, reason_code from lake.ledger.answer where outcome = 'accepted'")
    assert marked.fetchall() == [(west, "accepted", "N_VALUE_UNLIKELY")]


def test_running_again_gives_the_same_rows_and_bytes(paths, con, plain):
    drop(paths, f"{FIRST}/a.xlsx", fill_in(plain(), {R20: ("确认健在",), R17: ("不知道",)}))
    first = intake(paths, con, TURN)
    before = (answers(con, "*"), first.files[0].receipt.read_bytes())
    second = intake(paths, con, TURN)
    assert (answers(con, "*"), second.files[0].receipt.read_bytes()) == before
    assert second.problems == first.problems


def test_the_same_bytes_are_recorded_once(paths, con, plain):
    content = fill_in(plain(), {R20: ("确认健在",)})
    drop(paths, f"{FIRST}/a.xlsx", content)
    intake(paths, con, TURN)
    before = answers(con, "*")
    drop(paths, f"{FIRST}/又一份.xlsx", content)
    report = intake(paths, con, TURN)
    assert report.repeats == (f"{FIRST}/又一份.xlsx",)
    assert answers(con, "*") == before
    assert intake(paths, con, date(2024, 3, 31)).workbooks == 1  # the turn of February was never closed


def test_a_later_upload_supersedes_and_both_are_on_record(paths, con, plain):
    drop(paths, f"{FIRST}/b.xlsx", fill_in(plain(), {R20: ("确认健在",), R17: ("确认健在",)}), seconds=1)
    drop(
        paths,
        f"{FIRST}/a.xlsx",
        fill_in(plain(), {R20: ("确认已死亡",), R17: ("确认健在", None, "再看过")}),
        seconds=2,
    )
    intake(paths, con, TURN)
    rows = con.execute(
        "select file_name, ticket_id, outcome, reason_code from lake.ledger.answer "
        "where outcome in ('accepted', 'superseded', 'duplicate') order by file_name, sheet_row"
    ).fetchall()
    assert rows == [
        (f"{FIRST}/a.xlsx", ticket(FIRST, 0), "accepted", ""),
        (f"{FIRST}/a.xlsx", ticket(FIRST, 1), "duplicate", "E_DUPLICATE_FILE"),
        (f"{FIRST}/b.xlsx", ticket(FIRST, 0), "superseded", "E_SUPERSEDED"),
        (f"{FIRST}/b.xlsx", ticket(FIRST, 1), "accepted", ""),
    ]


def test_a_later_rejected_row_does_not_undo_an_earlier_answer(paths, con, plain):
    drop(paths, f"{FIRST}/a.xlsx", fill_in(plain(), {R20: ("确认健在",)}), seconds=1)
    drop(paths, f"{FIRST}/b.xlsx", fill_in(plain(), {R20: ("胡写",)}), seconds=2)
    intake(paths, con, TURN)
    assert accepted(con) == [(ticket(FIRST, 0), "确认健在")]


def test_a_bad_file_does_not_stop_the_others_and_gets_a_receipt(paths, con, plain):
    drop(paths, f"{FIRST}/a.xlsx", b"not a workbook", seconds=1)
    drop(paths, f"{SECOND}/b.xlsx", plain(FIRST), seconds=2)
    drop(paths, "c.xlsx", fill_in(plain(SECOND), {R20: ("确认健在",)}), seconds=3)
    drop(paths, "d.docx", b"\x00\x01", seconds=4)
    report = intake(paths, con, TURN)
    assert [f.reason_code for f in report.files] == ["E_FORMAT", "E_TOWNSHIP", "", "E_FORMAT"]
    assert accepted(con) == [(ticket(SECOND, 0), "确认健在")]
    files = con.execute(
        "select file_name, township_code, ticket_id, outcome from lake.ledger.answer "
        "where sheet_row = 0 order by 1"
    ).fetchall()
    assert files == [
        (f"{FIRST}/a.xlsx", FIRST, None, "rejected"),
        (f"{SECOND}/b.xlsx", SECOND, None, "rejected"),
        ("d.docx", None, None, "rejected"),
    ]
    assert report.files[3].receipt.parent == paths.receipts / "未识别" / "2024-02-29"
    assert "不是 Excel 工作簿" in str(receipt_cells(report.files[0].receipt))
    assert "却放在 370602002 的文件夹" in str(receipt_cells(report.files[1].receipt))


def test_the_wrong_folder_can_be_put_right(paths, con, plain):
    content = fill_in(plain(FIRST), {R20: ("确认健在",)})
    drop(paths, f"{SECOND}/a.xlsx", content)
    assert intake(paths, con, TURN).files[0].reason_code == "E_TOWNSHIP"
    drop(paths, f"{FIRST}/a.xlsx", content)
    report = intake(paths, con, TURN)
    assert [f.reason_code for f in report.files] == [""] and report.repeats == ()


def test_a_locked_file_with_another_password(paths, con, plain):
    drop(paths, f"{FIRST}/a.xlsx", lock(plain(), "someone else's"))
    report = intake(paths, con, TURN)
    assert report.files[0].reason_code == "E_PASSWORD"
    assert "不是本镇街返还时的口令" in report.problems[0]


@pytest.mark.parametrize("name", ["返还_东山街道_20240131 - 副本.xlsx", f"{SECOND}.xlsx", f"{FIRST}/东山街道.xlsx"])
def test_a_locked_workbook_finds_the_township_its_name_speaks_of(paths, con, keys, plain, name):
    drop(paths, name, lock(fill_in(plain(SECOND), {R20: ("确认健在",)}), keys.password(SECOND)))
    (file,) = intake(paths, con, TURN).files
    in_its_folder = FIRST not in name
    assert (file.reason_code == "") == in_its_folder == (file.identity is not None)
    assert in_its_folder or "却放在 370602001 的文件夹" in file.reason


def tried(monkeypatch):
    passwords = []
    monkeypatch.setattr(unlocking, "unlock", lambda blob, said: passwords.append(said) or unlock(blob, said))
    return passwords


def test_a_locked_workbook_that_names_no_township_is_not_tried(paths, con, keys, plain, monkeypatch):
    passwords = tried(monkeypatch)
    drop(paths, "随便起的名.xlsx", lock(plain(SECOND), keys.password(SECOND)))
    report = intake(paths, con, TURN)
    assert report.files[0].reason_code == "E_PASSWORD_WHOSE" and passwords == []
    assert "请放到以本镇街 9 位代码命名的文件夹" in report.problems[0]


def test_another_password_is_tried_once_and_remembered(paths, con, keys, plain, monkeypatch):
    passwords = tried(monkeypatch)
    content = lock(plain(), "the officer's own")
    drop(paths, f"{FIRST}/a.xlsx", content)
    first = intake(paths, con, TURN)
    assert first.files[0].reason_code == "E_PASSWORD" and passwords == [keys.password(FIRST)]
    assert intake(paths, con, TURN).problems == first.problems
    (note,) = (paths.inbox / "locked").iterdir()
    assert len(passwords) == 1 and note.stat().st_mode & 0o077 == 0
    assert keys.password(FIRST) not in note.read_text()
    note.write_text('{"key_id": "another", "townships": ["370602001"]}')
    intake(paths, con, TURN)
    note.write_bytes(b"")
    intake(paths, con, TURN)
    assert len(passwords) == 3
    drop(paths, f"{SECOND}/a.xlsx", content)  # put right, as far as the sender knows
    intake(paths, con, TURN)
    assert passwords[3:] == [keys.password(SECOND)]


def test_a_set_that_was_never_issued(paths, con, plain):
    drop(paths, f"{FIRST}/a.xlsx", fill_in(plain(), {R20: ("确认健在",)}))
    con.execute("delete from lake.ledger.return_set")
    report = intake(paths, con, TURN)
    assert report.problems == [
        f"{FIRST}/a.xlsx：对应的返还批次（2024-01-31 第 1 次签发）不在台账中。请使用最近一次返还的工作簿。"
    ]


def test_the_first_issue_may_still_be_answered_after_a_second(paths, con, plain):
    content = fill_in(plain(), {R20: ("确认健在",)})
    con.execute("update lake.returns.return_resident set name = '改名' where person_id = 'p3'")
    assert write_return_sets(paths, con, AS_OF, "姓名已更正")[0].issue == 2
    drop(paths, f"{FIRST}/a.xlsx", content)
    assert intake(paths, con, TURN).answers == 1


def test_a_closed_ticket_is_not_answered_again(paths, con, plain):
    con.execute(
        "insert into lake.ledger.ticket_event "
        "values (?, ?, 2, 'recheck_pass', 'returned', 'closed', 'township', 'x', ?, 'R20', null, null)",
        [AS_OF, ticket(FIRST, 0), FIRST],
    )
    drop(paths, f"{FIRST}/a.xlsx", fill_in(plain(), {R20: ("确认健在",)}))
    report = intake(paths, con, TURN)
    assert report.files[0].rows[0].reason_code == "E_TICKET_CLOSED"


def test_events_of_this_turn_do_not_count(paths, con, plain):
    """A second run of the same turn must judge as the first did, before the answers had moved the tickets."""
    con.execute(
        "insert into lake.ledger.ticket_event values (?, ?, 2, 'answer', 'returned', 'closed', 'township', "
        "'x', ?, 'R20', null, null)",
        [TURN, ticket(FIRST, 0), FIRST],
    )
    drop(paths, f"{FIRST}/a.xlsx", fill_in(plain(), {R20: ("确认健在",)}))
    assert intake(paths, con, TURN).answers == 1


def test_nothing_is_taken_while_a_later_turn_is_out(paths, con, plain):
    sent = drop(paths, f"{FIRST}/a.xlsx", plain())
    turns = paths.decisions / "turns"
    turns.mkdir(parents=True)
    (turns / "2024-03-31.json").write_text("{}")
    assert intake(paths, con, TURN).workbooks == 0
    assert sent.exists()


def test_office_lock_files_are_left_alone(paths, con, issued):
    left = drop(paths, f"{FIRST}/~$a.xlsx", b"x")
    assert intake(paths, con, TURN).workbooks == 0
    assert left.exists()


def test_an_empty_inbox(paths, con):
    report = intake(paths, con, TURN)
    assert (report.workbooks, report.problems, answers(con)) == (0, [], [])


def test_receipts_show_no_name_and_no_id_number(paths, con, plain):
    content = fill_in(plain(), {R20: ("胡写",), R17: ("确认健在",)})
    content = edit(content, lambda b: setattr(cell(b["异常清单"], R22, "name"), "value", "王大锤"))
    drop(paths, f"{FIRST}/370602195001000000.xlsx", content)
    report = intake(paths, con, TURN)
    shown = str(receipt_cells(report.files[0].receipt)) + str(report.problems)
    assert not any(secret in shown for secret in ("37060219500100", "人员0", "人员2", "王大锤"))
    assert "第 4 行 K 列「处理结果」" in shown and "第 6 行 E 列「姓名」" in shown


def test_originals_are_kept_under_their_hash(paths, con, plain):
    content = plain()
    drop(paths, f"{FIRST}/a.xlsx", content)
    intake(paths, con, TURN)
    kept = paths.inbox / "received" / "2024-02-29" / f"{hashlib.sha256(content).hexdigest()}.xlsx"
    assert kept.read_bytes() == content
    assert kept.stat().st_mode & 0o077 == 0


def test_large_files_are_not_even_opened(paths, con, issued, monkeypatch):
    monkeypatch.setattr("pipelines.give.inbox.intake.MAX_BYTES", 1_000_000)
    drop(paths, "big.xlsx", io.BytesIO(b"PK" + b"\0" * 1_000_001).getvalue())
    report = intake(paths, con, TURN)
    assert report.problems == ["big.xlsx：文件超过 1 MB，返还的工作簿不会这么大。请用原工作簿重新填写。"]


def test_an_answer_to_a_set_of_the_turn_that_is_run_again_waits_for_the_next(paths, con, plain):
    content = fill_in(plain(), {R22: ("已通知申领",)})
    drop(paths, f"{FIRST}/答复.xlsx", content)
    con.execute("delete from lake.ledger.return_set")  # as opening the turn anew does
    report = intake(paths, con, AS_OF)
    assert (report.files, answers(con)) == ((), [])
    assert [p.partition("：")[2] for p in report.problems] == [
        f"答复的是 {AS_OF} 这一轮刚返还的工作簿，本轮已返还，留在收件夹，下一轮办理。"
    ]
    (kept,) = (paths.inbox / "drop" / FIRST).iterdir()
    assert kept.read_bytes() == content and not list((paths.inbox / "received").rglob("*.*"))
    con.execute("insert into lake.ledger.return_set values (?, 's', ?, 1, 'd', 0, 0)", [AS_OF, FIRST])
    assert intake(paths, con, TURN).answers == 1


def test_a_note_without_an_answer_is_told_apart(paths, con, plain):
    drop(paths, f"{FIRST}/答复.xlsx", fill_in(plain(), {R22: ("", "", "电话打不通"), R20: ("确认健在",)}))
    intake(paths, con, TURN)
    codes = dict(con.execute("select ticket_id, reason_code from lake.ledger.answer").fetchall())
    assert (codes[ticket(FIRST, 2)], codes[ticket(FIRST, 3)]) == ("E_NOTE_ONLY", "E_BLANK")
