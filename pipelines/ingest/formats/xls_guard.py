"""Looking at an old workbook (xls, BIFF in an OLE2 container) before anything parses it.

Belongs here: encryption, macros, how many cells and how much text its sheets unfold to, and which cells are formulas
or errors, from the records of the stream ([MS-XLS] 2.1). Does not belong here: the table of shared strings
(xls_strings.py), reading cells (workbook_reader.py).
"""

import struct
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import olefile

from pipelines.ingest.formats import kinds
from pipelines.ingest.formats.odd_cells import OddCells
from pipelines.ingest.formats.workbook_guard import check_unfolded
from pipelines.ingest.formats.xls_strings import string_sizes
from pipelines.ingest.values.table import UnreadableError

_BOF, _PASSWORD, _SHEET, _FORMULA, _ERROR = 0x0809, 0x002F, 0x0085, 0x0006, 0x0205
_STRINGS, _CONTINUE, _STRING_CELL = 0x00FC, 0x003C, 0x00FD
# Numbers (RK, NUMBER, MULRK), texts (LABELSST, LABEL, RSTRING), truth values and errors, formulas.
_CONTENT = {0x027E, 0x0203, 0x00BD, _STRING_CELL, 0x0204, 0x00D6, _ERROR, _FORMULA}
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_PAPERS = {"worddocument": kinds.WORD, "powerpoint document": kinds.SLIDES}
_LARGEST = 512 << 20


def odd_cells(file: Path) -> Callable[[str], OddCells]:
    """A function of the sheet's name: its formulas, and its cells that only show something.

    Raises UnreadableError: E_XLSX_FORM (encrypted, no workbook), E_XLSX_DAMAGED, E_MACRO, E_ZIP_BOMB (too large).
    """
    if file.stat().st_size > _LARGEST:
        raise UnreadableError("E_ZIP_BOMB")
    try:
        found = _inspect(file)
    except (UnreadableError, MemoryError):
        raise
    except Exception as error:  # a damaged container fails in any way
        raise UnreadableError("E_XLSX_DAMAGED" if olefile.isOleFile(str(file)) else "E_XLSX_FORM") from error
    return lambda sheet: found.get(sheet, OddCells())


def _inspect(file: Path) -> dict[str, OddCells]:
    with olefile.OleFileIO(str(file)) as container:
        names = {entry[0].casefold() for entry in container.listdir(streams=True, storages=True)}
        stream = next((name for name in ("Workbook", "Book") if name.casefold() in names), None)
        if paper := next((what for name, what in _PAPERS.items() if name in names), None):
            raise UnreadableError("E_KIND", paper)
        if stream is None:
            raise UnreadableError("E_XLSX_FORM", "已加密" if "encryptedpackage" in names else "")
        if "_vba_project_cur" in names:
            raise UnreadableError("E_MACRO")
        content = container.openstream(stream).read()
    book = _read(content)
    check_unfolded(sum(s.height * s.width for s in book.sheets.values()), book.text())
    return {name: sheet.odd for name, sheet in book.sheets.items()}


@dataclass
class _Sheet:
    odd: OddCells = field(default_factory=OddCells)
    height: int = 0
    width: int = 0

    def add(self, kind: int, body: bytes) -> None:
        """A record with content."""
        row, column = struct.unpack_from("<HH", body)
        self.height, self.width = max(self.height, row + 1), max(self.width, column + 1)
        if kind == _FORMULA:
            self.odd.add(row, column)
        if (error := _error(kind, body)) is not None:
            self.odd.add(row, column, _ERRORS.get(error, "#N/A"))


@dataclass
class _Book:
    sheets: dict[str, _Sheet] = field(default_factory=dict)
    strings: list[bytes] = field(default_factory=list)
    uses: Counter[int] = field(default_factory=Counter)

    def text(self) -> int:
        """Bytes of the shared strings, each as often as it is used."""
        sizes = string_sizes(self.strings)
        return sum(sizes[i] * n for i, n in self.uses.items() if i < len(sizes))


def _read(content: bytes) -> _Book:
    book, names, current, before = _Book(), {}, _Sheet(), 0
    for place, kind, body in records(content):
        if kind == _PASSWORD:
            raise UnreadableError("E_XLSX_FORM", "已加密")
        if kind == _SHEET:
            names[struct.unpack_from("<I", body)[0]] = short_text(body[6:])
        elif kind == _BOF:
            current = book.sheets.setdefault(names[place], _Sheet()) if place in names else _Sheet()
        elif kind == _STRINGS or (kind == _CONTINUE and before == _STRINGS):
            book.strings.append(body)
        elif kind in _CONTENT:
            current.add(kind, body)
            if kind == _STRING_CELL:
                book.uses[struct.unpack_from("<I", body, 6)[0]] += 1
        before = before if kind == _CONTINUE else kind
    return book


def _error(kind: int, body: bytes) -> int | None:
    """The error a cell holds: by itself, or as what its formula came to."""
    if kind == _ERROR and body[7]:
        return body[6]
    if kind == _FORMULA and body[12:14] == b"\xff\xff" and body[6] == 2:
        return body[8]
    return None


def records(content: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(offset, kind, body) of every record; padding after the last one ends it."""
    place = 0
    while place + 4 <= len(content):
        kind, size = struct.unpack_from("<HH", content, place)
        if kind == size == 0:
            return
        yield place, kind, content[place + 4 : place + 4 + size]
        place += 4 + size


def short_text(text: bytes) -> str:
    """A short string: length, whether it is wide, characters."""
    length, is_wide = text[0], text[1] & 1
    return text[2 : 2 + 2 * length].decode("utf-16-le") if is_wide else text[2 : 2 + length].decode("latin-1")
