"""A drop folder with anything in it: one entry is one case, and nothing is followed."""

import os
import socket

import pytest

from pipelines.give.inbox import intake as module
from pipelines.give.inbox.intake import intake
from pipelines.give.inbox.receive import receive, received
from pipelines.kit.paths import Paths
from tests.give.inbox.desk import R17, R20, fill_in
from tests.give.inbox.test_intake import FIRST, SECOND, TURN, accepted, drop, receipt_cells
from tests.give.returns.small_lake import ticket

SYSTEM_FILE = "/etc/hostname"


def link(path):
    path.symlink_to(SYSTEM_FILE)


def dangling(path):
    path.symlink_to("/nowhere/at/all")


def loop(path):
    path.symlink_to(path)


def link_to_folder(path):
    path.symlink_to("/etc", target_is_directory=True)


def listening(path):
    here = os.open(path.parent, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as made:  # by a short name: the path may be longer than a socket's may
        made.bind(f"/proc/self/fd/{here}/{path.name}")
    os.close(here)


STRANGE = {
    "link": link, "dangling": dangling, "loop": loop, "link to a folder": link_to_folder, "pipe": os.mkfifo,
    "folder": os.mkdir, "socket": listening,
}  # fmt: skip


@pytest.mark.parametrize("kind", STRANGE, ids=lambda k: k.replace(" ", "-"))
def test_what_is_no_file_is_left_and_told_and_the_rest_goes_on(tmp_path, kind):
    paths = Paths(tmp_path)
    good = drop(paths, f"{FIRST}/好.xlsx", b"content")
    place = good.with_name("答复.xlsx")
    STRANGE[kind](place)
    taken = receive(paths, TURN)
    ((left,), repeats) = taken.left, taken.repeats
    assert (left.source.file_name, left.source.addressed_to, repeats) == (f"{FIRST}/答复.xlsx", (FIRST,), ())
    assert "请交文件本身（事件编号 S20240229-" in left.reason
    assert os.path.lexists(place) and not good.exists()
    (stored,) = (paths.inbox / "received" / "2024-02-29").glob("*.xlsx")
    assert stored.read_bytes() == b"content"
    assert receive(paths, TURN) == taken  # told again, by the same number, until somebody takes it away
    (log,) = paths.incidents.iterdir()
    assert log.stem in left.reason and log.stat().st_mode & 0o077 == 0


def test_a_file_that_cannot_be_read_is_told_with_a_number(tmp_path, monkeypatch):
    paths = Paths(tmp_path)
    bad, good = drop(paths, f"{FIRST}/坏.xlsx", b"x"), drop(paths, f"{FIRST}/好.xlsx", b"y")
    opened = module.receive.__globals__["open_sent"]

    def broken(path):
        if path == bad:
            raise PermissionError(13, "not yours")
        return opened(path)

    monkeypatch.setitem(module.receive.__globals__, "open_sent", broken)
    (left,) = receive(paths, TURN).left
    assert "处理时遇到意外情况（事件编号 S20240229-" in left.reason
    assert bad.exists() and not good.exists()
    assert "not yours" in next(paths.incidents.iterdir()).read_text()


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("返还_向阳街道.xlsx".encode("gbk"), "返还_向阳街道.xlsx"),
        (b"\xff\xfe.xlsx", "＼xff＼xfe.xlsx"),
        ("答\n复\u202e.xlsx".encode(), "答_复_.xlsx"),
    ],
    ids=["gbk", "no text", "unseen signs"],
)
def test_a_name_of_any_bytes_is_made_readable(tmp_path, raw, shown):
    paths = Paths(tmp_path)
    folder = paths.inbox / "drop" / FIRST
    folder.mkdir(parents=True)
    with open(os.fsencode(folder) + b"/" + raw, "wb") as file:  # noqa: PTH123 a Path holds no such bytes
        file.write(b"content")
    assert receive(paths, TURN).left == ()
    ((note, path),) = module.received(paths, TURN)
    assert (note.file_name, note.addressed_to, path.read_bytes()) == (f"{FIRST}/{shown}", (FIRST,), b"content")


def test_unfinished_files_wait(tmp_path):
    paths = Paths(tmp_path)
    waiting = [drop(paths, f"{FIRST}/{n}", b"x") for n in ("a.xlsx.part", "b.TMP", "~$c.xlsx", ".d.xlsx")]
    assert receive(paths, TURN).left == () and all(p.exists() for p in waiting)
    assert module.received(paths, TURN) == []


