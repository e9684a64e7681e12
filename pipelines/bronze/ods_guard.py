"""Looking at an OpenDocument workbook (ods) before anything parses it.

Belongs here: caps, encryption, macros, how large its sheets unfold, and which cells hold formulas. Does not
belong here: reading cells (workbook_reader.py). An ods says "this row a million times", so a small file can be a
huge sheet; trailing blanks said that way are harmless and usual.
"""

import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

from pipelines.bronze.table import UnreadableError
from pipelines.bronze.workbook_guard import CAPS, DAMAGE, MAX_CELLS, check_sizes

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_MACROS = ("Basic/", "Scripts/")


def formulas(file: Path) -> Callable[[str], set[tuple[int, int]]]:
    """A function of the sheet's name: (row, column), both from 0, of its formulas.

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
    return lambda sheet: found.get(sheet, set())


def _walk(reader) -> dict[str, set[tuple[int, int]]]:
    found: dict[str, set[tuple[int, int]]] = {}
    current: set[tuple[int, int]] = set()
    row = last_row = column = last_column = 0
    for event, element in ElementTree.iterparse(reader, events=("start", "end")):
        if event == "start":
            if element.tag == f"{_TABLE}table":
                current = found.setdefault(element.get(f"{_TABLE}name", ""), set())
                row = last_row = last_column = 0
            elif element.tag == f"{_TABLE}table-row":
                column = 0
            continue
        if element.tag in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            if element.get(f"{_TABLE}formula") is not None:
                current.add((row, column))
            column += int(element.get(f"{_TABLE}number-columns-repeated", 1))
            if element.get(f"{_OFFICE}value-type"):
                last_column, last_row = max(last_column, column), row + 1
        elif element.tag == f"{_TABLE}table-row":
            repeated = int(element.get(f"{_TABLE}number-rows-repeated", 1))
            last_row = last_row + repeated - 1 if last_row == row + 1 else last_row
            row += repeated
            element.clear()
            if last_row * last_column > MAX_CELLS:
                raise UnreadableError("E_ZIP_BOMB", f"展开后超过 {MAX_CELLS // 1_000_000} 百万格")
    return found
