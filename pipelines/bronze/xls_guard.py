"""Looking at an old workbook (xls, BIFF in an OLE2 container) before anything parses it.

Belongs here: encryption, macros, and which cells hold formulas, from the records of the stream ([MS-XLS] 2.1).
Does not belong here: reading cells (workbook_reader.py).
"""

import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import olefile

from pipelines.bronze.table import UnreadableError

_BOF, _PASSWORD, _SHEET, _FORMULA = 0x0809, 0x002F, 0x0085, 0x0006
_LARGEST = 512 << 20


def formulas(file: Path) -> Callable[[str], set[tuple[int, int]]]:
    """A function of the sheet's name: (row, column), both from 0, of its formulas.

    Raises UnreadableError: E_XLSX_FORM (encrypted, no workbook), E_XLSX_DAMAGED, E_MACRO, E_ZIP_BOMB (too large).
    """
    if file.stat().st_size > _LARGEST:
        raise UnreadableError("E_ZIP_BOMB")
    try:
        found = _inspect(file)
    except UnreadableError:
        raise
    except Exception as error:  # a damaged container fails in any way
        raise UnreadableError("E_XLSX_DAMAGED" if olefile.isOleFile(str(file)) else "E_XLSX_FORM") from error
    return lambda sheet: found.get(sheet, set())


def _inspect(file: Path) -> dict[str, set[tuple[int, int]]]:
    with olefile.OleFileIO(str(file)) as container:
        names = {entry[0].casefold() for entry in container.listdir(streams=True, storages=True)}
        stream = next((name for name in ("Workbook", "Book") if name.casefold() in names), None)
        if stream is None:
            raise UnreadableError("E_XLSX_FORM", "已加密" if "encryptedpackage" in names else "")
        if "_vba_project_cur" in names:
            raise UnreadableError("E_MACRO")
        content = container.openstream(stream).read()
    return _formulas(content)


def _formulas(content: bytes) -> dict[str, set[tuple[int, int]]]:
    names: dict[int, str] = {}
    found: dict[str, set[tuple[int, int]]] = {}
    current: set[tuple[int, int]] = set()
    for place, kind, body in _records(content):
        if kind == _PASSWORD:
            raise UnreadableError("E_XLSX_FORM", "已加密")
        if kind == _SHEET:
            names[struct.unpack_from("<I", body)[0]] = _name(body[6:])
        elif kind == _BOF:
            current = found.setdefault(names[place], set()) if place in names else set()
        elif kind == _FORMULA:
            current.add(struct.unpack_from("<HH", body))
    return found


def _records(content: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(offset, kind, body) of every record; padding after the last one ends it."""
    place = 0
    while place + 4 <= len(content):
        kind, size = struct.unpack_from("<HH", content, place)
        if kind == size == 0:
            return
        yield place, kind, content[place + 4 : place + 4 + size]
        place += 4 + size


def _name(text: bytes) -> str:
    """A short string: length, whether it is wide, characters."""
    length, is_wide = text[0], text[1] & 1
    return text[2 : 2 + 2 * length].decode("utf-16-le") if is_wide else text[2 : 2 + length].decode("latin-1")
