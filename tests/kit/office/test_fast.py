"""Lists written fast are the bytes xlsxwriter writes a cell at a time."""

from datetime import date

import pytest
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pipelines.kit.office import styles
from pipelines.kit.office.column import Column, centred
from pipelines.kit.office.styles import workbook_bytes
from pipelines.kit.office.table import write_table

COLUMNS = Column("名称", 20), centred("代码", 9), Column("说明", 30)
PLAIN = [(f"名称{i % 7}", f"{i:05d}", f"第 {i} 行") for i in range(40)]
ODD = [
    ("", " a", "b "), ("<a>&amp;\"'", "_x000D_", "_x12_"), ("=1+1", "http://example.org", "%d%s#1048576"),
    ("一\n二", "\t", "\u3000"), ("x" * 40_000, "🀄" * 20_000, "\ufffe"), ("<r>x</r>", "\x01", "a_b"),
]  # fmt: skip


class CellByCell(Worksheet):
    def end_in(self, top, rows, cell_formats) -> None:
        for r, row in enumerate(rows, top):
            for c, (text, style) in enumerate(zip(row, cell_formats, strict=True)):
                self.write_string(r, c, text, style)


class PlainBook(Workbook):
    worksheet_class = CellByCell


def made(rows, top: int) -> bytes:
    """A workbook of two sheets with the same rows, the text of the second known from the first."""
    with workbook_bytes(date(2024, 1, 31), "表") as (book, formats, out):
        for name in ("甲", "乙"):
            sheet = book.add_worksheet(name)
            sheet.set_default_row(16.5)
            if top:
                sheet.write_string(0, 0, "标题", formats["title"])
            write_table(sheet, formats, top, COLUMNS, rows)
    return out.getvalue()


@pytest.mark.parametrize("rows", [PLAIN, ODD, PLAIN + ODD, PLAIN[:1]], ids=["plain", "odd", "both", "one"])
@pytest.mark.parametrize("top", [0, 2, 14, 15, 16])
def test_fast_rows_are_the_bytes_of_slow_ones(rows, top, monkeypatch):
    fast = made(rows, top)
    monkeypatch.setattr(styles, "TextBook", PlainBook)
    assert fast == made(rows, top)
