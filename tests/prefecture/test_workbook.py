"""The writer of workbooks, read back with two other programs' libraries."""

from datetime import date

import openpyxl
import polars as pl
from python_calamine import CalamineWorkbook

from prefecture.output.workbook import Heading, first_line, write_workbook

HEADINGS = (
    Heading("key", "编号"),
    Heading("name", "姓名", "人员"),
    Heading("id_no", "证号", "人员"),
    Heading("day", "日期", "情况"),
    Heading("amount", "金额", "情况"),
)
FRAME = pl.DataFrame(
    {
        "key": ["a", "b", "c"],
        "name": ["李<&>雷", None, "𠮷"],
        "id_no": ["1", "2", "3"],
        "day": [date(2024, 1, 31), date(1900, 3, 1), None],
        "amount": [1.5, None, 0.0],
        "id_no__number": [None, 3.7e17, None],
        "day__text": [None, None, "3月"],
    }
)
TAIL = [["合计", "", "", "", 1.5], ["注：无"]]


def test_cells_keep_their_kind(tmp_path):
    path = tmp_path / "a.xlsx"
    write_workbook(path, "表", "标题", HEADINGS, [FRAME.head(1), FRAME.slice(1)], lambda: TAIL)
    assert first_line(HEADINGS) == 4
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("表").to_python()
    assert rows[0][0] == "标题"
    assert rows[1:3] == [["编号", "人员", "", "情况", ""], ["", "姓名", "证号", "日期", "金额"]]
    assert rows[3] == ["a", "李<&>雷", "1", date(2024, 1, 31), 1.5]
    assert rows[4] == ["b", "", 3.7e17, date(1900, 3, 1), ""]
    assert rows[5] == ["c", "𠮷", "3", "3月", 0.0]
    assert rows[6][0] == "合计"
    assert rows[7][0] == "注：无"


def test_a_second_library_agrees(tmp_path):
    path = tmp_path / "a.xlsx"
    write_workbook(path, "表", "标题", HEADINGS, [FRAME], lambda: TAIL)
    sheet = openpyxl.load_workbook(path)["表"]
    assert {str(r) for r in sheet.merged_cells.ranges} == {"A1:E1", "A2:A3", "B2:C2", "D2:E2"}
    assert sheet["D4"].is_date
    assert sheet["A4"].data_type == "s"
    assert sheet.freeze_panes == "A4"


def test_one_header_row_and_no_data(tmp_path):
    path = tmp_path / "a.xlsx"
    flat = [Heading("key", "编号"), Heading("name", "姓名")]
    write_workbook(path, "表", "标题", flat, [FRAME.clear()], list)
    assert first_line(flat) == 3
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert rows == [["标题", ""], ["编号", "姓名"]]


def test_equal_frames_give_equal_bytes(tmp_path):
    for name in "ab":
        write_workbook(tmp_path / name, "表", "标题", HEADINGS, [FRAME], lambda: TAIL)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
