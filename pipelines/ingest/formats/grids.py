"""Tables held whole, in the shape of a sheet: those of web pages and of XML workbooks.

Belongs here: their rows made equally wide, within limits. Does not belong here: reading them (html_tables.py,
xml_tables.py).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.ingest.formats.odd_cells import OddCells
from pipelines.ingest.formats.workbook_guard import check_unfolded

# (row, column) of the first and of the last cell, from 0.
Merged = tuple[tuple[int, int], tuple[int, int]]


@dataclass
class Grid:
    """One table: `grid` rows of equal width; a merged cell stands at its top left."""

    name: str = ""
    grid: list[list[Any]] = field(default_factory=list)
    merged_cell_ranges: list[Merged] = field(default_factory=list)
    odd: OddCells = field(default_factory=OddCells)
    start: tuple[int, int] | None = (0, 0)

    def iter_rows(self) -> Iterator[list[Any]]:
        return iter(self.grid)


def squared(found: Sequence[Grid]) -> list[Grid]:
    """Those with a cell, all rows of one as wide as its widest. Raises UnreadableError(E_ZIP_BOMB)."""
    found = [t for t in found if any(any(v not in ("", None) for v in row) for row in t.grid)]
    widths = [max(map(len, table.grid)) for table in found]
    check_unfolded(sum(w * len(t.grid) for w, t in zip(widths, found, strict=True)), 0)
    for width, table in zip(widths, found, strict=True):
        table.grid = [row + [""] * (width - len(row)) for row in table.grid]
    return found
