"""疑似同一人, from a row nobody was found for to the steward's cells and to the person."""

import io
import stat
from datetime import date

import openpyxl
import pytest

from pipelines.give.stewards import change_doubts, likeness_book
from pipelines.give.stewards.likeness_book import build_book, pairs, shown_feeds, write_book
from pipelines.judge.ledger import linkage_decisions
from pipelines.kit.build import build
from pipelines.kit.contracts import load_contracts
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from tests.dbt import small_prefecture as small
from tests.dbt.bronze_files import deliver
from tests.dbt.conftest import before_the_build

FEEDS = load_contracts()
DAY, NEXT = small.SECOND, date(2024, 3, 31)


def more(paths: Paths) -> None:
    """Two certificates without a number: a name with one other character, born like the head and like the aged."""
    rows = [
        {"cert_no": no, "name": name, "sex_name": "男", "id_no": None, "birth_date": born,
         "division_code": small.VILLAGE, "death_date": date(2024, 2, 1)}
        for no, name, born in (("C8", "王建业", date(1960, 1, 1)), ("C9", "冯涛", date(1930, 10, 10)))
    ]  # fmt: skip
    deliver(paths, "F04", rows, seq=9, on=DAY, mode="append")


@pytest.fixture
def paths(tmp_path):
    made = before_the_build(Paths(tmp_path), more)
    build(made, DAY)
    return made


def found(paths: Paths) -> list[likeness_book.Pair]:
    with connect(paths, read_only=True) as con:
        return pairs(con, FEEDS)


def fill_in(content: bytes, decisions: dict[str, str]) -> bytes:
    """The workbook with a decision in the row of each name."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.active
    (top,) = [r for r in range(1, 30) if sheet.cell(r, 1).value == "数据源"]
    columns = {cell.value: cell.column for cell in sheet[top]}
    named = {r: sheet.cell(r, columns["记录姓名"]).value for r in range(top + 1, sheet.max_row + 1)}
    for r in (r for r, name in named.items() if name):
        cells = {"决定": decisions[named[r]], "理由": "走访核实", "决定人": "李主任",
                 "决定日期": "2024-03-05"}  # fmt: skip
        for heading, value in cells.items():
            sheet.cell(r, columns[heading]).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_steward_decides_and_neither_pair_comes_again(paths):
    shown = found(paths)
    assert sorted(p.cells[2] for p in shown) == ["冯涛", "王建业"]
    head = next(p for p in shown if p.cells[2] == "王建业")
    assert head.cells[0] == "F04 死亡医学证明" and head.cells[1].startswith("F04/")
    assert head.cells[7].startswith("王建国（F01") and small.HEAD in head.cells[10]
    file = write_book(paths, DAY, shown, [])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    folder = paths.decisions / "linkage"
    folder.mkdir(parents=True)
    filled = fill_in(file.read_bytes(), {"王建业": "同一人", "冯涛": "不是同一人"})
    (folder / "疑似同一人（李）.xlsx").write_bytes(filled)
    linkage_decisions.take_in(paths, NEXT)
    with connect(paths) as con:
        linkage_decisions.record_decisions(con, paths, NEXT)
        assert linkage_decisions.problems(con, paths, NEXT) == []
    build(paths, NEXT)
    with connect(paths, read_only=True) as con:
        whose = dict(
            con.execute(
                "SELECT name, (person_id, basis) FROM lake.unified.person_claim WHERE name IN ('王建业', '冯涛')"
            ).fetchall()
        )
    assert whose["王建业"] == (head.person_id, "decided") and whose["冯涛"][0] is None
    assert found(paths) == []


def test_a_turn_gives_out_so_many_and_equal_days_give_equal_bytes(paths, monkeypatch):
    monkeypatch.setattr(likeness_book, "MOST", 1)
    (first,) = found(paths)
    assert build_book(DAY, [first], []) == build_book(DAY, [first], [])


def test_a_feed_that_may_only_be_asked_is_not_shown():
    asked = {code for code, feed in FEEDS.items() if feed.return_mode != "rows"}
    assert asked and not asked & set(shown_feeds(FEEDS))


def test_changes_of_number_in_doubt_stand_on_a_sheet_of_their_own_with_why(paths):
    with connect(paths) as con:
        con.execute(
            "INSERT INTO lake.linkage.number_change BY NAME SELECT 'k' || i AS record_key, 'F03/20240131-a/' || i AS "
            "source_ref, DATE '2024-01-01' + i::INTEGER AS event_date, '370602195001010011' AS old_id_no, "
            "'370602195001010038' AS id_no, '张三' AS name, ['followed', 'two_people', 'older', 'several'][i] "
            "AS verdict FROM range(1, 5) t(i)"
        )
        found = change_doubts.doubts(con)
    assert [line[0] for line in found] == ["F03/20240131-a/4", "F03/20240131-a/2"]
    assert found[1][-1].startswith("两个证号没有共同的姓名")
    assert "370602195001010011" in on_sheet(build_book(DAY, [], [], found))
    assert "没有存疑的换号。" in on_sheet(build_book(DAY, [], []))


def on_sheet(content: bytes) -> set[str]:
    """What stands on the sheet of doubted changes."""
    sheet = openpyxl.load_workbook(io.BytesIO(content))[change_doubts.TITLE]
    return {cell.value for row in sheet.iter_rows() for cell in row if cell.value}