def test_a_folder_whose_name_only_looks_like_digits_addresses_nobody(tmp_path):
    paths = Paths(tmp_path)
    drop(paths, "３７０６０２００１/a.xlsx", b"x")
    receive(paths, TURN)
    ((note, _),) = module.received(paths, TURN)
    assert note.addressed_to == ("",)


def test_an_unforeseen_failure_with_one_workbook_stops_no_other(paths, con, plain, monkeypatch):
    drop(paths, f"{FIRST}/a.xlsx", fill_in(plain(FIRST), {R20: ("确认健在",)}), seconds=1)
    drop(paths, f"{SECOND}/b.xlsx", fill_in(plain(SECOND), {R17: ("确认健在",)}), seconds=2)
    (paths.inbox / "drop" / SECOND / "c.xlsx").symlink_to(SYSTEM_FILE)
    judged = module.check_rows

    def failing(book, identity, *rest):
        if identity.township_code == FIRST:
            raise IndexError("王秀兰 370602194001011234")
        return judged(book, identity, *rest)

    monkeypatch.setattr(module, "check_rows", failing)
    report = intake(paths, con, TURN)
    assert accepted(con) == [(ticket(SECOND, 1), "确认健在")]
    assert [f.reason_code for f in report.files] == ["E_UNFORESEEN", ""]
    stopped, strange = report.files[0], report.left[0]
    assert all(f"事件编号 {p.stem}" in stopped.reason + strange.reason for p in paths.incidents.iterdir())
    assert stopped.receipt.parent.parent.name == FIRST and strange.receipt.parent.parent.name == SECOND
    assert "处理时遇到意外情况" in str(receipt_cells(stopped.receipt))
    assert "请交文件本身" in str(receipt_cells(strange.receipt))
    assert len(report.problems) == 2 and "王秀兰" not in str(report.problems)
    assert "王秀兰" in "".join(p.read_text() for p in paths.incidents.iterdir())
    told = con.execute("select township_code, outcome, reason_code from lake.ledger.answer where sheet_row = 0")
    assert told.fetchall() == [(FIRST, "rejected", "E_UNFORESEEN")]


_OTHER = (b'{"sha256": "0", "stored_name": "x", "file_name": "x", "addressed_to": [""], "order": "1", '
          b'"received_on": "2024-02-30"}')  # fmt: skip


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"null", b'{"sha256": 1}', b"[" * 200_000, _OTHER],
                         ids=["empty", "cut", "other", "null", "partly", "deep", "types"])  # fmt: skip
def test_a_damaged_note_is_made_again_from_its_file_and_stops_nobody(tmp_path, damage):
    paths = Paths(tmp_path)
    for name in ("一.xlsx", "二.xlsx"):
        folder = paths.inbox / "drop" / "370602001"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())
        receive(paths, TURN)
    first, second = (note for note, _ in received(paths, TURN))
    (paths.inbox / "received" / TURN.isoformat() / f"{first.sha256}.json").write_bytes(damage)
    again = {note.sha256: (note.file_name, path.read_bytes()) for note, path in received(paths, TURN)}
    assert again == {
        second.sha256: ("370602001/二.xlsx", "二.xlsx".encode()),
        first.sha256: ("（收件记录损坏，原文件名不详）", "一.xlsx".encode()),
    }
    (folder / "三.xlsx").write_bytes(b"3")
    receive(paths, TURN)
    assert [note.order for note, _ in received(paths, TURN)] == [2, 3, 1_000_000_000]


def test_a_damaged_note_still_says_whose_it_is_once_a_receipt_was_given(tmp_path):
    paths = Paths(tmp_path)
    (paths.inbox / "drop" / "370602001").mkdir(parents=True)
    (paths.inbox / "drop" / "370602001" / "一.xlsx").write_bytes(b"1")
    receive(paths, TURN)
    ((note, _),) = received(paths, TURN)
    receipt = paths.receipts / "370602001" / TURN.isoformat() / f"回执_{note.sha256[:8]}.xlsx"
    receipt.parent.mkdir(parents=True)
    receipt.touch()
    (paths.inbox / "received" / TURN.isoformat() / f"{note.sha256}.json").write_bytes(b"")
    ((again, _),) = received(paths, TURN)
    assert again.addressed_to == ("370602001",)


def test_a_note_without_its_file_is_nobody(tmp_path):
    folder = Paths(tmp_path).inbox / "received" / TURN.isoformat()
    folder.mkdir(parents=True)
    (folder / "abc.json").write_bytes(b"")
    assert received(Paths(tmp_path), TURN) == []
