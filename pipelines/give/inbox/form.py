"""A form that came back: where its columns stand in this workbook, and its rows by the names of the columns.

Belongs here: headings to names, as the sheet's file says (expectations/sheets) and as the workbook was issued: columns
that were renamed since are known by their former headings, columns somebody moved are found. Does not belong here: what
the cells must say (check.py).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipelines.give.inbox.container import Position
from pipelines.give.inbox.problems import Refused
from pipelines.give.inbox.reader import Cell
from pipelines.kit.office.sheets import CHECK, Sheet
from pipelines.kit.office.styles import letter
from pipelines.kit.security.signature import RowSigner

Place = tuple[str, str]


@dataclass(frozen=True)
class Row:
    """`number` as spreadsheets show it; `formula`: the first column that holds one."""

    number: int
    cells: Mapping[str, Cell]
    formula: str | None = None

    def text(self, name: str) -> str:
        """A cell's one text form; '' where the workbook has no such column."""
        return cell_text(self.cells.get(name, ""))


@dataclass(frozen=True)
class Form:
    """`headings`: column name -> heading, in the order they were issued in; `places`: name -> 0-based place now."""

    spec: Sheet
    headings: Mapping[str, str]
    places: Mapping[str, int]

    @property
    def signed(self) -> tuple[str, ...]:
        """Columns the check value of a row covers, in its order."""
        return tuple(name for name in self.headings if self.spec.is_signed(name))

    def where(self, name: str) -> Place:
        """(column letter, heading) for people."""
        return letter(self.places[name]), self.headings[name]

    def rows(self, sheet: Sequence[list[Cell]], formulas: Collection[Position] = ()) -> Iterator[Row]:
        """Every row below the headings in which anything stands."""
        named = {place: name for name, place in self.places.items()}
        held: dict[int, list[int]] = {}
        for r, c in sorted(formulas):
            held.setdefault(r, []).append(c)
        for r, row in enumerate(sheet[self.spec.first_row :], self.spec.first_row):
            if r in held or any(cell_text(cell).strip() for cell in row):
                formula = next((named[c] for c in held.get(r, ()) if c in named), None)
                yield Row(r + 1, {name: at(row, place) for name, place in self.places.items()}, formula)

    def changed(self, row: Row, signer: RowSigner) -> str | None:
        """The first signed column that is not as it was sent; CHECK when it is the check value; None when all is."""
        cells, check_value = [row.text(name) for name in self.signed], row.text(CHECK)
        if signer.is_intact(cells, check_value):
            return None
        changed = signer.changed_cells(cells, check_value)
        return self.signed[changed[0]] if changed else CHECK


def located(spec: Sheet, sheet: Sequence[list[Cell]] | None, issued: Mapping[str, list[str]]) -> Form:
    """Where the columns stand. `issued`: the lines above the headings (`top`) and the headings (`titles`) as they were
    sent. Raises Refused."""
    if sheet is None:
        raise Refused("E_SHEET", {"sheet": spec.title})
    for r, text in enumerate(issued["top"]):
        _require(spec, sheet, r, 0, text)
    heads = [cell_text(cell) for cell in _row(sheet, spec.head_row)]
    headings, places = {}, {}
    for c, title in enumerate(issued["titles"]):
        if at(heads, c) != title and title in heads:
            c = heads.index(title)
        _require(spec, sheet, spec.head_row, c, title)
        name = spec.named(title)
        headings[name], places[name] = title, c
    return Form(spec, headings, places)


def _require(spec: Sheet, sheet: Sequence[list[Cell]], row: int, column: int, text: str) -> None:
    if cell_text(at(_row(sheet, row), column)) != text:
        raise Refused("E_HEADER", {"sheet": spec.title, "row": row + 1, "column": letter(column), "title": text})


def _row(sheet: Sequence[list[Cell]], row: int) -> list[Cell]:
    return sheet[row] if row < len(sheet) else []


def at(row: Sequence[Cell], column: int) -> Cell:
    """The cell, or '' beyond the end of the row."""
    return row[column] if column < len(row) else ""


def cell_text(cell: Cell) -> str:
    """The one text form of a cell; text as it is, with line ends as we wrote them."""
    return cell.replace("\r\n", "\n").replace("\r", "\n") if isinstance(cell, str) else str(cell)
