"""Cells a value cannot simply be taken from: formulas, and cells that show something though no value is stored.

Belongs here: their places in a sheet, what they mean for a column, the sheet with what it shows a person. Does not
belong here: finding them (the guards).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from python_calamine import CalamineSheet

from pipelines.ingest.values.table import Mark, UnreadableError

# A large sheet with a column of formulas has a million; more would take more memory than the sheet.
_MOST = 5_000_000


@dataclass(frozen=True)
class Style:
    """Of a cell: whether a hundredfold is shown, by how many steps it is indented, in which unit its number is said to
    be."""

    is_percent: bool = False
    indent: int = 0
    unit: str | None = None


@dataclass
class Styles:
    """Of one sheet, columns and rows from 0: rows of cells of per cent by column; indents by column and row; units by
    column."""

    percents: dict[int, set[int]] = field(default_factory=dict)
    indents: dict[int, dict[int, int]] = field(default_factory=dict)
    units: dict[int, dict[str, None]] = field(default_factory=dict)

    def add(self, row: int, column: int, style: Style) -> None:
        if style.is_percent:
            self.percents.setdefault(column, set()).add(row)
        if style.indent:
            self.indents.setdefault(column, {})[row] = style.indent
        if style.unit:
            self.units.setdefault(column, {})[style.unit] = None


@dataclass
class OddCells:
    """Of one sheet, rows and columns from 0.

    `formulas`: rows by column. `shown`: by row and column what stands where no value is stored, an error (#N/A) or the
    text of a formula nobody has calculated, from its "=" on. `styles` says more of cells where a feed
    asks for it.
    """

    formulas: dict[int, set[int]] = field(default_factory=dict)
    shown: dict[int, dict[int, str]] = field(default_factory=dict)
    styles: Styles = field(default_factory=Styles)
    count: int = 0

    def add(self, row: int, column: int, shown: str | None = None, height: int = 1, width: int = 1) -> None:
        """A formula with a value, or cells that only show something. Raises UnreadableError(E_ZIP_BOMB)."""
        self.count += height * width
        if self.count > _MOST:
            raise UnreadableError("E_ZIP_BOMB", f"公式超过 {_MOST // 1_000_000} 百万个")
        for place in range(column, column + width):
            if shown is None:
                self.formulas.setdefault(place, set()).update(range(row, row + height))
                continue
            for each in range(row, row + height):
                self.shown.setdefault(each, {})[place] = shown

    def marks(self, column: int, rows: range, is_identifier: bool) -> Iterator[Mark]:
        """Of some rows (from 1 on) of a contract's column: an id is never a formula, whatever its value; elsewhere a
        formula counts with its value where it has one."""
        texts = {r: self.shown[r - 1][column] for r in rows if self.shown and column in self.shown.get(r - 1, ())}
        formulas = {r for r, text in texts.items() if text.startswith("=")}
        if is_identifier and (known := self.formulas.get(column)):
            formulas |= {r for r in rows if r - 1 in known}
        for code, found in (("E_FORMULA", formulas), ("E_VALUE", texts.keys() - formulas)):
            if found:
                yield Mark(column, code, tuple(sorted(found)))


class ShownSheet:
    """A sheet as a person sees it: the parser gives nothing for cells without a value, and ends before them."""

    def __init__(self, sheet: CalamineSheet, odd: OddCells) -> None:
        self.name = sheet.name
        self.merged_cell_ranges = sheet.merged_cell_ranges
        self.start = (0, 0)
        self._sheet, self._shown = sheet, odd.shown

    def iter_rows(self) -> Iterator[list[Any]]:
        """Rows from the first on, cells from column A, all of one width."""
        left = [""] * (self._sheet.start[1] if self._sheet.start else 0)
        width = max(len(left) + self._sheet.width, *(max(cells) + 1 for cells in self._shown.values()))
        number = -1
        for number, row in enumerate(self._sheet.iter_rows()):
            yield self._filled(number, left + row, width)
        for below in range(number + 1, max(self._shown) + 1):
            yield self._filled(below, [], width)

    def _filled(self, number: int, row: list[Any], width: int) -> list[Any]:
        row += [""] * (width - len(row))
        for place, text in self._shown.get(number, {}).items():
            row[place] = text
        return row
