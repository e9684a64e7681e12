"""Looking at a workbook before anything parses it.

Belongs here: size and ratio caps, damage, encryption, macros, how large its sheets unfold, and which cells hold
formulas. Does not belong here: reading cells (workbook_reader.py). Every entry is unpacked once, in pieces, so
sizes a file claims but does not keep are found out, and nothing large is ever held. The parser makes room for a
sheet from its first to its last cell, and a letter in the last cell of Excel would end the process.
"""

import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from pipelines.bronze.table import UnreadableError

# A sheet as a rectangle; without a column beyond Z it cannot be larger, Excel ends at row 1,048,576.
MAX_CELLS = 50_000_000
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    KeyError,
    ValueError,
    ElementTree.ParseError,
)
_CHUNK = 1 << 20
_OVERLAP = 32
_OLE = b"\xd0\xcf\x11\xe0"
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_FAR = re.compile(rb"r\s*=\s*[\"'][A-Za-z]{2,3}[0-9]")
_CELL = re.compile(rb"r\s*=\s*[\"']([A-Za-z]{1,3})([0-9]+)[\"']")
_PLACE = re.compile(r"([A-Z]{1,3})(\d+)")


@dataclass(frozen=True)
class Caps:
    """Limits of a workbook: bytes unpacked in all, entries, and the ratio above `ratio_from` bytes."""

    unpacked: int = 1 << 30
    entries: int = 5_000
    ratio: int = 150
    ratio_from: int = 20 << 20


CAPS = Caps()


def inspect(file: Path, caps: Caps = CAPS) -> frozenset[str]:
    """Names of the entries that hold a formula.

    Raises UnreadableError: E_EMPTY, E_XLSX_FORM (encrypted, old .xls, no workbook), E_XLSX_DAMAGED,
    E_ZIP_BOMB, E_MACRO.
    """
    if file.stat().st_size == 0:
        raise UnreadableError("E_EMPTY")
    with file.open("rb") as reader:
        magic = reader.read(4)
    if magic == _OLE or not magic.startswith(b"PK"):
        raise UnreadableError("E_XLSX_FORM")
    try:
        with zipfile.ZipFile(file) as archive:
            return _inspect(archive, caps)
    except DAMAGE as error:
        raise UnreadableError("E_XLSX_DAMAGED") from error


def formulas(file: Path) -> Callable[[str], set[tuple[int, int]]]:
    """A function of the sheet's name: (row, column), both from 0, of its formulas. Raises UnreadableError."""
    with_formulas = inspect(file)
    return lambda sheet: formula_cells(file, sheet, with_formulas)


def check_sizes(archive: zipfile.ZipFile, caps: Caps) -> None:
    """Raises UnreadableError(E_ZIP_BOMB) when an archive claims to hold more than the caps allow."""
    entries = archive.infolist()
    claimed = sum(e.file_size for e in entries)
    if len(entries) > caps.entries or claimed > caps.unpacked:
        raise UnreadableError("E_ZIP_BOMB", f"解压后约 {claimed >> 20} MB")
    for entry in entries:
        if entry.file_size > caps.ratio_from and entry.file_size > caps.ratio * max(entry.compress_size, 1):
            raise UnreadableError("E_ZIP_BOMB", f"压缩比超过 {caps.ratio}")


def _inspect(archive: zipfile.ZipFile, caps: Caps) -> frozenset[str]:
    check_sizes(archive, caps)
    entries = archive.infolist()
    names = {e.filename for e in entries}
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise UnreadableError("E_MACRO")
    if not {"xl/workbook.xml", "[Content_Types].xml"} <= names:
        raise UnreadableError("E_XLSX_FORM")
    return frozenset(e.filename for e in entries if _unpack(archive, e))


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    """Read one entry through (its checksum is checked at the end). True for a sheet with formulas; any entry may be
    a sheet, whatever its name.

    Raises UnreadableError: E_XLSX_FORM for a document type declaration, which no spreadsheet program writes;
    E_ZIP_BOMB for a sheet that unfolds too far.
    """
    found, is_far, tail = False, False, b""
    is_xml = entry.filename.endswith((".xml", ".rels"))
    with archive.open(entry) as reader:
        while chunk := reader.read(_CHUNK):
            window = tail + chunk
            # A single byte is looked for ten times as fast as an expression, and most stretches lack it.
            if is_xml and b"!" in window and b"<!DOCTYPE" in window:
                raise UnreadableError("E_XLSX_FORM")
            found = found or (b"f" in window and _FORMULA.search(window) is not None)
            is_far = is_far or _FAR.search(window) is not None
            tail = window[-_OVERLAP:]
    if is_far:
        _check_extent(archive, entry)
    return found


def _check_extent(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Raises UnreadableError(E_ZIP_BOMB) for a sheet whose last row and last column are too far apart."""
    row = column = 0
    tail = b""
    with archive.open(entry) as reader:
        while chunk := reader.read(_CHUNK):
            window = tail + chunk
            cells = _CELL.findall(window)
            row = max([row, *(int(r) for _, r in cells)])
            column = max([column, *map(_column_number, {c.decode().upper() for c, _ in cells})])
            tail = window[-_OVERLAP:]
    if row * (column + 1) > MAX_CELLS:
        raise UnreadableError("E_ZIP_BOMB", f"工作表有 {row} 行 {column + 1} 列")


def formula_cells(file: Path, sheet: str, with_formulas: frozenset[str]) -> set[tuple[int, int]]:
    """(row, column), both from 0, of every formula of a sheet; only reads the sheet when it has some."""
    if not with_formulas:
        return set()
    try:
        with zipfile.ZipFile(file) as archive:
            entry = _entry_of(archive, sheet)
            if entry not in with_formulas:
                return set()
            with archive.open(entry) as reader:
                return _formulas(reader)
    except DAMAGE as error:
        raise UnreadableError("E_XLSX_DAMAGED") from error


def _entry_of(archive: zipfile.ZipFile, sheet: str) -> str:
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {r.get("Id"): r.get("Target", "") for r in relations}
    for element in ElementTree.fromstring(archive.read("xl/workbook.xml")).findall(".//{*}sheet"):
        if element.get("name") == sheet:
            target = targets[next(v for k, v in element.items() if k.endswith("}id"))]
            return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    raise KeyError(sheet)


def _formulas(reader) -> set[tuple[int, int]]:
    """Cells with an <f>; one without a reference of its own follows the one before, as the format says."""
    found: set[tuple[int, int]] = set()
    row, column = -1, -1
    for event, element in ElementTree.iterparse(reader, events=("start", "end")):
        tag = element.tag.rpartition("}")[2]
        if event == "start" and tag == "row":
            row, column = int(element.get("r", row + 2)) - 1, -1
        elif event == "start" and tag == "c":
            place = _PLACE.fullmatch(element.get("r", ""))
            column = _column_number(place[1]) if place else column + 1
        elif event == "end" and tag == "f":
            found.add((row, column))
        elif event == "end" and tag == "row":
            element.clear()
    return found


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
