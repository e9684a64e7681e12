"""Whatever comes first, and in whatever folder: the receipts before a turn say what the turn then says."""

from datetime import date, timedelta

import pytest

from pipelines.give.inbox.intake import acknowledge, intake
from pipelines.give.inbox.reader import Reader
from tests.give.inbox.desk import R17, R20, fill_in
from tests.give.inbox.test_intake import FIRST, SECOND, drop, receipt_cells
from tests.give.returns.small_lake import AS_OF

NEXT, TURN = AS_OF + timedelta(days=1), date(2024, 2, 29)
DEAD, ALIVE = {R17: ("确认已死亡",)}, {R17: ("确认健在",)}


def _told(paths) -> dict[str, list]:
    """Receipt -> its rows, as they read once a turn has taken them in."""
    found = {}
    for receipt in sorted(paths.receipts.glob("*/*/*.xlsx")):
        cells = receipt_cells(receipt)
        top = next(i for i, row in enumerate(cells) if "工单号" in row)
        rows = [["已受理" if cell == "核对通过" else cell for cell in row] for row in cells[top + 1 :]]
        found[str(receipt.relative_to(paths.receipts))] = rows
    return found


@pytest.mark.parametrize(
    "sent",
    [
        [("", SECOND, DEAD), (SECOND, SECOND, ALIVE), (FIRST, FIRST, {R20: ("确认健在",)})],
        [(FIRST, SECOND, DEAD), (SECOND, SECOND, DEAD), (SECOND, SECOND, ALIVE), (FIRST, FIRST, {R20: ("确认健在",)})],
        [(FIRST, FIRST, DEAD), ("", SECOND, DEAD), (FIRST, FIRST, ALIVE), (SECOND, SECOND, ALIVE)],
    ],
    ids=["nobodys-folder", "wrong-folder-then-right", "nobodys-folder-between"],
)
def test_receipts_before_the_turn_say_what_the_turn_says(paths, con, plain, sent):
    for second, (folder, whose, answered) in enumerate(sent):
        drop(paths, f"{folder}/{second}.xlsx".lstrip("/"), fill_in(plain(whose), answered), seconds=second)
        acknowledge(paths, con, NEXT)
    early = _told(paths)
    intake(paths, con, TURN)
    assert _told(paths) == early and len(early) >= len({(w, str(a)) for _, w, a in sent})


@pytest.mark.parametrize("taken", ["file", "link", "day"])
def test_what_stands_in_the_place_of_one_township_s_receipts_stops_no_other(paths, con, plain, taken):
    paths.receipts.mkdir(parents=True, exist_ok=True)
    shelf = paths.receipts / FIRST
    if taken == "file":
        shelf.write_text("x")
    elif taken == "link":
        shelf.symlink_to("nowhere")
    else:
        shelf.mkdir()
        (shelf / NEXT.isoformat()).write_text("x")
    for second, code in enumerate((FIRST, SECOND)):
        drop(paths, f"{code}/{code}.xlsx", fill_in(plain(code), ALIVE), seconds=second)
    report = acknowledge(paths, con, NEXT)
    assert [bool(f.receipt) for f in report.files] == [False, True]
    assert any("回执没有写出" in problem for problem in report.problems)


def test_a_file_in_the_wrong_folder_is_told_whose_folder_it_is_and_until_when(paths, con, plain):
    drop(paths, f"{FIRST}/b.xlsx", fill_in(plain(SECOND), ALIVE))
    (file,) = acknowledge(paths, con, NEXT).files
    told = {row[0]: row[2] for row in receipt_cells(file.receipt)[:8] if row[0]}
    assert told["镇街"] == "芝罘区向阳街道" and told["答复期限"] == "2024年2月19日"
    assert "请放到 370602002 文件夹" in told["办理结果"]


def test_a_day_that_is_over_when_a_turn_takes_the_file_in_is_said_to_be(paths, con, plain):
    drop(paths, f"{FIRST}/a.xlsx", fill_in(plain(), ALIVE))
    (file,) = intake(paths, con, TURN).files
    told = {row[0]: row[2] for row in receipt_cells(file.receipt)[:8] if row[0]}
    assert told["答复期限"].startswith("2024年2月19日，已过。")
    assert told["办理结果"].endswith("「回执」页没有填经办人，下次请填写。")


def test_a_file_that_our_own_fault_kept_from_being_judged_is_judged_again(paths, con, plain, monkeypatch):
    drop(paths, f"{FIRST}/a.xlsx", fill_in(plain(), ALIVE))
    with monkeypatch.context() as broken:
        broken.setattr(Reader, "_start", lambda reader: (_ for _ in ()).throw(RuntimeError("no process")))
        (file,) = acknowledge(paths, con, NEXT).files
    assert "意外情况" in file.reason or "事件编号" in file.reason
    (again,) = acknowledge(paths, con, NEXT).files
    assert again.reason == "" and again.counts["accepted"] == 1 and again.receipt == file.receipt
    assert acknowledge(paths, con, NEXT).files == ()
