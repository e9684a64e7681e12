"""Reading workbooks (xlsx, xls, ods, XML, tables of web pages) by a contract.

Belongs here: sheets, merged headers, cutting sheets into blocks. Does not belong here: caps and damage
(workbook_guard.py, xls_guard.py, ods_guard.py), cells as text (cells.py), types of the contract (typing.py).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from pipelines.ingest.formats import html_tables, kinds, merged, ods_guard, workbook_guard, xls_guard, xml_tables
from pipelines.ingest.formats.cell_styles import cell_styles, hundredfold
from pipelines.ingest.formats.cells import column_texts, text
from pipelines.ingest.formats.grids import Grid, Merged
from pipelines.ingest.formats.headless import GOES_ON, ROWS, SAMPLE, holds
from pipelines.ingest.formats.odd_cells import OddCells, ShownSheet, Styles
from pipelines.ingest.formats.outline import in_cells, outlines
from pipelines.ingest.formats.second_heading import turns
from pipelines.ingest.values import problems, units
from pipelines.ingest.values.header import DEPTH, Header, detect, not_found
from pipelines.ingest.values.table import ROW, Block, Mark, Notice, Spoilt, Table, UnreadableError, cell_names, tidy
from pipelines.kit.contracts import Column, Feed
from pipelines.kit.contracts.units import PERCENT

BLOCK_ROWS = 20_000
Sheet = CalamineSheet | ShownSheet | Grid


def read_workbook(file: Path, feed: Feed, kind: str = kinds.XLSX) -> tuple[list[Table], list[Notice]]:
    """Every visible sheet with the contract's header, and those without one that hold rows all the same; when none has
    it, all with cells, header not found.

    Raises UnreadableError.
    """
    if kind in _GRIDS:
        sheets, hidden = _GRIDS[kind](file)
        odd = {sheet.name: sheet.odd for sheet in sheets}.__getitem__
    else:
        odd = _odd_cells(file, kind, feed)
        sheets, hidden = _sheets(file, odd)
    if not sheets:
        raise UnreadableError("E_EMPTY", problems.BLANK)
    headers = [_header(feed, sheet) for sheet in sheets]
    above = next((h for h in headers if h.found), None)
    tables, notices = [], []
    for sheet, header in zip(sheets, headers, strict=True):
        if above is None:
            header = not_found(feed, len(next(_rows(sheet))))
        elif header.found:
            above = header
        else:
            table, told = _without_header(feed, sheet, above, odd(sheet.name))
            tables += [table] if table else []
            notices.append(told)
            continue
        blocks, styles = _blocks(feed, sheet, header, odd(sheet.name)), odd(sheet.name).styles
        tables.append(Table(sheet.name, header, blocks, units=styles.units))
        notices += merged.notices(sheet.name, _ranges(sheet), header, _by_place(feed, header))
    notices += [Notice("N_SHEET", f"工作表「{name}」是隐藏的，未读取") for name in hidden]
    return tables, notices


def _without_header(feed: Feed, sheet: Sheet, above: Header, odd: OddCells) -> tuple[Table | None, Notice]:
    """(the table of a sheet without the header, None to leave it alone; what to tell). `above`: the header before."""
    header = replace(above, last_row=0, title=())
    width = len(header.headings)
    sample = _block(list(islice(_rows(sheet), SAMPLE)), 1, _by_place(feed, header), OddCells(), width)
    kind = holds(sample, header, feed)
    if kind == GOES_ON:
        table = Table(sheet.name, header, _blocks(feed, sheet, header, odd), units=odd.styles.units)
        return table, Notice("N_SHEET", f"工作表「{sheet.name}」没有表头，按前一张表的表头读取")
    if kind == ROWS:
        table = Table(sheet.name, header, _unplaced(sheet, width))
        return table, Notice("N_SHEET", f"工作表「{sheet.name}」没有约定的表头，各行未入库")
    return None, Notice("N_SHEET", f"工作表「{sheet.name}」没有约定的表头，未读取")


_INSPECT = {
    kinds.XLSX: workbook_guard.odd_cells,
    kinds.XLS: xls_guard.odd_cells,
    kinds.ODS: ods_guard.odd_cells,
}
_GRIDS = {kinds.HTML: html_tables.tables, kinds.MHTML: html_tables.wrapped_tables, kinds.XML: xml_tables.tables}


def _odd_cells(file: Path, kind: str, feed: Feed) -> Callable[[str], OddCells]:
    odd = _INSPECT[kind](file)
    if not any(units.own(c) or c.has_indent for c in feed.columns):
        return odd
    styles = cell_styles(file, kind)
    return lambda sheet: replace(odd(sheet), styles=styles.get(sheet, Styles()))


def _sheets(file: Path, odd: Callable[[str], OddCells]) -> tuple[list[Sheet], list[str]]:
    """(visible worksheets with a cell, names of hidden ones); the reader looks at bytes, not at the extension."""
    try:
        with file.open("rb") as stream:
            workbook = CalamineWorkbook.from_filelike(stream)
        worksheets = [m for m in workbook.sheets_metadata if m.typ == SheetTypeEnum.WorkSheet]
        visible = [m.name for m in worksheets if m.visible == SheetVisibleEnum.Visible]
        sheets = [_seen(workbook.get_sheet_by_name(name), odd(name)) for name in visible]
        sheets = [s for s in sheets if any(any(text(v) for v in row) for row in _rows(s))]
    except BaseException as error:
        raise _damage(error) from error
    return sheets, [m.name for m in worksheets if m.name not in visible]


def _seen(sheet: CalamineSheet, odd: OddCells) -> Sheet:
    return ShownSheet(sheet, odd) if odd.shown else sheet


def _damage(error: BaseException) -> BaseException:
    """A panic of the Rust reader is no Exception; whatever it was, the file is at fault."""
    if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
        return error
    return UnreadableError("E_XLSX_DAMAGED")


def _rows(sheet: Sheet) -> Iterator[list[Any]]:
    """Rows from the first of the sheet, cells from column A; made one by one, a sheet of a county is large."""
    left = [""] * sheet.start[1] if sheet.start else []
    return (left + row for row in sheet.iter_rows()) if left else iter(sheet.iter_rows())


def _header(feed: Feed, sheet: Sheet) -> Header:
    rows = [[text(v) or "" for v in row] for row in islice(_rows(sheet), DEPTH + 1)]
    ranges = [r for r in _ranges(sheet) if r[0][0] <= DEPTH]

    def spread(i: int) -> Sequence[str]:
        filled = list(rows[i])
        for (top, left), (bottom, right) in ranges:
            if top <= i <= bottom and top < len(rows):
                filled[left : right + 1] = [rows[top][left]] * (min(right + 1, len(filled)) - left)
        return filled

    return detect(feed, rows, spread)


def _by_place(feed: Feed, header: Header) -> dict[int, Column]:
    return {place: feed.by_name[name] for name, place in header.columns.items()}


def _ranges(sheet: Sheet) -> list[Merged]:
    return sheet.merged_cell_ranges or []


def _blocks(feed: Feed, sheet: Sheet, header: Header, odd: OddCells) -> Iterator[Block]:
    """Blocks of which all rows stand below one header; further down there may be another."""
    first, width, below = header.last_row + 1, len(header.headings), None
    rows = islice(_rows(sheet), header.last_row, None)
    if cells := merged.downward(_ranges(sheet), header.last_row, _by_place(feed, header)):
        rows = merged.filled(rows, header.last_row, cells)
        merged.spread(odd, cells)
    if known := outlines(header, feed):
        rows = in_cells(rows, header.last_row, known, odd.styles)
    for data in _batches(rows):
        block = _block(data, first, _by_place(feed, header), odd, width)
        for row, other in turns(block.rows, header, feed):
            upper = _block(data[: row - first], first, _by_place(feed, header), odd, width)
            yield replace(upper, header=below)
            data, first, header, below = data[row + 1 - first :], row + 1, other, other
            block = _block(data, first, _by_place(feed, header), odd, width)
        yield replace(block, header=below)
        first += len(data)


def _unplaced(sheet: Sheet, width: int) -> Iterator[Block]:
    """Every row of a sheet as one that could not be split into the contract's columns."""
    first = 1
    for data in _batches(_rows(sheet)):
        lines = [" ".join(filter(None, (text(v) or "" for v in row))) for row in data]
        spoilt = (Spoilt(first + n, "E_NO_HEADING", line) for n, line in enumerate(lines) if line.strip())
        yield replace(_block([], first, {}, OddCells(), width), spoilt=tuple(spoilt))
        first += len(data)


