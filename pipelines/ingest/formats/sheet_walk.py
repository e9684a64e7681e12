"""A close look at a sheet of an xlsx, cell by cell.

Belongs here: formulas, errors, how far its cells with content reach, which shared strings they use. Does not belong
here: whether a look is needed (sheet_scan.py), limits (workbook_guard.py). Nothing is kept of what has gone by.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from pipelines.ingest.formats.odd_cells import OddCells

_PLACE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,10})")
_PIECE = 1 << 20
_KEPT = ("f", "v", "t")
_LONGEST = 200
_AREAS = ("array", "dataTable")


@dataclass
class Walk:
    """What the cells of a sheet are: `height` and `width` reach to the last cell with content, `uses` counts shared
    strings by number."""

    odd: OddCells = field(default_factory=OddCells)
    height: int = 0
    width: int = 0
    uses: Counter[int] = field(default_factory=Counter)


def walk(stream: IO[bytes]) -> Walk:
    """Read a sheet through. Raises expat.ExpatError, ValueError, UnreadableError."""
    cells = _Cells()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = cells.start, cells.end
    parser.CharacterDataHandler = cells.text
    while chunk := stream.read(_PIECE):
        parser.Parse(chunk, False)
    parser.Parse(b"", True)
    return cells.walk


class _Cells:
    """Elements as they come. A cell without a place of its own follows the one before, as the format says."""

    def __init__(self) -> None:
        self.walk = Walk()
        self._row, self._column = -1, -1
        self._type = ""
        self._parts: dict[str, str] = {}
        self._area: tuple[int, int] = (1, 1)
        self._open: str | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "c":
            self._place(attributes.get("r"))
            self._type, self._parts, self._area = attributes.get("t", "n"), {}, (1, 1)
        elif name == "row":
            self._row, self._column = int(attributes.get("r", self._row + 2)) - 1, -1
        elif name in _KEPT:
            self._open = name
            self._parts.setdefault(name, "")
            if name == "f" and attributes.get("t") in _AREAS:
                self._area = _size(attributes.get("ref", ""))

    def text(self, text: str) -> None:
        if self._open and len(self._parts[self._open]) < _LONGEST:
            self._parts[self._open] += text

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in _KEPT:
            self._open = None
        elif name == "c":
            self._cell()

    def _place(self, reference: str | None) -> None:
        place = _PLACE.fullmatch(reference or "")
        if place:
            self._row, self._column = int(place[2]) - 1, column_number(place[1])
        else:
            self._row, self._column = max(self._row, 0), self._column + 1

    def _cell(self) -> None:
        parts, walk = self._parts, self.walk
        has_value = bool(parts.get("v")) or (self._type == "str" and "v" in parts) or "t" in parts
        shown = None
        if self._type == "e":
            shown = parts.get("v") or "#N/A"
        elif "f" in parts and not has_value:
            shown = "=" + parts["f"].strip()
        if "f" in parts:
            walk.odd.add(self._row, self._column, None, *self._area)
        if shown is not None:
            walk.odd.add(self._row, self._column, shown[:_LONGEST])
        if has_value or shown is not None:
            walk.height, walk.width = max(walk.height, self._row + 1), max(walk.width, self._column + 1)
        if self._type == "s" and has_value:
            walk.uses[int(parts["v"])] += 1


def _size(area: str) -> tuple[int, int]:
    """(rows, columns) of A1:B3."""
    first, _, last = (_PLACE.fullmatch(corner) for corner in area.partition(":"))
    if not first or not last:
        return 1, 1
    return int(last[2]) - int(first[2]) + 1, column_number(last[1]) - column_number(first[1]) + 1


def column_number(letters: str) -> int:
    """From 0: A, B, … AA."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
