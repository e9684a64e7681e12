"""Decisions handed in as a workbook of ours that somebody has filled in.

Belongs here: cells to texts, and which rows say something. Does not belong here: what must be in a row
(decision_files.py), writing such a workbook.
"""

import io
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pipelines.kit.contracts.heading import normal

ENDING = ".xlsx"
# Unpacked: a workbook of ours has some hundred rows, the letter of a whole city some ten thousand.
_MAX_BYTES = 100_000_000
_MAX_ROWS = 50_000


class UnreadableTable(ValueError):
    """The message says in Chinese why nobody can read it."""


def rows(content: bytes, headings: Mapping[str, str], decided: str) -> tuple[str, list[tuple[int, dict[str, str]]]]:
    """The sheet that holds the decisions, and (row number, text by name) of each of its rows whose cell `decided` is
    filled in; `headings` by name.

    Reads the first sheet in which one row has all headings, in whatever order, written as files of departments may
    write them (contracts/heading.py). Raises UnreadableTable.
    """
    from python_calamine import CalamineWorkbook  # only who is handed a workbook needs it

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            if sum(part.file_size for part in file.infolist()) > _MAX_BYTES:
                raise UnreadableTable("解开后过大，不像是填报的工作簿；")
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except UnreadableTable:
        raise
    except Exception:  # whatever a damaged file makes the libraries raise
        raise UnreadableTable("不是可读的 .xlsx 工作簿；") from None
    for name, sheet in sheets.items():
        for top, row in enumerate(sheet):
            places: dict[str, list[int]] = {}
            for column, cell in enumerate(row):
                places.setdefault(normal(_text(cell)), []).append(column)
            if all(normal(heading) in places for heading in headings.values()):
                columns = {of: places[normal(heading)] for of, heading in headings.items()}
                _require_once(f"工作表“{name}”第{top + 1}行", headings, columns)
                return name, _below(sheet, top, {of: found[0] for of, found in columns.items()}, decided)
    raise UnreadableTable(f"没有找到表头（{'、'.join(headings.values())}），请在发给您的工作簿里填写；")


def _require_once(where: str, headings: Mapping[str, str], columns: Mapping[str, list[int]]) -> None:
    """Of two columns with one heading nobody knows which one was meant. Raises UnreadableTable."""
    from pipelines.kit.office.styles import letter  # loads what writes workbooks

    for name, found in columns.items():
        if len(found) > 1:
            letters = "、".join(letter(column) for column in found)
            raise UnreadableTable(f"{where}的表头“{headings[name]}”出现在 {letters} 列，请只保留一列；")


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
