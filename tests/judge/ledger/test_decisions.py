"""Decision files of departments: taken in once per turn, and never a crash."""

import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.judge.ledger.decisions import SOURCE, issued_turns, read_decisions, take_in
from pipelines.kit import decision_files
from pipelines.kit.decision_files import read_file

T1, T2, T3 = date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)
GOOD = "- ticket_id: abc\n  decision: accepted\n  reason: 已核实\n  by: 王五\n  on: 2024-02-10\n"


def write(paths, name, text):
    folder = paths.decisions / "source"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder / name


def issue(paths, *turns):
    folder = paths.decisions / "turns"
    folder.mkdir(parents=True, exist_ok=True)
    for turn in turns:
        (folder / f"{turn}.json").write_text("{}")


def test_a_file_is_taken_in_by_the_turn_that_sees_it_first(paths):
    write(paths, "a.yaml", GOOD)
    issue(paths, T1)
    assert take_in(paths, T1) == []  # decided after that turn
    assert len(take_in(paths, T2)) == 1
    decisions, problems = read_decisions(paths, T2)
    assert [(d.ticket_id, d.event, d.by, d.on, d.position) for d in decisions] == [
        ("abc", "source_accept", "王五", date(2024, 2, 10), 1)
    ]
    assert problems == []
    assert take_in(paths, T2) == [] and read_decisions(paths, T2)[0] == decisions
    assert read_decisions(paths, T1) == ([], [])
    issue(paths, T2)
    assert read_decisions(paths, T3) == ([], [])


def test_a_file_is_parsed_once_however_often_it_is_asked_for_and_anew_when_written_anew(paths, monkeypatch):
    write(paths, "a.yaml", GOOD)
    (kept,) = take_in(paths, T2)
    parsed = []
    monkeypatch.setattr(decision_files, "read_file", lambda path, desk: parsed.append(path) or read_file(path, desk))
    assert [len(read_decisions(paths, T2)[0]) for _ in range(3)] == [1, 1, 1]
    assert parsed == [kept]
    kept.write_text(GOOD + GOOD.replace("abc", "def"), encoding="utf-8")
    os.utime(kept, (1, 1))
    assert len(read_decisions(paths, T2)[0]) == 2


def test_a_ticket_id_that_looks_like_a_number_stays_text(paths):
    write(paths, "a.yaml", GOOD.replace("abc", "12345678901234567890123456789e12"))
    take_in(paths, T2)
    assert read_decisions(paths, T2)[0][0].ticket_id == "12345678901234567890123456789e12"


def test_what_a_killed_turn_took_in_counts_for_the_next(paths):
    write(paths, "a.yaml", GOOD)
    issue(paths, T1)
    take_in(paths, T2)
    assert len(read_decisions(paths, T3)[0]) == 1


def test_nothing_is_taken_into_a_turn_when_a_later_one_is_out(paths):
    write(paths, "a.yaml", GOOD)
    issue(paths, T1, T2, T3)
    assert issued_turns(paths) == [T1, T2, T3]
    assert take_in(paths, T2) == []
    assert len(take_in(paths, T3)) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- ticket_id: abc\n  decision: [", "bad.yaml第2行：不是可读的"),
        ("姓名".encode("gb18030"), "UTF-8"),
        ("ticket_id: abc\n", "应是一个列表"),
        ("- 只是文字\n", "第1条：应写成"),
        (f"{GOOD}  reason: 未核实\n", "第6行：“reason”写了两次"),
        (GOOD.replace("accepted", "maybe"), "decision 只能是 accepted"),
        (GOOD.replace("  reason: 已核实\n", ""), "缺少 reason"),
        (GOOD.replace("2024-02-10", "二月十日"), "on 应是日期"),
        (GOOD.replace("2024-02-10", "2024-02-30"), "on 应是日期"),
        ("", "应是一个列表"),
    ],
)
def test_a_bad_file_is_named_with_place_and_stays_for_repair(paths, text, message):
    import re

    path = write(paths, "bad.yaml", text)
    write(paths, "good.yaml", GOOD)
    assert len(take_in(paths, T2)) == 1
    decisions, problems = read_decisions(paths, T2)
    assert len(decisions) == 1 and path.exists()
    assert len(problems) == 1 and "bad.yaml" in problems[0] and re.search(message, problems[0])


def test_a_decision_that_waits_for_its_neighbour_is_told(paths):
    write(paths, "a.yaml", GOOD + GOOD.replace("reason: 已核实", "reason:"))
    assert take_in(paths, T2) == []
    assert read_decisions(paths, T2) == ([], [
        "a.yaml 第2条：缺少 reason。",
        "a.yaml：因此其中填好的 1 条决定也没有采用；请在原处改好这个文件，下一轮一并收入。",
    ])  # fmt: skip


@pytest.mark.parametrize("name", ["a.yml", "a.YAML", "决定.Yml"])
def test_endings_as_people_write_them(paths, name):
    write(paths, name, GOOD)
    (kept,) = take_in(paths, T2)
    assert kept.suffix == ".yaml" and len(read_decisions(paths, T2)[0]) == 1


