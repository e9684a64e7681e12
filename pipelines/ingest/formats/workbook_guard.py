"""Looking at a workbook before anything parses it.

Belongs here: size and ratio caps, damage, encryption, macros, how many cells and how much text its sheets unfold to.
Does not belong here: looking at a sheet (sheet_scan.py, sheet_walk.py), reading cells (workbook_reader.py). Every part
is unpacked once, in pieces, so sizes a file claims but does not keep are found out, and nothing large is ever held.
The parser makes room for a sheet from its first to its last cell, and copies a shared string into every cell that
uses it: a letter in the last cell of Excel, or one long text in every cell, would end the process.
"""

import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat

import numpy as np

from pipelines.ingest.formats.odd_cells import OddCells
from pipelines.ingest.formats.sheet_scan import Scan, scan, string_sizes, string_uses
from pipelines.ingest.formats.sheet_walk import Walk, walk
from pipelines.ingest.values.table import UnreadableError

# Of all sheets, each as a rectangle from its first to its last cell with content.
MAX_CELLS = 50_000_000
# Bytes of all cells together, a shared string counted as often as it is used; reading takes six times as much of what
# stands in one block. A sheet of a million rows may hold more, as long as it is spread like that of other sheets.
MAX_TEXT = 256 << 20
_TEXT_A_CELL = 32
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
    expat.ExpatError,
)
_OLE = b"\xd0\xcf\x11\xe0"
_WORKBOOK, _TYPES, _STRINGS = "xl/workbook.xml", "[content_types].xml", "xl/sharedstrings.xml"


@dataclass(frozen=True)
class Caps:
    """Limits of a workbook: bytes unpacked in all, entries, and the ratio above `ratio_from` bytes."""

    unpacked: int = 1 << 30
    entries: int = 5_000
    ratio: int = 150
    ratio_from: int = 20 << 20


CAPS = Caps()
# By the name in lower case with slashes, which is how the parser finds them.
Parts = Mapping[str, zipfile.ZipInfo]


def odd_cells(file: Path, caps: Caps = CAPS) -> Callable[[str], OddCells]:
    """A function of a visible sheet's name: its formulas, and its cells that only show something.

    Raises UnreadableError: E_EMPTY, E_XLSX_FORM (encrypted, old .xls, no workbook, a document type declaration),
    E_XLSX_DAMAGED, E_ZIP_BOMB, E_MACRO.
    """
    if file.stat().st_size == 0:
        raise UnreadableError("E_EMPTY")
    with file.open("rb") as reader:
        magic = reader.read(4)
    if magic == _OLE or not magic.startswith(b"PK"):
        raise UnreadableError("E_XLSX_FORM")
    try:
        with zipfile.ZipFile(file) as archive:
            found = _odd_cells(archive, caps)
    except DAMAGE as error:
        raise UnreadableError("E_XLSX_DAMAGED") from error
    return lambda sheet: found.get(sheet, OddCells())


def check_sizes(archive: zipfile.ZipFile, caps: Caps) -> None:
    """Raises UnreadableError(E_ZIP_BOMB) when an archive claims to hold more than the caps allow."""
    entries = archive.infolist()
    claimed = sum(e.file_size for e in entries)
    if len(entries) > caps.entries or claimed > caps.unpacked:
        raise UnreadableError("E_ZIP_BOMB", f"解压后约 {claimed >> 20} MB")
    for entry in entries:
        if entry.file_size > caps.ratio_from and entry.file_size > caps.ratio * max(entry.compress_size, 1):
            raise UnreadableError("E_ZIP_BOMB", f"压缩比超过 {caps.ratio}")


def check_unfolded(cells: int, text: int) -> None:
    """Raises UnreadableError(E_ZIP_BOMB) when sheets come to more cells, or bytes of text, than memory should hold."""
    if cells > MAX_CELLS:
        raise UnreadableError("E_ZIP_BOMB", f"展开后超过 {MAX_CELLS // 1_000_000} 百万格")
    if text > max(MAX_TEXT, cells * _TEXT_A_CELL):
        raise UnreadableError("E_ZIP_BOMB", f"各格文字合计约 {text >> 20} MB")


