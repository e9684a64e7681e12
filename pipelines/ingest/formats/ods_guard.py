"""Looking at an OpenDocument workbook (ods) before anything parses it.

Belongs here: caps, encryption, macros, how many cells and how much text its sheets unfold to, and which cells are
formulas or errors. Does not belong here: reading cells (workbook_reader.py). An ods says "this row a million times",
so a small file can be a huge sheet; trailing blanks said that way are harmless and usual.
"""

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

from pipelines.ingest.formats.odd_cells import OddCells
from pipelines.ingest.formats.workbook_guard import CAPS, DAMAGE, check_sizes, check_unfolded
from pipelines.ingest.values.table import UnreadableError

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_ERROR = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_MACROS = ("Basic/", "Scripts/")


def odd_cells(file: Path) -> Callable[[str], OddCells]:
    """A function of the sheet's name: its formulas, and its cells that only show something.

    Raises UnreadableError: E_XLSX_FORM (encrypted), E_XLSX_DAMAGED, E_ZIP_BOMB, E_MACRO.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            check_sizes(archive, CAPS)
            names = archive.namelist()
            if b"encryption-data" in archive.read("META-INF/manifest.xml"):
                raise UnreadableError("E_XLSX_FORM", "已加密")
            if any(name.startswith(_MACROS) and not name.endswith(("script-lc.xml", "/")) for name in names):
                raise UnreadableError("E_MACRO")
            for name in names:
                if name != "content.xml":
                    with archive.open(name) as reader:
                        while reader.read(1 << 20):
                            pass
            with archive.open("content.xml") as reader:
                found = _walk(reader)
    except DAMAGE as error:
        raise UnreadableError("E_XLSX_DAMAGED") from error
    return lambda sheet: found.get(sheet, OddCells())


@dataclass
class _Table:
    """One sheet so far; `height` and `width` reach to the last cell with content, `text` counts bytes."""

    odd: OddCells = field(default_factory=OddCells)
    row: int = 0
    height: int = 0
    width: int = 0
    text: int = 0

    def add(self, row: ElementTree.Element) -> None:
        """The next row, as often as it says. Raises UnreadableError."""
        repeated = int(row.get(f"{_TABLE}number-rows-repeated", 1))
        column, text = 0, 0
        for cell in row:
            if cell.tag not in _CELLS:
                continue
            width = int(cell.get(f"{_TABLE}number-columns-repeated", 1))
            shown, is_content = _shown(cell), cell.get(f"{_OFFICE}value-type") is not None
            if cell.get(f"{_TABLE}formula") is not None:
                self.odd.add(self.row, column, None, repeated, width)
            if shown is not None:
                self.odd.add(self.row, column, shown, repeated, width)
            column += width
            if is_content:
                text += width * sum(len(part.encode()) for part in cell.itertext())
            if is_content or shown is not None:
                self.width, self.height = max(self.width, column), self.row + repeated
        self.row += repeated
        self.text += text * repeated


def _walk(stream: IO[bytes]) -> dict[str, OddCells]:
    tables: dict[str, _Table] = {}
    for current, row in _rows(stream, tables):
        current.add(row)
        cells = sum(t.height * t.width for t in tables.values())
        check_unfolded(cells, sum(t.text for t in tables.values()))
        row.clear()
    return {name: table.odd for name, table in tables.items()}


def _rows(stream: IO[bytes], tables: dict[str, _Table]) -> Iterator[tuple[_Table, ElementTree.Element]]:
    """Every row with its table."""
    current = _Table()
    for event, element in ElementTree.iterparse(stream, events=("start", "end")):
        if event == "start" and element.tag == f"{_TABLE}table":
            current = tables.setdefault(element.get(f"{_TABLE}name", ""), _Table())
        elif event == "end" and element.tag == f"{_TABLE}table-row":
            yield current, element


def _shown(cell: ElementTree.Element) -> str | None:
    """What a cell without a value shows: an error, or a formula nobody has calculated."""
    formula = cell.get(f"{_TABLE}formula")
    if cell.get(_ERROR) == "error":
        return "".join(cell.itertext()).strip() or "#N/A"
    if formula is not None and cell.get(f"{_OFFICE}value-type") is None:
        return "=" + formula.rpartition(":=")[2].removeprefix("=")
    return None
