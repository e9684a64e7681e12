"""Reading workbooks by a contract.

Belongs here: sheets, merged headers, and turning typed cells into text without repair. Does not belong
here: caps and damage (workbook_guard.py), types of the contract (typing.py).
An id that is a number has lost digits already (a double holds 15), so it is marked, never turned into text.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from pipelines.bronze.header import DEPTH, Header, detect, not_found
from pipelines.bronze.table import ROW, Block, Mark, Notice, Table, UnreadableError, cell_names, tidy
from pipelines.bronze.workbook_guard import CAPS, Caps, formula_cells, inspect
from pipelines.contracts import Column, Feed

BLOCK_ROWS = 20_000
_EXACT = 2.0**53
_MIDNIGHT = time()


def read_xlsx(file: Path, feed: Feed, caps: Caps = CAPS) -> tuple[list[Table], list[Notice]]:
    """Every visible sheet with the contract's header; when none has it, all with cells, header not found.

    Raises UnreadableError.
    """
    with_formulas = inspect(file, caps)
    try:
        workbook = CalamineWorkbook.from_path(str(file))
        worksheets = [m for m in workbook.sheets_metadata if m.typ == SheetTypeEnum.WorkSheet]
        visible = [m.name for m in worksheets if m.visible == SheetVisibleEnum.Visible]
        sheets = [workbook.get_sheet_by_name(name) for name in visible]
        sheets = [s for s in sheets if any(any(_text(v) for v in row) for row in _rows(s))]
    except BaseException as error:
        raise _damage(error) from error
    if not sheets:
        raise UnreadableError("E_EMPTY")
    headers = [_header(feed, sheet) for sheet in sheets]
    if any(h.found for h in headers):
        chosen = [(s, h) for s, h in zip(sheets, headers, strict=True) if h.found]
        others = [s.name for s, h in zip(sheets, headers, strict=True) if not h.found]
    else:
        chosen = [(s, not_found(feed, len(next(_rows(s))))) for s in sheets]
        others = []
    hidden = [m.name for m in worksheets if m.name not in visible]
    notices = [Notice("N_SHEET", f"工作表「{name}」没有约定的表头，未读取") for name in others]
    notices += [Notice("N_SHEET", f"工作表「{name}」是隐藏的，未读取") for name in hidden]
    tables = [
        Table(sheet.name, header, _blocks(feed, sheet, header, formula_cells(file, sheet.name, with_formulas)))
        for sheet, header in chosen
    ]
    return tables, notices


def _damage(error: BaseException) -> BaseException:
    """A panic of the Rust reader is no Exception; whatever it was, the file is at fault."""
    if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
        return error
    return UnreadableError("E_XLSX_DAMAGED")


def _rows(sheet: CalamineSheet) -> Iterator[list[Any]]:
    """Rows from the first of the sheet, cells from column A; made one by one, a sheet of a county is large."""
    left = [""] * sheet.start[1] if sheet.start else []
    return (left + row for row in sheet.iter_rows()) if left else iter(sheet.iter_rows())


def _header(feed: Feed, sheet: CalamineSheet) -> Header:
    rows = [[_text(v) or "" for v in row] for row in islice(_rows(sheet), DEPTH + 1)]
    merged = [r for r in sheet.merged_cell_ranges or () if r[0][0] <= DEPTH]

    def spread(i: int) -> Sequence[str]:
        filled = list(rows[i])
        for (top, left), (bottom, right) in merged:
            if top <= i <= bottom and top < len(rows):
                filled[left : right + 1] = [rows[top][left]] * (min(right + 1, len(filled)) - left)
        return filled

    return detect(feed, rows, spread)


def _blocks(
    feed: Feed, sheet: CalamineSheet, header: Header, formulas: set[tuple[int, int]]
) -> Iterator[Block]:
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
        texts, spoilt = _column(values, column)
        cells[name] = pl.Series(name, texts, dtype=pl.String)
        marks += [Mark(place, code, tuple(first + i for i in found)) for code, found in spoilt.items()]
        if column is not None and column.is_identifier:
            found = tuple(sorted(r + 1 for r, c in formulas if c == place and r + 1 in rows))
            marks += [Mark(place, "E_FORMULA", found)] if found else []
    return Block(tidy(pl.DataFrame(cells)), tuple(marks))


def _column(
    values: Sequence[Any], column: Column | None
) -> tuple[Sequence[str | None], dict[str, list[int]]]:
    """(texts, rows from 0 by the code that spoils them)."""
    if set(map(type, values)) <= {str}:
        return values, {}
    spoilt: dict[str, list[int]] = {}
    if column is not None and column.type == "string":
        for i, value in enumerate(values):
            if column.is_identifier and not isinstance(value, str):
                spoilt.setdefault("E_ID_NUMERIC", []).append(i)
            elif isinstance(value, (int, float)) and abs(value) >= _EXACT:
                spoilt.setdefault("E_PRECISION", []).append(i)
    return [_text(v) for v in values], spoilt


def _text(value: Any) -> str | None:
    """A cell as text: whole numbers without a point, dates in ISO form, other numbers to 15 digits."""
    if isinstance(value, str):
        return value
    if value is None:
        return None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.15g}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == _MIDNIGHT else value.isoformat(sep=" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)
