"""Workbooks written as XML (XML Spreadsheet 2003), which many systems call .xls.

Belongs here: cells of their sheets, with the types the file states. Does not belong here: the contract. No document
type declaration is taken, so nothing is ever fetched or unfolded.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.parsers import expat

from pipelines.ingest.formats import encoding as enc
from pipelines.ingest.formats.grids import Grid, squared
from pipelines.ingest.formats.workbook_guard import check_unfolded
from pipelines.ingest.values.table import UnreadableError

_LARGEST = 256 << 20
# A row costs as much as so many cells.
_NARROW = 26
_VALUES: dict[str, Callable[[str], Any]] = {
    "Number": float,
    "DateTime": datetime.fromisoformat,
    "Boolean": lambda text: text.strip() == "1",
}


def tables(file: Path) -> tuple[list[Grid], list[str]]:
    """(visible sheets with a cell, names of hidden ones). Raises UnreadableError: E_XLSX_FORM for a document type
    declaration, E_XLSX_DAMAGED, E_ENCODING, E_ZIP_BOMB."""
    if file.stat().st_size > _LARGEST:
        raise UnreadableError("E_ZIP_BOMB")
    content = file.read_bytes()
    cells = _Cells()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = cells.start, cells.end
    parser.CharacterDataHandler = cells.text
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(content.decode(enc.sniff(content)), True)
    except (expat.ExpatError, ValueError) as error:
        raise UnreadableError("E_XLSX_DAMAGED") from error
    return squared([g for g in cells.found if g.name not in cells.hidden]), cells.hidden


def _refuse(*_: object) -> None:
    raise UnreadableError("E_XLSX_FORM")


class _Cells:
    """Elements as they come. A row or cell without a number follows the one before."""

    def __init__(self) -> None:
        self.found: list[Grid] = []
        self.hidden: list[str] = []
        self._row, self._column, self._width = -1, -1, 0
        self._cell: dict[str, str] = {}
        self._type = ""
        self._text: list[str] | None = None
        self._is_open = False
        self._span = 0
        self._noted = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name, said = _local(tag), {_local(key): value for key, value in attributes.items()}
        if name == "Worksheet":
            self.found.append(Grid(said.get("Name", "")))
            self._row, self._width = -1, 0
        elif name == "Row" and self.found:
            self._row, self._column = _place(said, self._row), -1
            self._span = int(said.get("Span", 0))
        elif name == "Cell" and self.found:
            self._column = _place(said, self._column)
            self._cell, self._type, self._text = said, "", None
        elif name == "Comment":
            self._noted += 1
        elif name == "Data" and not self._noted:
            self._type, self._text, self._is_open = said.get("Type", "String"), [], True
        elif name == "Visible":
            self._text, self._is_open = [], True

    def text(self, text: str) -> None:
        if self._is_open and not self._noted:
            self._text.append(text)

    def end(self, tag: str) -> None:
        name = _local(tag)
        if name == "Comment":
            self._noted -= 1
        elif name in ("Data", "Visible") and not self._noted:
            self._is_open = False
            if name == "Visible" and self.found and "".join(self._text) != "SheetVisible":
                self.hidden.append(self.found[-1].name)
        elif name == "Cell" and self.found:
            self._end_cell()
        elif name == "Row":
            self._row += self._span

    def _end_cell(self) -> None:
        sheet, text = self.found[-1], None if self._text is None else "".join(self._text)
        formula, value = self._cell.get("Formula"), _value(text or "", self._type)
        if self._type == "Error":
            value = text or "#N/A"
            sheet.odd.add(self._row, self._column, value)
        elif formula is not None and text is None:
            value = "=" + formula.removeprefix("=")
            sheet.odd.add(self._row, self._column, value)
        elif formula is not None:
            sheet.odd.add(self._row, self._column)
        if value != "":
            self._put(value)
        across, down = int(self._cell.get("MergeAcross", 0)), int(self._cell.get("MergeDown", 0))
        if across or down:
            first = (self._row, self._column)
            sheet.merged_cell_ranges.append((first, (first[0] + down, first[1] + across)))
        self._column += across
        self._text = None

    def _put(self, value: Any) -> None:
        grid = self.found[-1].grid
        self._width = max(self._width, self._column + 1)
        check_unfolded((self._row + 1) * max(self._width, _NARROW), 0)
        grid.extend([] for _ in range(self._row + 1 - len(grid)))
        row = grid[self._row]
        row.extend([""] * (self._column + 1 - len(row)))
        row[self._column] = value


def _place(said: dict[str, str], before: int) -> int:
    """From 0; the file counts from 1. Raises ValueError."""
    place = int(said.get("Index", before + 2)) - 1
    if place < 0:
        raise ValueError("a place before the first")
    return place


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _value(text: str, kind: str) -> Any:
    """In the type the file states; what is none of it stays text."""
    if text and kind in _VALUES:
        with suppress(ValueError):
            return _VALUES[kind](text)
    return text
