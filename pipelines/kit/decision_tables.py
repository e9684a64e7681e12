"""Decisions handed in as a workbook of ours that somebody has filled in.

Belongs here: cells to texts, and which rows say something. Does not belong here: what must be in a row
(decision_files.py), writing such a workbook.
"""

import io
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

ENDING = ".xlsx"
# Unpacked: a workbook of ours has some hundred rows.
_MAX_BYTES = 50_000_000
_MAX_ROWS = 10_000


class UnreadableTable(ValueError):
    """The message says in Chinese why nobody can read it."""


def rows(content: bytes, headings: Mapping[str, str], decided: str) -> list[tuple[int, dict[str, str]]]:
    """(row number, text by name) of every row whose cell `decided` is filled in; `headings` by name.

    Reads the first sheet in which one row has all headings, in whatever order. Raises UnreadableTable.
    """
    from python_calamine import CalamineWorkbook  # only who is handed a workbook needs it

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            if sum(part.file_size for part in file.infolist()) > _MAX_BYTES:
                raise UnreadableTable("解开后过大，不像是填报的工作簿；")
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names]
    except UnreadableTable:
        raise
    except Exception:  # whatever a damaged file makes the libraries raise
        raise UnreadableTable("不是可读的 .xlsx 工作簿；") from None
    for sheet in sheets:
        for top, row in enumerate(sheet):
            places = {_text(cell): column for column, cell in enumerate(row)}
            if all(heading in places for heading in headings.values()):
                return _below(sheet, top, {name: places[heading] for name, heading in headings.items()}, decided)
    raise UnreadableTable(f"没有找到表头（{'、'.join(headings.values())}），请在发给您的工作簿里填写；")


def _below(
    sheet: list[list[Any]], top: int, columns: Mapping[str, int], decided: str
) -> list[tuple[int, dict[str, str]]]:
    if len(sheet) - top > _MAX_ROWS:
        raise UnreadableTable(f"超过 {_MAX_ROWS} 行；")
    found = ((number, {name: _text(row[c]) for name, c in columns.items()}) for number, row in enumerate(sheet, 1))
    return [(number, row) for number, row in found if number > top + 1 and row[decided]]


def _text(cell: Any) -> str:
    """A cell as it is read on the screen: whole numbers without a point, days as YYYY-MM-DD."""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
