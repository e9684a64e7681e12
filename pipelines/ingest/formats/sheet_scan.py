"""A quick look at the parts of an xlsx: does a sheet need a closer one, and how much text do its cells come to.

Belongs here: bytes searched in pieces, so that nothing large is held; a search costs a tenth of parsing, and most
sheets need no more. Does not belong here: exact places (sheet_walk.py), limits (workbook_guard.py).
"""

import codecs
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

import numpy as np

from pipelines.ingest.formats.sheet_walk import column_number

_PIECE = 1 << 20
# No tag's beginning is longer; behind a `<` so far back stands text, which may be cut.
_TAG = 4096
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_ROW = re.compile(rb'<row r="([0-9]+)"')
# A column beyond Z, or what is no column.
_WIDE = re.compile(rb'<c r="([A-Z]{2,}|[^A-Z])')
_STRING = re.compile(rb"<(?:\w+:)?si[\s/>]")
_USE = re.compile(rb'<c r="[^>]*\st="s"[^>]*><v>([0-9]+)<')
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_USUAL_WIDTH = 26


@dataclass
class Scan:
    """Of one part. `is_odd`: has formulas or errors, or is not written as usual, so that cells must be looked at one by
    one; `cells`, `height` and `width` bound only what is written as usual. `is_foreign`: has a document type
    declaration or is UTF-16, which no spreadsheet program writes and the parser does not read."""

    cells: int = 0
    height: int = 0
    width: int = _USUAL_WIDTH
    is_odd: bool = False
    is_foreign: bool = False

    def add(self, piece: bytes) -> None:
        """Look at the next piece. A few bytes are looked for ten times as fast as an expression, and most pieces lack
        them."""
        self.is_foreign = self.is_foreign or piece.startswith(_UTF16) or (b"!" in piece and b"<!DOCTYPE" in piece)
        cells, rows = piece.count(b'<c r="'), piece.count(b'<row r="')
        self.cells += cells
        if rows:
            self.height = max(self.height, *map(int, _ROW.findall(piece)))
        if cells and _WIDE.search(piece):
            columns = set(_WIDE.findall(piece))
            self.is_odd = self.is_odd or not all(letters.isupper() for letters in columns)
            self.width = max(self.width, *(column_number(letters.decode("latin-1")) + 1 for letters in columns))
        self.is_odd = self.is_odd or _is_written_otherwise(piece, cells, rows) or _has_odd_cells(piece)


def pieces(stream: IO[bytes], mark: bytes = b"<") -> Iterator[bytes]:
    """The bytes in pieces that begin with `mark` where that is possible, so that no tag's beginning is cut."""
    rest = b""
    while chunk := stream.read(_PIECE):
        window = rest + chunk
        place = window.rfind(mark)
        place = len(window) if place < len(window) - _TAG else place
        yield window[:place]
        rest = window[place:]
    yield rest


def scan(stream: IO[bytes]) -> Scan:
    """Read a part through."""
    seen = Scan()
    for piece in pieces(stream):
        seen.add(piece)
    return seen


def _is_written_otherwise(piece: bytes, cells: int, rows: int) -> bool:
    """Cells or rows that do not begin with their place, or have a prefix, as few programs write them."""
    if piece.count(b"<c") != cells and piece.count(b"<c ") + piece.count(b"<c>") != cells:
        return True
    if piece.count(b"<row") != rows and piece.count(b"<row ") + piece.count(b"<row>") != rows:
        return True
    return b":c " in piece or b":c>" in piece or b":row" in piece


def _has_odd_cells(piece: bytes) -> bool:
    if b"e" in piece and (b'"e"' in piece or b"'e'" in piece):
        return True
    return b"f" in piece and (b"<f" in piece or b":f" in piece) and _FORMULA.search(piece) is not None


def string_sizes(stream: IO[bytes], most: int) -> np.ndarray:
    """Bytes every shared string takes at most, in order; at most `most` of them."""
    starts, place = array("q"), 0
    for piece in pieces(stream):
        starts.extend(place + found.start() for found in _STRING.finditer(piece))
        place += len(piece)
        if len(starts) > most:
            break
    return np.diff(np.append(np.frombuffer(starts, dtype=np.int64), place))


def string_uses(stream: IO[bytes], count: int) -> np.ndarray:
    """How often the cells of a sheet written as usual use each of `count` shared strings."""
    uses = np.zeros(count, dtype=np.int64)
    for piece in pieces(stream, b"<c "):
        used = np.array(_USE.findall(piece), dtype="S10").astype(np.int64)
        uses += np.bincount(used[used < count], minlength=count)
    return uses