def _odd_cells(archive: zipfile.ZipFile, caps: Caps) -> dict[str, OddCells]:
    check_sizes(archive, caps)
    parts = parts_of(archive)
    if any(name.endswith("vbaproject.bin") for name in parts):
        raise UnreadableError("E_MACRO")
    if not {_WORKBOOK, _TYPES} <= parts.keys():
        raise UnreadableError("E_XLSX_FORM")
    scans = {name: _scanned(archive, parts, name) for name in parts}
    sheets = {sheet: part for sheet, part in sheet_parts(archive, parts).items() if part in parts}
    if any(scans[name].is_foreign for name in parts if name.endswith((".xml", ".rels")) or name in sheets.values()):
        raise UnreadableError("E_XLSX_FORM")
    book = _Book(archive, parts, {part: scans[part] for part in sheets.values()})
    check_unfolded(book.cells(), book.text())
    return {sheet: book.walks[part].odd for sheet, part in sheets.items() if part in book.walks}


class _Book:
    """The sheets of a workbook, looked at more closely where the quick look does not do."""

    def __init__(self, archive: zipfile.ZipFile, parts: Parts, scans: Mapping[str, Scan]) -> None:
        self._archive, self._parts, self._scans = archive, parts, scans
        self.walks: dict[str, Walk] = {}
        self._walk(name for name, seen in scans.items() if seen.is_odd)

    def cells(self) -> int:
        """Of all sheets as rectangles; what the quick look cannot rule out is counted."""
        if self._cells() > MAX_CELLS:
            self._walk(self._scans.keys() - self.walks)
        return self._cells()

    def text(self) -> int:
        """Bytes of the shared strings, each as often as it is used; a bound while that is within the limit."""
        if _STRINGS not in self._parts:
            return 0
        with self._archive.open(self._parts[_STRINGS]) as stream:
            sizes = string_sizes(stream, MAX_CELLS)
        usual = {name: seen for name, seen in self._scans.items() if name not in self.walks}
        uses = sum(seen.cells for seen in usual.values()) + sum(w.uses.total() for w in self.walks.values())
        bound = uses * int(sizes.max(initial=0))
        if bound <= MAX_TEXT:
            return bound
        total = sum(n * int(sizes[i]) for w in self.walks.values() for i, n in w.uses.items() if i < len(sizes))
        for name in usual:
            with self._archive.open(self._parts[name]) as stream:
                total += int(np.dot(string_uses(stream, len(sizes)), sizes))
        return total

    def _cells(self) -> int:
        looked_at = {**self._scans, **self.walks}
        return sum(found.height * found.width for found in looked_at.values())

    def _walk(self, names) -> None:
        for name in names:
            with self._archive.open(self._parts[name]) as stream:
                self.walks[name] = walk(stream)


def parts_of(archive: zipfile.ZipFile) -> Parts:
    """Some programs write backslashes. Of two parts with one name nobody knows which the parser takes."""
    parts = {entry.filename.replace("\\", "/").lower(): entry for entry in archive.infolist()}
    if len(parts) < len(archive.infolist()):
        raise UnreadableError("E_XLSX_DAMAGED")
    return parts


def _scanned(archive: zipfile.ZipFile, parts: Parts, name: str) -> Scan:
    """Read one part through (its checksum is checked at the end)."""
    with archive.open(parts[name]) as stream:
        return scan(stream)


def sheet_parts(archive: zipfile.ZipFile, parts: Parts) -> dict[str, str]:
    """Name of each visible sheet -> name of its part."""
    relations = ElementTree.fromstring(archive.read(parts["xl/_rels/workbook.xml.rels"]))
    targets = {r.get("Id"): r.get("Target", "") for r in relations}
    found = {}
    for element in ElementTree.fromstring(archive.read(parts[_WORKBOOK])).findall(".//{*}sheet"):
        if element.get("state", "visible") == "visible":
            target = targets[next(v for k, v in element.items() if k.endswith("}id"))].replace("\\", "/")
            rooted = target.startswith(("/", "xl/"))
            found[element.get("name", "")] = (target.removeprefix("/") if rooted else f"xl/{target}").lower()
    return found
