"""Decision files of departments: taken in once per turn, and never a crash."""

import os
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.ledger import decision_files
from pipelines.ledger.decision_files import read_file
from pipelines.ledger.decisions import SOURCE, issued_turns, read_decisions, take_in

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