def test_other_files_and_future_ones_are_told_and_wait(paths):
    write(paths, "future.yaml", GOOD.replace("2024-02-10", "2024-03-05"))
    write(paths, "决定.docx", b"PK")
    write(paths, "~$决定.docx", b"x")
    write(paths, "b.yaml.part", GOOD[:20])
    write(paths, "empty.yaml", "[]")
    assert take_in(paths, T2) == []
    assert read_decisions(paths, T2) == ([], [
        "empty.yaml：里面没有任何决定。",
        "决定.docx：不是 .yaml 或 .yml 或 .xlsx 文件，没有读。请按样例另存为 .xlsx。",
        "future.yaml：其中有 2024-03-05 的决定，到那一天才办理，目前等待。",
    ])  # fmt: skip
    assert len(take_in(paths, T3)) == 1 and len(read_decisions(paths, T3)[0]) == 1


def link(path):
    path.symlink_to("/etc/hostname")


def loop(path):
    path.symlink_to(path)


@pytest.mark.parametrize("make", [link, loop, os.mkfifo, os.mkdir], ids=["link", "loop", "pipe", "folder"])
def test_what_is_no_file_is_told_and_stops_nobody(paths, make):
    write(paths, "good.yaml", GOOD)
    make(paths.decisions / "source" / "a.yaml")
    assert len(take_in(paths, T2)) == 1
    decisions, problems = read_decisions(paths, T2)
    assert len(decisions) == 1
    assert problems == ["a.yaml：不是文件（是链接、管道或文件夹），没有打开。请放 YAML 文件本身。"]


@pytest.mark.parametrize("name", ["2024-13-99", "20240131", "2024-W05-3"])
def test_a_folder_that_only_looks_like_a_turn_is_told(paths, name):
    write(paths, "good.yaml", GOOD)
    (paths.decisions / "source" / name).mkdir()
    issue(paths, "copy-of-it", T1)
    assert issued_turns(paths) == [T1] and len(take_in(paths, T2)) == 1
    (told,) = read_decisions(paths, T2)[1]
    assert told == f"{name}：不是文件（是链接、管道或文件夹），没有打开。请放 YAML 文件本身。"


def test_a_name_in_gbk_is_read_and_named(paths):
    folder = paths.decisions / "source"
    folder.mkdir(parents=True)
    for name, text in (("好.yaml", GOOD), ("坏.yaml", "- 只是文字\n")):
        with open(os.fsencode(folder) + b"/" + name.encode("gbk"), "w") as file:  # noqa: PTH123 as bytes
            file.write(text)
    (kept,) = take_in(paths, T2)
    assert kept.name.startswith("好.")
    assert read_decisions(paths, T2)[1] == ["坏.yaml 第1条：应写成「名称: 内容」的形式。"]


@pytest.mark.parametrize("text", ['"\\ud800"', '"a\\0b"', '"\\uDFFF好"'])
def test_text_that_nothing_can_store_is_told(paths, text):
    write(paths, "a.yaml", GOOD.replace("已核实", text))
    assert take_in(paths, T2) == []
    assert read_decisions(paths, T2)[1] == ["a.yaml 第1条：reason 含有无法保存的字符，请重新输入。"]


def test_a_file_that_cannot_be_moved_is_told_with_an_incident_on_record(paths, monkeypatch):
    write(paths, "a.yaml", GOOD)
    write(paths, "b.yaml", GOOD)
    moved = Path.replace

    def failing(path, target):
        if path.name == "a.yaml":
            raise PermissionError(13, "not yours")
        return moved(path, target)

    monkeypatch.setattr(Path, "replace", failing)
    assert [p.name[:2] for p in take_in(paths, T2)] == ["b."]
    assert read_decisions(paths, T2)[1] == ["a.yaml：本轮没有收入，留待下一轮。"]
    assert "not yours" in next(paths.incidents.iterdir()).read_text()


def test_a_taken_in_file_that_was_damaged_since_is_told(paths):
    write(paths, "a.yaml", GOOD)
    (kept,) = take_in(paths, T2)
    kept.write_bytes(b"")
    assert read_decisions(paths, T2) == ([], [f"{kept.name}：内容应是一个列表（每条以 - 开头），整个文件未采用。"])


def test_a_taken_in_file_that_was_edited_since_counts_and_is_told(paths):
    write(paths, "a.yaml", GOOD)
    (kept,) = take_in(paths, T2)
    kept.write_text(GOOD.replace("accepted", "rejected"), encoding="utf-8")
    (decision,), (told,) = read_decisions(paths, T2)
    assert decision.event == "source_reject"
    assert told.startswith(f"{kept.name}：收入以后被人改过")


def test_a_file_without_end_is_not_read(paths, monkeypatch):
    monkeypatch.setattr(decision_files, "MAX_BYTES", 1_000_000)
    write(paths, "a.yaml", GOOD * 20_000)
    assert take_in(paths, T2) == []
    assert read_decisions(paths, T2)[1] == ["a.yaml：超过 1 MB，未采用。请分成几个文件。"]


@given(st.binary(max_size=200))
def test_no_bytes_crash_the_reader(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "fuzz.yaml"
    path.write_bytes(data)
    decisions, problems = read_file(path, SOURCE)
    assert not (decisions and problems)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda x: (
            st.lists(x, max_size=3)
            | st.dictionaries(st.sampled_from(["ticket_id", "decision", "reason", "by", "on"]), x)
        ),
        max_leaves=8,
    )
)
def test_no_yaml_content_crashes_the_reader(tmp_path_factory, content):
    import yaml

    path = tmp_path_factory.getbasetemp() / "content.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    decisions, problems = read_file(path, SOURCE)
    assert decisions or problems or content == []
