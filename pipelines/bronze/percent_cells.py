"""Cells formatted as per cent: what shows 95 % is kept as 0.95.

Belongs here: which cells of a workbook are formatted so. Does not belong here: what follows for a column whose unit
is % (workbook_reader.py). Looked for only where a feed has such a column.
"""

import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import olefile

from pipelines.bronze import kinds, xls_guard
from pipelines.bronze.cells import text
from pipelines.bronze.sheet_walk import column_number
from pipelines.bronze.table import UnreadableError
from pipelines.bronze.workbook_guard import DAMAGE, parts_of, sheet_parts

# Column -> rows, from 0.
Places = dict[int, set[int]]
_OF_THEMSELVES = {9, 10}
_SAID = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_LETTERS = re.compile("[A-Za-z]+")
_FORMAT, _STYLE, _BOF, _SHEET = 0x041E, 0x00E0, 0x0809, 0x0085
_NUMBER, _SHORT, _FORMULA, _SEVERAL = 0x0203, 0x027E, 0x0006, 0x00BD
_BIFF8 = 0x0600
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"


def percent_cells(file: Path, kind: str) -> dict[str, Places]:
    """Sheet -> its cells. The file has passed its guard. Raises UnreadableError."""
    if kind not in _READ:
        return {}
    try:
        return _READ[kind](file)
    except (*DAMAGE, struct.error, IndexError) as error:
        raise UnreadableError("E_XLSX_DAMAGED") from error


def hundredfold(value: Any) -> Any:
    """The number a cell of per cent shows."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return Decimal(text(value)) * 100 if is_number else value


def _is_percent(code: str) -> bool:
    """Whether a number format multiplies by a hundred: a % that is not quoted."""
    return "%" in _SAID.sub("", code)


def _xlsx(file: Path) -> dict[str, Places]:
    with zipfile.ZipFile(file) as archive:
        parts = parts_of(archive)
        if "xl/styles.xml" not in parts:
            return {}
        styles = _styles(ElementTree.fromstring(archive.read(parts["xl/styles.xml"])))
        found = {}
        for sheet, part in sheet_parts(archive, parts).items():
            with archive.open(parts[part]) as stream:
                found[sheet] = _places(_xlsx_cells(stream, styles))
        return found


def _styles(root: ElementTree.Element) -> set[str]:
    """Numbers of the cell styles that are per cent."""
    formats = {
        f.get("numFmtId") for f in root.findall(".//{*}numFmts/{*}numFmt") if _is_percent(f.get("formatCode", ""))
    } | {str(n) for n in _OF_THEMSELVES}
    styles = root.findall("{*}cellXfs/{*}xf")
    return {str(number) for number, style in enumerate(styles) if style.get("numFmtId") in formats}


def _xlsx_cells(stream, styles: set[str]) -> Iterator[tuple[int, int]]:
    number = -1
    for _, row in ElementTree.iterparse(stream):
        if row.tag.rpartition("}")[2] != "row":
            continue
        number, column = int(row.get("r", number + 2)) - 1, -1
        for cell in row:
            letters = _LETTERS.match(cell.get("r", ""))
            column = column_number(letters[0]) if letters else column + 1
            if cell.get("s", "0") in styles:
                yield number, column
        row.clear()


def _xls(file: Path) -> dict[str, Places]:
    with olefile.OleFileIO(str(file)) as container:
        name = "Workbook" if container.exists("Workbook") else "Book"
        content = container.openstream(name).read()
    formats, styles, names, current = set(_OF_THEMSELVES), [], {}, ""
    found: dict[str, list[tuple[int, int]]] = {}
    is_wide = False
    for place, kind, body in xls_guard.records(content):
        if kind == _BOF:
            is_wide, current = struct.unpack_from("<H", body)[0] >= _BIFF8, names.get(place, "")
        elif kind == _FORMAT:
            code = _format_code(body, is_wide)
            formats = formats | {body[0] | body[1] << 8} if _is_percent(code) else formats
        elif kind == _STYLE:
            styles.append(struct.unpack_from("<H", body, 2)[0])
        elif kind == _SHEET:
            names[struct.unpack_from("<I", body)[0]] = xls_guard.short_text(body[6:])
        else:
            cells = _xls_cells(kind, body)
            found.setdefault(current, []).extend((r, c) for r, c, style in cells if styles[style] in formats)
    return {sheet: _places(iter(cells)) for sheet, cells in found.items()}


def _format_code(body: bytes, is_wide: bool) -> str:
    """A % is one byte in either alphabet, and noughts beside it do no harm."""
    return body[5 if is_wide else 3 :].replace(b"\0", b"").decode("latin-1")


def _xls_cells(kind: int, body: bytes) -> Iterator[tuple[int, int, int]]:
    """(row, column, style) of the numbers in a record."""
    if kind in (_NUMBER, _SHORT, _FORMULA):
        yield struct.unpack_from("<HHH", body)
    elif kind == _SEVERAL:
        row, column = struct.unpack_from("<HH", body)
        for number, at in enumerate(range(4, len(body) - 2, 6)):
            yield row, column + number, struct.unpack_from("<H", body, at)[0]


def _ods(file: Path) -> dict[str, Places]:
    found: dict[str, list[tuple[int, int]]] = {}
    with zipfile.ZipFile(file) as archive, archive.open("content.xml") as stream:
        current, number = "", 0
        for event, element in ElementTree.iterparse(stream, events=("start", "end")):
            if event == "start" and element.tag == f"{_TABLE}table":
                current, number = element.get(f"{_TABLE}name", ""), 0
            elif event == "end" and element.tag == f"{_TABLE}table-row":
                repeated = int(element.get(f"{_TABLE}number-rows-repeated", 1))
                columns = list(_ods_columns(element))
                rows = range(number, number + repeated) if columns else ()
                found.setdefault(current, []).extend((r, c) for r in rows for c in columns)
                number += repeated
                element.clear()
    return {sheet: _places(iter(cells)) for sheet, cells in found.items()}


def _ods_columns(row: ElementTree.Element) -> Iterator[int]:
    column = 0
    for cell in row:
        width = int(cell.get(f"{_TABLE}number-columns-repeated", 1))
        if cell.get(f"{_OFFICE}value-type") == "percentage":
            yield from range(column, column + width)
        column += width


def _places(cells: Iterator[tuple[int, int]]) -> Places:
    found: Places = {}
    for row, column in cells:
        found.setdefault(column, set()).add(row)
    return found


_READ: dict[str, Callable[[Path], dict[str, Places]]] = {kinds.XLSX: _xlsx, kinds.XLS: _xls, kinds.ODS: _ods}
