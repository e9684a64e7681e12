"""Cells merged downwards among the rows of a sheet: one value for several rows.

Belongs here: giving it to each of its rows, and telling so. Does not belong here: merged headings (workbook_reader.py).
A number is not given to every row: an amount merged over a household is the household's, and would count several times.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipelines.ingest.formats.odd_cells import OddCells
from pipelines.ingest.values.header import Header
from pipelines.ingest.values.table import Notice
from pipelines.kit.contracts import Column

_NUMBERS = ("integer", "decimal")
# (row, column) of the first and of the last cell, from 0.
Merged = tuple[tuple[int, int], tuple[int, int]]


def downward(ranges: Sequence[Merged], first: int, columns: Mapping[int, Column]) -> dict[int, dict[int, int]]:
    """Column -> its merged cells, first row -> last row, from row `first` on; of columns whose values are filled in."""
    found: dict[int, dict[int, int]] = {}
    for place, column in columns.items():
        if column.type not in _NUMBERS:
            found[place] = _of_column(ranges, first, place)
    return {place: cells for place, cells in found.items() if cells}


def _of_column(ranges: Sequence[Merged], first: int, place: int) -> dict[int, int]:
    """A cell merged to the right as well is a title or a note."""
    return {
        top: bottom for (top, left), (bottom, right) in ranges if left == right == place and first <= top < bottom
    }


def filled(rows: Iterator[list[Any]], first: int, cells: Mapping[int, Mapping[int, int]]) -> Iterator[list[Any]]:
    """Rows from number `first` (from 0) on with merged values in each; a blank row stays blank."""
    values: dict[int, tuple[int, Any]] = {}
    for number, row in enumerate(rows, start=first):
        values |= {p: (tops[number], row[p]) for p, tops in cells.items() if number in tops}
        if values and any(v not in ("", None) for v in row):
            for place, (bottom, value) in values.items():
                if number <= bottom:
                    row[place] = value
        yield row


def spread(odd: OddCells, cells: Mapping[int, Mapping[int, int]]) -> None:
    """Let all rows of a merged cell be as odd as the first."""
    for place, tops in cells.items():
        for top, bottom in tops.items():
            if top in odd.formulas.get(place, ()):
                odd.add(top, place, height=bottom + 1 - top)
            if place in odd.shown.get(top, ()):
                odd.add(top, place, odd.shown[top][place], height=bottom + 1 - top)


def notices(sheet: str, ranges: Sequence[Merged], header: Header, columns: Mapping[int, Column]) -> list[Notice]:
    """What to tell of each column that has such cells."""
    told = []
    for place, column in columns.items():
        if count := len(_of_column(ranges, header.last_row, place)):
            what = "数值只计在第一行" if column.type in _NUMBERS else "已按每一行同值读取"
            where = f"工作表「{sheet}」「{header.headings[place]}」列"
            told.append(Notice("N_MERGED", f"{where}有 {count} 处向下合并的单元格，{what}，请核对"))
    return told
