"""An export as a workbook people open: the rows, and a sheet that says what they are and what they may be used for.

Belongs here: these two sheets. Does not belong here: formats and page set-up (pipelines.kit.office.styles), the lock.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipelines.give.exports.contract import Export
from pipelines.kit.contracts import Column, Feed
from pipelines.kit.office.styles import LINE_POINTS, line_count, page, row_points, workbook_bytes
from pipelines.kit.office.table import write_lines, write_title
from pipelines.kit.widths import display_width

MAX_ROWS, MAX_CELL = 1_048_575, 32_767
GUIDE = "说明"
TIME_FORMAT = "%Y-%m-%d %H:%M:%S"
_NUMBERS = ("integer", "decimal")
_EXACT_DIGITS = 15
_NARROWEST, _WIDEST, _LOOKED_AT = 8, 40, 200
_GUIDE_WIDTHS = (18, 84)


class TooLarge(ValueError):
    """More than a sheet or a cell can hold; the message says what to do."""


def workbook(
    export: Export, feed: Feed, rows: pl.DataFrame, as_of: date, kind: str, sources: Sequence[str] = ()
) -> bytes:
    """The finished .xlsx; equal content gives equal bytes. Raises TooLarge."""
    _require_fits(feed, rows)
    title = f"{feed.title}（{kind}）{as_of.isoformat()}"
    footer = f"{feed.department_name} {feed.title} 数据截至 {as_of.isoformat()} 内部资料 注意保密"
    with workbook_bytes(as_of, title) as (book, formats, out):
        # One format each: numbers stay numbers, so that the receiver can add them up.
        numbers = {
            c.name: book.add_format({
                "font_name": "微软雅黑", "font_size": 10, "border": 1, "border_color": "#BFC9D4", "valign": "vcenter",
                "num_format": "0" if c.type == "integer" else "0." + "0" * c.scale,
            })
            for c in feed.columns if c.type in _NUMBERS
        }  # fmt: skip
        _rows(book.add_worksheet(feed.title[:31]), {**formats, **numbers}, feed, rows, footer)
        _guide(book.add_worksheet(GUIDE), formats, export, rows.height, as_of, kind, sources, footer)
    return out.getvalue()


def as_text(column: Column) -> pl.Expr:
    """The column as people and JSON see it: 2024-01-03, 2024-01-03 08:30:00, 12.50."""
    value = pl.col(column.name)
    return value.dt.strftime(TIME_FORMAT) if column.type == "timestamp" else value.cast(pl.String)


def _require_fits(feed: Feed, rows: pl.DataFrame) -> None:
    if rows.height > MAX_ROWS:
        raise TooLarge(f"{feed.code}: {rows.height} rows do not fit into a sheet; make it csv, or split it")
    for column in feed.columns:
        if column.type == "string" and (rows[column.name].str.len_chars().max() or 0) > MAX_CELL:
            raise TooLarge(f"{feed.code}: a text of {column.name} does not fit into a cell; make it csv")


def _rows(sheet: Worksheet, formats: dict[str, Format], feed: Feed, rows: pl.DataFrame, footer: str) -> None:
    page(sheet, footer, title_rows=(0, 0))
    sheet.set_header(f"&L&12&B{feed.title}")
    sheet.freeze_panes(1, 1)
    widths = [_width(c, rows) for c in feed.columns]
    for place, (column, width) in enumerate(zip(feed.columns, widths, strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, column.label, formats["head"])
        is_centred = column.type in ("date", "timestamp") or column.is_identifier or column.is_month
        style = formats["cell_centred" if is_centred else "cell"]
        if column.type in _NUMBERS:
            _numbers(sheet, place, rows[column.name].to_list(), formats[column.name], style)
        else:
            for r, text in enumerate(rows.select(as_text(column)).to_series().to_list(), 1):
                if text is None:
                    sheet.write_blank(r, place, None, style)
                else:
                    sheet.write_string(r, place, text, style)
    sheet.set_row(0, 5 + LINE_POINTS * max(line_count(c.label, w) for c, w in zip(feed.columns, widths, strict=True)))
    texts = [(i, w) for i, (c, w) in enumerate(zip(feed.columns, widths, strict=True)) if c.type == "string"]
    for r, cells in enumerate(rows.iter_rows(), 1):
        sheet.set_row(r, row_points((cells[i] or "", w) for i, w in texts))
    sheet.autofilter(0, 0, rows.height, len(feed.columns) - 1)
    if rows.height:
        sheet.ignore_errors({"number_stored_as_text": f"A2:XFD{rows.height + 1}"})


def _numbers(sheet: Worksheet, place: int, values: Sequence, number: Format, text: Format) -> None:
    """As numbers, but for those a spreadsheet would round."""
    for r, value in enumerate(values, 1):
        if value is None:
            sheet.write_blank(r, place, None, number)
        elif len(str(value).lstrip("-").replace(".", "")) > _EXACT_DIGITS:
            sheet.write_string(r, place, str(value), text)
        else:
            sheet.write_number(r, place, value, number)


def _width(column: Column, rows: pl.DataFrame) -> float:
    """Wide enough for the heading in two lines and for what is usual in the column."""
    shown = rows.head(_LOOKED_AT).select(as_text(column)).to_series().drop_nulls().to_list()
    longest = max((display_width(line) for text in shown for line in text.split("\n")), default=0)
    return min(_WIDEST, max(_NARROWEST, display_width(column.label) / 2 + 5, longest + 3))


def _guide(
    sheet: Worksheet, formats: dict[str, Format], export: Export, rows: int, as_of: date, kind: str,
    sources: Sequence[str], footer: str,
) -> None:  # fmt: skip
    feed = export.feed
    page(sheet, footer, is_landscape=False)
    write_title(sheet, formats, feed.title)
    lines = [
        ("接收单位", feed.department_name),
        ("数据截至", as_of.isoformat()),
        ("数据来源", "\n".join(sources)),
        ("内容", f"{kind}，{rows} 行；{feed.grain}"),
        ("用途", feed.description),
        ("法律依据", export.legal_basis),
        ("使用限制", feed.limitations),
        ("共享属性", export.sharing),
        ("最高分级", export.highest_class),
        ("更新周期", feed.cadence),
        ("主键", "、".join(feed.by_name[k].label for k in feed.key_columns)),
        ("数据合同", f"{export.code} 版本 {feed.version}"),
    ]
    write_lines(sheet, formats, 2, [(label, text) for label, text in lines if text], _GUIDE_WIDTHS)
