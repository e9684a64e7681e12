"""Reading workbooks (xlsx, xls, ods, tables of web pages) by a contract.

Belongs here: sheets, merged headers, cutting sheets into blocks. Does not belong here: caps and damage
(workbook_guard.py, xls_guard.py, ods_guard.py), cells as text (cells.py), types of the contract (typing.py).
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from pipelines.bronze import html_tables, kinds, ods_guard, workbook_guard, xls_guard
from pipelines.bronze.cells import column_texts, text
from pipelines.bronze.header import DEPTH, Header, detect, not_found
from pipelines.bronze.table import ROW, Block, Mark, Notice, Table, UnreadableError, cell_names, tidy
from pipelines.contracts import Column, Feed

BLOCK_ROWS = 20_000
Sheet = CalamineSheet | html_tables.HtmlTable


def read_workbook(file: Path, feed: Feed, kind: str = kinds.XLSX) -> tuple[list[Table], list[Notice]]:
    """Every visible sheet with the contract's header; when none has it, all with cells, header not found.

    Raises UnreadableError.
    """
    formulas = _INSPECT[kind](file)
    sheets, hidden = html_tables.tables(file) if kind == kinds.HTML else _sheets(file)
    if not sheets:
        raise UnreadableError("E_EMPTY")
    headers = [_header(feed, sheet) for sheet in sheets]
    if any(h.found for h in headers):
        chosen = [(s, h) for s, h in zip(sheets, headers, strict=True) if h.found]
        others = [s.name for s, h in zip(sheets, headers, strict=True) if not h.found]
    else:
        chosen = [(s, not_found(feed, len(next(_rows(s))))) for s in sheets]
        others = []
    notices = [Notice("N_SHEET", f"工作表「{name}」没有约定的表头，未读取") for name in others]
    notices += [Notice("N_SHEET", f"工作表「{name}」是隐藏的，未读取") for name in hidden]
    tables = [Table(s.name, header, _blocks(feed, s, header, formulas(s.name))) for s, header in chosen]
    return tables, notices


_INSPECT = {
    kinds.XLSX: workbook_guard.formulas,
    kinds.XLS: xls_guard.formulas,
    kinds.ODS: ods_guard.formulas,
    kinds.HTML: lambda _: lambda _: set(),
}


def _sheets(file: Path) -> tuple[list[CalamineSheet], list[str]]:
    """(visible worksheets with a cell, names of hidden ones); the reader looks at bytes, not at the extension."""
    try:
        with file.open("rb") as stream:
            workbook = CalamineWorkbook.from_filelike(stream)
        worksheets = [m for m in workbook.sheets_metadata if m.typ == SheetTypeEnum.WorkSheet]
        visible = [m.name for m in worksheets if m.visible == SheetVisibleEnum.Visible]
        sheets = [workbook.get_sheet_by_name(name) for name in visible]
        sheets = [s for s in sheets if any(any(text(v) for v in row) for row in _rows(s))]
    except BaseException as error:
        raise _damage(error) from error
    return sheets, [m.name for m in worksheets if m.name not in visible]


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
    merged = [r for r in sheet.merged_cell_ranges or () if r[0][0] <= DEPTH]

    def spread(i: int) -> Sequence[str]:
        filled = list(rows[i])
        for (top, left), (bottom, right) in merged:
            if top <= i <= bottom and top < len(rows):
                filled[left : right + 1] = [rows[top][left]] * (min(right + 1, len(filled)) - left)
        return filled

    return detect(feed, rows, spread)


def _blocks(feed: Feed, sheet: Sheet, header: Header, formulas: set[tuple[int, int]]) -> Iterator[Block]:
    first = header.last_row + 1
    by_place = {place: feed.by_name[name] for name, place in header.columns.items()}
    for data in _batches(islice(_rows(sheet), header.last_row, None)):
        yield _block(data, first, by_place, formulas)
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
    data: Sequence[Sequence[Any]], first: int, by_place: Mapping[int, Column], formulas: set[tuple[int, int]]
) -> Block:
    """Rows from number `first` on."""
    rows = range(first, first + len(data))
    cells: dict[str, pl.Series] = {ROW: pl.int_range(rows.start, rows.stop, eager=True).alias(ROW)}
    marks: list[Mark] = []
    columns = list(zip(*data, strict=True))
    for place, (name, values) in enumerate(zip(cell_names(len(columns)), columns, strict=True)):
        column = by_place.get(place)
        texts, spoilt = column_texts(values, column)
        cells[name] = pl.Series(name, texts, dtype=pl.String)
        marks += [Mark(place, code, tuple(first + i for i in found)) for code, found in spoilt.items()]
        if column is not None and column.is_identifier:
            found = tuple(sorted(r + 1 for r, c in formulas if c == place and r + 1 in rows))
            marks += [Mark(place, "E_FORMULA", found)] if found else []
    return Block(tidy(pl.DataFrame(cells)), tuple(marks))
