"""Receipts before the turn: what was sent back is judged as it comes, and the turn says the last word."""

from datetime import date, timedelta

import pytest

from pipelines.defs.receipts import receipts_job
from pipelines.defs.resources import Lakehouse
from pipelines.give.inbox import intake as inbox
from pipelines.give.inbox.intake import acknowledge, intake
from pipelines.give.inbox.receive import receive, received
from pipelines.judge.ledger import shown
from tests.give.inbox.desk import R17, R20, fill_in
from tests.give.inbox.test_intake import FIRST, SECOND, answers, drop, receipt_cells
from tests.give.returns.small_lake import AS_OF, ticket

NEXT = AS_OF + timedelta(days=1)
TURN = date(2024, 2, 29)
WAITING = "已收到并核对，核对通过的在下一轮办理时生效。"
AGAIN = "。未答复的可以补填再交。「回执」页没有填经办人，下次请填写。"


def said(receipt):
    return next(row[2] for row in receipt_cells(receipt) if row[0] == "办理结果")


def test_a_receipt_comes_before_the_turn_and_nothing_is_recorded(paths, con, plain):
    sent = drop(paths, f"{FIRST}/a.xlsx", fill_in(plain(), {R20: ("确认健在",)}))
    (file,) = acknowledge(paths, con, NEXT).files
    assert not sent.exists()
    assert said(file.receipt) == f"{WAITING}核对通过 1 条；未答复 5 条{AGAIN}"
    assert answers(con) == []
    assert acknowledge(paths, con, NEXT).files == (), "what has its receipt is not read again"


def test_the_turn_takes_it_in_and_replaces_the_receipt(paths, con, plain):
    drop(paths, f"{FIRST}/a.xlsx", fill_in(plain(), {R20: ("确认健在",)}))
    (early,) = acknowledge(paths, con, NEXT).files
    (taken,) = intake(paths, con, TURN).files
    assert taken.receipt == early.receipt
    assert said(taken.receipt) == f"已收到并办理。已受理 1 条；未答复 5 条{AGAIN}"
    assert [row for row in answers(con) if row[3] == "accepted"] == [(ticket(FIRST, 0), "确认健在", "", "accepted")]
    assert len(list(paths.receipts.glob("*/*/*.xlsx"))) == 1


def test_a_later_file_of_the_same_office_changes_the_first_ones_receipt_and_nobody_elses(
    paths, con, plain, monkeypatch
):
    drop(paths, f"{FIRST}/a.xlsx", fill_in(plain(), {R17: ("确认已死亡",)}), seconds=1)
    drop(paths, f"{SECOND}/b.xlsx", fill_in(plain(SECOND), {R17: ("确认已死亡",)}), seconds=2)
    acknowledge(paths, con, NEXT)
    drop(paths, f"{FIRST}/c.xlsx", fill_in(plain(), {R17: ("确认健在",), R20: ("确认健在",)}), seconds=3)
    read = []
    judge = inbox._judge
    monkeypatch.setattr(inbox, "_judge", lambda *a: (read.append(a[0].source.file_name), judge(*a)))
    first, later = acknowledge(paths, con, NEXT).files
    assert read == [f"{FIRST}/a.xlsx", f"{FIRST}/c.xlsx"]
    assert said(first.receipt) == f"{WAITING}已答复，只计一次 1 条；已被后一次代替 1 条；未答复 4 条{AGAIN}"
    assert said(later.receipt) == f"{WAITING}核对通过 2 条；未答复 4 条{AGAIN}"


def test_nobody_is_told_to_do_again_what_another_file_has_done(paths, con, plain):
    """The first file has one row right, one wrong, four blank; the second mends the wrong one and leaves the right one
    blank."""
    drop(paths, f"{FIRST}/a.xlsx", fill_in(plain(), {R20: ("确认健在",), R17: ("不清楚",)}), seconds=1)
    drop(paths, f"{FIRST}/b.xlsx", fill_in(plain(), {R17: ("确认已死亡",)}), seconds=2)
    first, second = acknowledge(paths, con, NEXT).files
    told = {(f, row.ticket_id): (row.outcome, row.reason_code) for f in (0, 1) for row in (first, second)[f].rows}
    alive, dead = ticket(FIRST, 0), ticket(FIRST, 1)
    assert (told[0, alive], told[1, alive]) == (("accepted", ""), ("duplicate", "N_ANSWERED"))
    assert (told[0, dead], told[1, dead]) == (("superseded", "N_MENDED"), ("accepted", ""))
    assert [code for (_, of), code in told.items() if of not in (alive, dead)] == [("unanswered", "E_BLANK")] * 8


