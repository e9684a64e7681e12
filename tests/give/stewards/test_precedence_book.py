"""取值优先级, from the lake to the steward's cells and back to another value."""

import io
from datetime import date

import openpyxl
import pytest

from pipelines.give.stewards.precedence_book import Place, build_book, places, untold, write_book
from pipelines.judge.ledger import precedence
from pipelines.kit.build import build
from pipelines.kit.contracts import load_contracts
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from tests.dbt import small_prefecture as small
from tests.dbt.conftest import before_the_build

FEEDS = load_contracts()
DAY, NEXT = small.SECOND, date(2024, 3, 31)


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    made = before_the_build(Paths(tmp_path_factory.mktemp("stewards")))
    build(made, DAY)
    return made


@pytest.fixture(scope="module")
def found(paths) -> list[Place]:
    with connect(paths, read_only=True) as con:
        return places(con)


def fill_in(content: bytes, **cells: dict[str, str]) -> bytes:
    """The workbook with cells of a feed's row about names filled in, by heading."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.active
    (top,) = [r for r in range(1, 30) if sheet.cell(r, 1).value == "字段"]
    columns = {cell.value: cell.column for cell in sheet[top]}
    for feed, values in cells.items():
        (row,) = [r for r in range(top + 1, sheet.max_row + 1)
                  if (sheet.cell(r, 1).value, sheet.cell(r, 2).value) == ("姓名", feed)]  # fmt: skip
        for heading, value in values.items():
            sheet.cell(row, columns[heading]).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_every_place_is_counted(paths, found):
    with connect(paths, read_only=True) as con:
        said, chosen = con.execute(
            "SELECT count(*), count(*) FILTER (won) FROM lake.unified.person_candidate "
            "WHERE field = 'name' AND feed = 'F01'"
        ).fetchone()
    (police,) = [p for p in found if (p.feed, p.field) == ("F01", "name")]
    assert (police.rank, police.told, police.won, police.decided) == (1, said, chosen, "")
    assert [p.field for p in found] == sorted((p.field for p in found), key=list(precedence.FIELDS).index)
    (survey,) = [p for p in found if (p.feed, p.field) == ("F31", "residence")]
    assert (survey.rank, survey.trusted_months) == (1, 12) and survey.won > 0


def test_equal_days_give_equal_bytes(found):
    assert build_book(DAY, found, FEEDS, []) == build_book(DAY, found, FEEDS, [])


def test_a_steward_stops_a_source_and_another_value_stands(paths, found):
    name = "SELECT name, substr(name_source_ref, 1, 3) FROM lake.unified.person WHERE id_no = ?"
    with connect(paths, read_only=True) as con:
        before = con.execute(name, [small.MOVER]).fetchone()
    assert before[1] == "F01"
    content = write_book(paths, DAY, found, FEEDS, []).read_bytes()
    cells = {"决定": "停用", "理由": "批次错位", "决定人": "李主任", "决定日期": date(2024, 3, 5)}
    filled = fill_in(content, F01=cells)
    folder = paths.decisions / "precedence"
    folder.mkdir(parents=True)
    (folder / "取值优先级（李）.xlsx").write_bytes(filled)
    precedence.take_in(paths, NEXT)
    with connect(paths) as con:
        precedence.record_precedence(con, paths, NEXT)
    build(paths, NEXT)
    with connect(paths, read_only=True) as con:
        after = con.execute(name, [small.MOVER]).fetchone()
        (police,) = [p for p in places(con) if (p.feed, p.field) == ("F01", "name")]
        lost = con.execute(
            "SELECT DISTINCT because FROM lake.unified.person_candidate WHERE field = 'name' AND feed = 'F01'"
        ).fetchall()
    assert after[1] == "F17"
    assert (police.rank, police.won, police.decided) == (None, 0, "2024-03-05 李主任：批次错位")
    assert lost == [("stopped",)]
    sheet = openpyxl.load_workbook(io.BytesIO(build_book(NEXT, [police], FEEDS, []))).active
    assert [c.value for c in sheet[sheet.max_row]][:5] == ["姓名", "F01", "户籍人口", "市公安局", "停用"]


def test_a_field_nobody_is_believed_about_is_told():
    def place(feed, rank, told, field="name"):
        return Place(field, feed, rank, None, "", told, 0, 0)

    others = [place("F31", 1, 9, "residence"), place("F01", None, 0, "birth_date")]
    assert untold([place("F01", None, 5), place("F17", 2, 3), *others]) == []
    (told,) = untold([place("F01", None, 5), place("F17", 2, 0), *others])
    assert told.startswith("姓名：提供它的数据源（F01）都已停用")


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"决定": "调整", "新序号": 2, "决定人": "李", "决定日期": "2024-03-05"}, "“理由”没有填"),
        ({"决定": "改一下", "理由": "x", "决定人": "李", "决定日期": "2024-03-05"}, "“决定”只能是 调整 或 停用"),
        ({"决定": "停用", "理由": "x", "决定人": "李", "决定日期": "下周"}, "“决定日期”应是日期"),
    ],
)
def test_what_is_wrong_is_told_by_file_row_and_heading(tmp_path, found, cells, why):
    paths = Paths(tmp_path)
    folder = paths.decisions / "precedence"
    folder.mkdir(parents=True)
    (folder / "a.xlsx").write_bytes(fill_in(build_book(DAY, found, FEEDS, []), F04=cells))
    precedence.take_in(paths, NEXT)
    (told,) = precedence.problems(paths, NEXT, set())
    assert why in told and "a.xlsx 工作表“取值优先级”第" in told and "行：" in told
