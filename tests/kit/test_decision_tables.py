"""Workbooks of decisions: which rows say something, and nothing that is handed in crashes."""

import contextlib
import io
import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from pipelines.kit.decision_tables import UnreadableTable, rows

HEADINGS = {"decision": "决定", "rank": "新序号", "on": "决定日期"}


def book(*sheets: list[list]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as made:
        made.set_properties({"created": datetime(2024, 1, 1)})  # the same sheets are the same bytes
        for sheet in sheets:
            page = made.add_worksheet()
            for r, row in enumerate(sheet):
                for c, cell in enumerate(row):
                    page.write(r, c, cell)
    return out.getvalue()


def test_only_rows_with_a_decision_say_something_and_cells_are_read_as_they_look():
    told = [
        ["取值优先级"],
        [],
        ["字段", " 决定日期 ", "决定\u3000", "新序号："],  # as a department may write headings
        ["姓名", date(2024, 3, 5), "调整", 2.0],
        ["姓名", "", "", 5],
        ["性别", "2024-03-06", " 停用 ", ""],
    ]
    assert rows(book([["说明"]], told), HEADINGS, "decision") == ("Sheet2", [
        (4, {"decision": "调整", "rank": "2", "on": "2024-03-05"}),
        (6, {"decision": "停用", "rank": "", "on": "2024-03-06"}),
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "不是可读的 .xlsx"), (b"PK\x03\x04", "不是可读的 .xlsx"), (book([["决定", "新序号"]]), "没有找到表头"),
        (book([list(HEADINGS.values()), *([["调整", 1, "x"]] * 50_001)]), "超过 50000 行"),
        (
            book([["题"], [*HEADINGS.values(), "决 定 "], ["调整", 1, "2024-03-05", "停用"]]),
            "工作表“Sheet1”第2行的表头“决定”出现在 A、D 列",
        ),
    ],
)  # fmt: skip
def test_what_is_no_such_workbook_is_told(content: bytes, why: str):
    with pytest.raises(UnreadableTable, match=why):
        rows(content, HEADINGS, "decision")


def test_a_zip_bomb_is_not_unpacked():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/workbook.xml", b"0" * 110_000_000)
    with pytest.raises(UnreadableTable, match="过大"):
        rows(out.getvalue(), HEADINGS, "decision")


@given(st.data())
def test_damage_anywhere_is_read_or_told(data):
    sound = bytearray(book([list(HEADINGS.values()), ["调整", 1, "2024-01-01"]]))
    for _ in range(data.draw(st.integers(1, 5))):
        sound[data.draw(st.integers(0, len(sound) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(UnreadableTable):
        assert all(set(row) == set(HEADINGS) for _, row in rows(bytes(sound), HEADINGS, "decision")[1])
