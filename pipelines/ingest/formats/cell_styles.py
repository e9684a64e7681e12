"""What the style of a cell says beside its value: that 0.95 is shown as 95 %, that a name stands further in, that a
number is one of 万元.

Belongs here: finding such cells in workbooks. Does not belong here: what follows (workbook_reader.py, outline.py).
Looked for only where a feed has a column with a unit or one with indent.
"""

import re
import struct
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree

import olefile

from pipelines.ingest.formats import kinds, xls_guard
from pipelines.ingest.formats.cells import text
from pipelines.ingest.formats.odd_cells import Style, Styles
from pipelines.ingest.formats.sheet_walk import column_number
from pipelines.ingest.formats.workbook_guard import DAMAGE, parts_of, sheet_parts
from pipelines.ingest.values.table import UnreadableError
from pipelines.ingest.values.units import in_format

_OF_THEMSELVES = {9, 10}
_SAID = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_LETTERS = re.compile("[A-Za-z]+")
_FORMAT, _STYLE, _BOF, _SHEET = 0x041E, 0x00E0, 0x0809, 0x0085
_NUMBER, _SHORT, _FORMULA, _SEVERAL, _TEXT = 0x0203, 0x027E, 0x0006, 0x00BD, 0x00FD
_BIFF8 = 0x0600
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"


# (row, column, style)
Cells = Iterable[tuple[int, int, Style]]


def cell_styles(file: Path, kind: str) -> dict[str, Styles]:
    """Sheet -> what its styles say. The file has passed its guard. Raises UnreadableError."""
    found: dict[str, Styles] = {}
    try:
        for sheet, cells in _READ[kind](file) if kind in _READ else ():
            styles = found.setdefault(sheet, Styles())
            for row, column, style in cells:
                styles.add(row, column, style)
    except (*DAMAGE, struct.error, IndexError) as error:
        raise UnreadableError("E_XLSX_DAMAGED") from error
    return found


def hundredfold(value: Any) -> Any:
    """The number a cell of per cent shows."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return Decimal(text(value)) * 100 if is_number else value


def _shown(code: str) -> Style:
    """What a number format says of the numbers it shows."""
    return Style(_is_percent(code), unit=in_format(code))


def _is_percent(code: str) -> bool:
    """Whether a number format multiplies by a hundred: a % that is not quoted."""
    return "%" in _SAID.sub("", code)


def _xlsx(file: Path) -> Iterator[tuple[str, Cells]]:
    with zipfile.ZipFile(file) as archive:
        parts = parts_of(archive)
        if "xl/styles.xml" not in parts:
            return
        styles = _xlsx_styles(ElementTree.fromstring(archive.read(parts["xl/styles.xml"])))
        if not styles:
            return
        for sheet, part in sheet_parts(archive, parts).items():
            if part in parts:
                with archive.open(parts[part]) as stream:
                    yield sheet, _xlsx_cells(stream, styles)


def _xlsx_styles(root: ElementTree.Element) -> dict[str, Style]:
    """Styles that say something, by number."""
    codes = {f.get("numFmtId"): f.get("formatCode", "") for f in root.findall(".//{*}numFmts/{*}numFmt")}
    shown = {str(n): Style(is_percent=True) for n in _OF_THEMSELVES} | {n: _shown(code) for n, code in codes.items()}
    found = {}
    for number, style in enumerate(root.findall("{*}cellXfs/{*}xf")):
        alignment = style.find("{*}alignment")
        indent = 0 if alignment is None else int(alignment.get("indent", 0))
        said = replace(shown.get(style.get("numFmtId"), Style()), indent=indent)
        if said != Style():
            found[str(number)] = said
    return found


def _xlsx_cells(stream: IO[bytes], styles: dict[str, Style]) -> Cells:
    number = -1
    for _, row in ElementTree.iterparse(stream):
        if row.tag.rpartition("}")[2] != "row":
            continue
        number, column = int(row.get("r", number + 2)) - 1, -1
        for cell in row:
            letters = _LETTERS.match(cell.get("r", ""))
            column = column_number(letters[0]) if letters else column + 1
            if style := styles.get(cell.get("s", "0")):
                is_number = cell.get("t", "n") == "n" and cell.find("{*}v") is not None
                yield number, column, style if is_number else replace(style, unit=None)
        row.clear()


def _xls(file: Path) -> Iterator[tuple[str, Cells]]:
    with olefile.OleFileIO(str(file)) as container:
        name = "Workbook" if container.exists("Workbook") else "Book"
        content = container.openstream(name).read()
    formats, styles, names, current = {n: Style(is_percent=True) for n in _OF_THEMSELVES}, [], {}, ""
    is_new = False
    for place, kind, body in xls_guard.records(content):
        if kind == _BOF:
            is_new, current = struct.unpack_from("<H", body)[0] >= _BIFF8, names.get(place, "")
        elif kind == _FORMAT:
            formats[struct.unpack_from("<H", body)[0]] = _shown(_format_code(body, is_new))
        elif kind == _STYLE:
            indent = body[8] & 15 if is_new else 0
            styles.append(replace(formats.get(struct.unpack_from("<H", body, 2)[0], Style()), indent=indent))
        elif kind == _SHEET:
            names[struct.unpack_from("<I", body)[0]] = xls_guard.short_text(body[6:])
        elif kind in (_NUMBER, _SHORT, _FORMULA, _TEXT, _SEVERAL):
            said = styles if kind != _TEXT else [replace(style, unit=None) for style in styles]
            yield current, ((row, column, said[style]) for row, column, style in _xls_cells(kind, body))


def _format_code(body: bytes, is_new: bool) -> str:
    if not is_new:
        return body[3:].decode("gb18030", errors="replace")
    return body[5:].decode("utf-16-le" if body[4] & 1 else "latin-1", errors="replace")


def _xls_cells(kind: int, body: bytes) -> Iterator[tuple[int, int, int]]:
    """(row, column, number of the style) of the cells in a record."""
    if kind != _SEVERAL:
        yield struct.unpack_from("<HHH", body)
        return
    row, column = struct.unpack_from("<HH", body)
    for number, at in enumerate(range(4, len(body) - 2, 6)):
        yield row, column + number, struct.unpack_from("<H", body, at)[0]


def _ods(file: Path) -> Iterator[tuple[str, Cells]]:
    """Indent lies in styles of paragraphs there, which programs write in many ways: only blanks count."""
    with zipfile.ZipFile(file) as archive, archive.open("content.xml") as stream:
        current, number = "", 0
        for event, element in ElementTree.iterparse(stream, events=("start", "end")):
            if event == "start" and element.tag == f"{_TABLE}table":
                current, number = element.get(f"{_TABLE}name", ""), 0
            elif event == "end" and element.tag == f"{_TABLE}table-row":
                repeated = int(element.get(f"{_TABLE}number-rows-repeated", 1))
                columns = list(_ods_columns(element))
                rows = range(number, number + repeated) if columns else ()
                yield current, ((row, column, Style(is_percent=True)) for row in rows for column in columns)
                number += repeated
                element.clear()


def _ods_columns(row: ElementTree.Element) -> Iterator[int]:
    """Columns of the cells of per cent."""
    column = 0
    for cell in row:
        width = int(cell.get(f"{_TABLE}number-columns-repeated", 1))
        if cell.get(f"{_OFFICE}value-type") == "percentage":
            yield from range(column, column + width)
        column += width


_READ: dict[str, Callable[[Path], Iterator[tuple[str, Cells]]]] = {kinds.XLSX: _xlsx, kinds.XLS: _xls, kinds.ODS: _ods}