def _batches(rows: Iterator[list[Any]]) -> Iterator[list[list[Any]]]:
    """BLOCK_ROWS rows at a time. Raises UnreadableError."""
    while True:
        try:
            batch = list(islice(rows, BLOCK_ROWS))
        except BaseException as error:
            raise _damage(error) from error
        if not batch:
            return
        yield batch


def _block(
    data: Sequence[Sequence[Any]], first: int, by_place: Mapping[int, Column], odd: OddCells, width: int
) -> Block:
    """Rows from number `first` on, in `width` columns at least."""
    rows = range(first, first + len(data))
    cells: dict[str, pl.Series] = {ROW: pl.int_range(rows.start, rows.stop, eager=True).alias(ROW)}
    marks: list[Mark] = []
    columns = list(zip(*data, strict=True))
    columns += [(None,) * len(data)] * (width - len(columns))
    for place, (name, values) in enumerate(zip(cell_names(len(columns)), columns, strict=True)):
        column = by_place.get(place)
        if column is not None and column.unit == PERCENT and (shown := odd.styles.percents.get(place)):
            values = [hundredfold(v) if r - 1 in shown else v for r, v in zip(rows, values, strict=True)]
        texts, spoilt = column_texts(values, column)
        cells[name] = pl.Series(name, texts, dtype=pl.String)
        marks += [Mark(place, code, tuple(first + i for i in found)) for code, found in spoilt.items()]
        if column is not None:
            marks += odd.marks(place, rows, column.is_identifier)
    return Block(tidy(pl.DataFrame(cells)), tuple(marks))
