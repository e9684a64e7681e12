"""A return workbook in the hands of a person: read, fill in, rearrange.

Belongs here: what happens to cells and sheets. Does not belong here: what is answered (rows.py), the file
(saving.py). The workbook is changed in place.
"""

import io
from collections.abc import Callable, Iterable
from datetime import date

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.give.returns import columns as layout
from pipelines.give.returns.columns import ANOMALY_SHEET, COL
from pipelines.kit.office.sheets import load_sheets
from prefecture.townships import ways
from prefecture.townships.chance import pick
from prefecture.townships.rows import COMMENT, Asked, Said

_REMARK, _DONE, _COMMENT = "备注", "已核", "以上内容均已与村居核对，有疑问请电话联系。"
_RESIDENTS = load_sheets(layout.TOWNSHIP)["residents"].title
_RENAMED = {_RESIDENTS: "人口（已看）", layout.ANOMALIES: "异常清单（已填）"}
_SORTED_BY = ("name", "village_name", "id_no", "ticket")


def open_book(plain: bytes) -> openpyxl.Workbook:
    """The workbook of unencrypted bytes."""
    return openpyxl.load_workbook(io.BytesIO(plain))


def read_rows(book: openpyxl.Workbook) -> list[Asked]:
    """The rows of 异常清单."""
    sheet = book[layout.ANOMALIES]
    rows = range(ANOMALY_SHEET.first_row + 1, sheet.max_row + 1)
    asked = (
        Asked(
            row,
            _cell(sheet, row, "row_key").value,
            str(_cell(sheet, row, "rule").value).split()[0],
            _cell(sheet, row, "group_key").value,
        )
        for row in rows
    )
    return [a for a in asked if a.ticket_id]


def grid_labels(book: openpyxl.Workbook) -> dict[str, str]:
    """Grid code -> text of the drop-down."""
    column = next(book[layout.CODES].iter_cols(1, 1, min_row=2, values_only=True), ())
    return {text.split()[0]: text for text in column if text}


def fill(book: openpyxl.Workbook, asked: Iterable[Asked], said: Iterable[Said]) -> None:
    """Type the answers; a grid is chosen from the drop-down when it is there."""
    sheet, labels, place = book[layout.ANOMALIES], grid_labels(book), {a.ticket_id: a.row for a in asked}
    for given in said:
        cells = (given.answer, labels.get(given.value, given.value), given.note)
        for name, text in zip(("answer", "new_value", "note"), cells, strict=True):
            _cell(sheet, place[given.ticket_id], name).value = text


def sign_off(book: openpyxl.Workbook, day: date) -> None:
    """Fill in the yellow cells of 回执."""
    for i, said in enumerate(("镇街数据专员", "12800000000", day.isoformat(), "镇街负责人")):
        book[layout.RECEIPT].cell(layout.SIGN_OFF_ROW + i + 1, layout.SIGN_OFF_COLUMN + 1).value = said


def rearrange(book: openpyxl.Workbook, way: str, *named: object) -> list[Said]:
    """What the way does to sheets and rows; returns the rows added by it."""
    change = _CHANGES.get(way)
    if change is None:
        return []
    return change(book, *named) or []


def _sort(book: openpyxl.Workbook, *named: object) -> None:
    """Whole rows by another column, as the sort button does it."""
    sheet, key = book[layout.ANOMALIES], COL[pick(_SORTED_BY, *named, "sorted by")]
    last = ANOMALY_SHEET.first_row + len(read_rows(book))
    rows = [[(cell.value, cell._style) for cell in sheet[row]] for row in range(ANOMALY_SHEET.first_row + 1, last + 1)]
    rows.sort(key=lambda cells: str(cells[key][0] or ""), reverse=True)
    for row, cells in enumerate(rows, ANOMALY_SHEET.first_row + 1):
        for cell, (value, style) in zip(sheet[row], cells, strict=True):
            cell.value, cell._style = value, style


def _add_column(book: openpyxl.Workbook, *_: object) -> None:
    sheet, column = book[layout.ANOMALIES], len(ANOMALY_SHEET.written) + 1
    sheet.cell(ANOMALY_SHEET.first_row, column).value = _REMARK
    for asked in read_rows(book):
        if _cell(sheet, asked.row, "answer").value:
            sheet.cell(asked.row, column).value = _DONE


def _add_comment(book: openpyxl.Workbook, *_: object) -> list[Said]:
    book[layout.ANOMALIES].cell(ANOMALY_SHEET.first_row + len(read_rows(book)) + 1, 1).value = _COMMENT
    return [Said(None, COMMENT, note=_COMMENT)]


def _rename(sheet: str) -> Callable[..., None]:
    def change(book: openpyxl.Workbook, *_: object) -> None:
        book[sheet].title = _RENAMED[sheet]

    return change


_CHANGES: dict[str, Callable[..., list[Said] | None]] = {
    ways.SORTED: _sort,
    ways.EXTRA_COLUMN: _add_column,
    ways.COMMENT_ROW: _add_comment,
    ways.LIST_RENAMED: _rename(_RESIDENTS),
    ways.SHEET_RENAMED: _rename(layout.ANOMALIES),
}


def _cell(sheet: Worksheet, row: int, column: str):
    return sheet.cell(row, COL[column] + 1)
