"""XLSX files as departments make them: title, one- or two-row header, data, total, footnote.

Belongs here: turning a frame into one sheet of a workbook, column by column. Does not belong here: which
headings a department uses (feeds/). Written here because a library that writes cell by cell needs
longer for the sample's 1.7 million cells than everything else together; equal frames give equal bytes.
"""

import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import polars as pl

from prefecture.output.workbook_parts import AMOUNT, DATE, HEADER, MAIN, TEXT, TITLE, XML, parts

_EPOCH = pl.lit("1899-12-30").str.to_date()
MOST_ROWS = 1_048_576
NUMBER_SUFFIX, DATE_SUFFIX, TEXT_SUFFIX = "__number", "__date", "__text"


@dataclass(frozen=True)
class Heading:
    """One column: its name in the frame, its heading, the heading above it if there are two rows, its
    width."""

    name: str
    label: str
    group: str | None = None
    width: int = 14


def first_line(headings: Sequence[Heading]) -> int:
    """1-based row of the first line of data: below the title and a heading of one or two rows."""
    return 4 if any(h.group for h in headings) else 3


def write_workbook(
    path: Path,
    sheet: str,
    title: str,
    headings: Sequence[Heading],
    frames: Iterable[pl.DataFrame],
    tail: Callable[[], Sequence[Sequence[str | float]]],
) -> None:
    """Write `frames` one below the other; `tail` gives the rows below them when they are all written.

    Text columns become text cells, floats numbers, dates real dates. Where a frame has `<name>__number`,
    `<name>__date` or `<name>__text` and it is not null, that cell is of that kind instead. Raises ValueError
    when there are more rows than a sheet can hold.
    """
    first = first_line(headings)
    depth, next_row = first - 2, first
    merges = [f"A1:{_letter(len(headings) - 1)}1", *_merges(headings, depth)]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts(sheet):
            archive.writestr(_entry(name), content)
        with archive.open(_entry("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as out:
            rows = [_title_row(title), *_header_rows(headings, depth)]
            out.write("".join([_opening(headings, first), *rows]).encode())
            for frame in frames:
                out.write(_body(headings, frame, next_row).encode())
                next_row += frame.height
            tails = [_plain_row(next_row + i, row) for i, row in enumerate(tail())]
            merged = "".join(f'<mergeCell ref="{m}"/>' for m in merges)
            out.write("".join([*tails, "</sheetData>", f'<mergeCells count="{len(merges)}">']).encode())
            out.write(f"{merged}</mergeCells></worksheet>".encode())
    if next_row + len(tails) > MOST_ROWS:
        raise ValueError(f"{path.name}: a sheet holds {MOST_ROWS} rows, not {next_row}")


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _opening(headings: Sequence[Heading], first: int) -> str:
    widths = "".join(
        f'<col min="{i + 1}" max="{i + 1}" width="{h.width}" customWidth="1"/>' for i, h in enumerate(headings)
    )
    view = (
        f'<sheetViews><sheetView workbookViewId="0"><pane ySplit="{first - 1}" topLeftCell="A{first}" '
        'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    )
    return f"{XML}<worksheet {MAIN}>{view}<cols>{widths}</cols><sheetData>"


def _body(headings: Sequence[Heading], frame: pl.DataFrame, first: int) -> str:
    if not frame.height:
        return ""
    rows = frame.with_columns((pl.int_range(pl.len()) + first).cast(pl.String).alias("__row"))
    cells = [_cell(rows, heading.name, _letter(i)) for i, heading in enumerate(headings)]
    line = pl.concat_str(pl.lit('<row r="'), "__row", pl.lit('">'), *cells, pl.lit("</row>"))
    return rows.select(line.str.join("")).item()


def _cell(frame: pl.DataFrame, name: str, letter: str) -> pl.Expr:
    kind = frame.schema[name]
    if kind == pl.Date:
        cell = _date_cell(name, letter)
    else:
        cell = _number_cell(pl.col(name), letter, AMOUNT) if kind.is_numeric() else _text_cells(name, letter)
    instead = {
        DATE_SUFFIX: _date_cell,
        TEXT_SUFFIX: _text_cells,
        NUMBER_SUFFIX: lambda n, at: _number_cell(pl.col(n), at, 0),
    }
    for suffix, form in instead.items():
        if name + suffix in frame.columns:
            cell = pl.when(pl.col(name + suffix).is_null()).then(cell).otherwise(form(name + suffix, letter))
    return cell


def _date_cell(name: str, letter: str) -> pl.Expr:
    return _number_cell((pl.col(name) - _EPOCH).dt.total_days(), letter, DATE)


def _text_cells(name: str, letter: str) -> pl.Expr:
    text = pl.col(name)
    for mark, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.str.replace_all(mark, entity, literal=True)
    opening = pl.lit(f'" s="{TEXT}" t="inlineStr"><is><t>')
    cell = pl.concat_str(pl.lit(f'<c r="{letter}'), "__row", opening, text, pl.lit("</t></is></c>"))
    return pl.when(pl.col(name).is_null()).then(pl.lit("")).otherwise(cell)


def _number_cell(value: pl.Expr, letter: str, style: int) -> pl.Expr:
    cell = pl.concat_str(
        pl.lit(f'<c r="{letter}'),
        "__row",
        pl.lit(f'" s="{style}"><v>'),
        value.cast(pl.String),
        pl.lit("</v></c>"),
    )
    return pl.when(value.is_null()).then(pl.lit("")).otherwise(cell)


def _text_cell(letter: str, row: int, text: str, style: int) -> str:
    return f'<c r="{letter}{row}" s="{style}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def _title_row(title: str) -> str:
    return f'<row r="1" ht="26" customHeight="1">{_text_cell("A", 1, title, TITLE)}</row>'


def _header_rows(headings: Sequence[Heading], depth: int) -> list[str]:
    lower = [
        _text_cell(_letter(i), depth + 1, h.label if h.group or depth == 1 else "", HEADER)
        for i, h in enumerate(headings)
    ]
    if depth == 1:
        return [f'<row r="2">{"".join(lower)}</row>']
    seen, upper = None, []
    for i, heading in enumerate(headings):
        text = "" if heading.group and heading.group == seen else heading.group or heading.label
        upper.append(_text_cell(_letter(i), 2, text, HEADER))
        seen = heading.group
    return [f'<row r="2">{"".join(upper)}</row>', f'<row r="3">{"".join(lower)}</row>']


def _merges(headings: Sequence[Heading], depth: int) -> list[str]:
    if depth == 1:
        return []
    merges, start = [], 0
    for i, heading in enumerate(headings):
        if heading.group is None:
            merges.append(f"{_letter(i)}2:{_letter(i)}3")
        if i + 1 == len(headings) or headings[i + 1].group != heading.group:
            if heading.group and i > start:
                merges.append(f"{_letter(start)}2:{_letter(i)}2")
            start = i + 1
    return merges


def _plain_row(row: int, values: Sequence[str | float]) -> str:
    cells = "".join(
        _text_cell(_letter(i), row, value, 0)
        if isinstance(value, str)
        else f'<c r="{_letter(i)}{row}" s="{AMOUNT}"><v>{value}</v></c>'
        for i, value in enumerate(values)
        if value != ""
    )
    return f'<row r="{row}">{cells}</row>'


def _letter(index: int) -> str:
    return chr(ord("A") + index)