def test_a_file_put_into_the_right_folder_at_last_is_judged_at_once_and_has_one_receipt(paths, con, plain):
    content = fill_in(plain(), {R20: ("确认健在",)})
    drop(paths, f"{SECOND}/a.xlsx", content)
    (wrong,) = acknowledge(paths, con, NEXT).files
    assert wrong.reason_code == "E_TOWNSHIP"
    drop(paths, f"{FIRST}/a.xlsx", content)
    (right,) = acknowledge(paths, con, NEXT).files
    assert right.reason == "" and right.counts["accepted"] == 1
    assert list(paths.receipts.glob("*/*/*.xlsx")) == [right.receipt]
    assert acknowledge(paths, con, NEXT).files == ()


@pytest.mark.parametrize(("first", "second"), [("a.xlsx", f"{FIRST}/b.xlsx"), (f"{FIRST}/a.xlsx", "b.xlsx")])
def test_a_file_in_no_townships_folder_is_judged_with_everybodys(paths, con, plain, first, second):
    drop(paths, first, fill_in(plain(), {R20: ("确认健在",)}), seconds=1)
    acknowledge(paths, con, NEXT)
    drop(paths, second, fill_in(plain(), {R17: ("确认已死亡",)}), seconds=2)
    early = [[(row.outcome, row.reason_code) for row in file.rows] for file in acknowledge(paths, con, NEXT).files]
    taken = [[(row.outcome, row.reason_code) for row in file.rows] for file in intake(paths, con, TURN).files]
    assert early == taken


@pytest.mark.parametrize("stray", ["备份/2024-02-01", "370602999/2024-02-01"])
def test_what_others_leave_among_receipts_stops_none(paths, con, plain, stray):
    drop(paths, f"{FIRST}/a.xlsx", fill_in(plain(), {R20: ("确认健在",)}))
    (first,) = acknowledge(paths, con, NEXT).files
    folder = paths.receipts / stray
    (folder / first.receipt.name).mkdir(parents=True)
    (folder / "回执_11111111.xlsx").symlink_to("nowhere")
    (folder / "Thumbs.db").write_bytes(b"")
    drop(paths, f"{FIRST}/b.xlsx", fill_in(plain(), {R17: ("确认已死亡",)}))
    assert len(acknowledge(paths, con, NEXT).files) == 2
    assert len(intake(paths, con, TURN).files) == 2


def test_what_a_killed_run_took_in_and_did_not_answer_is_seen(paths, con, plain):
    drop(paths, f"{FIRST}/a.xlsx", fill_in(plain(), {R20: ("确认健在",)}))
    receive(paths, NEXT)
    assert [source.addressed_to for source in inbox.unanswered(paths, received(paths, NEXT))] == [(FIRST,)]
    acknowledge(paths, con, NEXT)
    assert inbox.unanswered(paths, received(paths, NEXT)) == []


def test_a_file_nobody_can_read_is_told_so_at_once(paths, con, plain):
    drop(paths, f"{FIRST}/a.xlsx", b"no workbook")
    (file,) = acknowledge(paths, con, NEXT).files
    assert said(file.receipt).startswith("整个文件未通过：")
    assert file.receipt.parent == paths.receipts / FIRST / NEXT.isoformat()


def test_the_job_answers_what_came_and_changes_no_table(paths, con, plain):
    drop(paths, f"{FIRST}/a.xlsx", fill_in(plain(), {R20: ("确认健在",)}))
    (paths.decisions / "turns").mkdir(parents=True)
    (paths.decisions / "turns" / f"{AS_OF}.json").write_text("{}")
    shown.reach(con, AS_OF, shown.CLOSED)
    con.close()
    run = receipts_job.execute_in_process(resources={"lakehouse": Lakehouse(root=str(paths.root))})
    assert run.success
    (receipt,) = (paths.receipts / FIRST / NEXT.isoformat()).glob("*.xlsx")
    assert said(receipt) == f"{WAITING}核对通过 1 条；未答复 5 条{AGAIN}"


def test_the_job_says_why_it_cannot_answer_before_a_turn_is_out(paths, con, plain):
    con.close()
    run = receipts_job.execute_in_process(
        resources={"lakehouse": Lakehouse(root=str(paths.root))}, raise_on_error=False
    )
    assert not run.success
