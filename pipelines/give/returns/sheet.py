"""A sheet of a return workbook, written as its file in expectations/sheets says: a list to read, or a form to fill in.

Belongs here: heading, rows, open cells, drop-downs of one list, check values, protection. Does not belong here: what an
answer depends on (anomaly_sheet.py), sheets with a layout of their own (workbook.py).
"""

from collections.abc import Callable, Sequence

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipelines.give.returns.codes import Codes
from pipelines.give.returns.model import Cells, TownshipReturn
from pipelines.kit.office.sheets import Sheet, SheetColumn
from pipelines.kit.office.styles import LINE_POINTS, PROTECTION, clean, letter, page, row_points
from pipelines.kit.office.table import write_table, write_title
from pipelines.kit.security.signature import RowSigner


def write_list(sheet: Worksheet, formats: dict[str, Format], spec: Sheet, rows: Sequence[Cells], footer: str) -> None:
    """Rows to read; cells beyond the columns are not shown."""
    page(sheet, footer, title_rows=(spec.head_row, spec.head_row))
    sheet.set_header(f"&L&12&B{spec.title}")
    sheet.set_default_row(LINE_POINTS)
    sheet.freeze_panes(spec.first_row, spec.frozen)
    write_table(sheet, formats, spec.head_row, spec.columns, rows)
    if not rows:
        sheet.write_string(spec.first_row, 0, spec.empty, formats["subtitle"])
    sheet.protect("", PROTECTION)


def heading(data: TownshipReturn, spec: Sheet, has_rows: bool) -> list[str]:
    """The two lines above the headings of a form."""
    title = f"{data.place} {spec.title}（数据截至 {data.as_of.isoformat()}）"
    return [title, spec.hint if has_rows else spec.empty]


def write_form(
    sheet: Worksheet, formats: dict[str, Format], spec: Sheet, lines: Sequence[str], rows: Sequence[Cells],
    signer: RowSigner, codes: Codes, footer: str,
    is_closed: Callable[[int, SheetColumn], bool] = lambda row, column: False,
) -> None:  # fmt: skip
    """Rows to fill in: the cells of the columns nobody fills in, then the keys. `is_closed`: which cells of a row (by
    its place among `rows`) are not to be filled in after all."""
    page(sheet, footer, title_rows=(spec.head_row, spec.head_row))
    write_title(sheet, formats, lines[0], points=26)
    sheet.write_string(1, 0, lines[1], formats["hint"])
    sheet.set_row(spec.head_row, 2 * LINE_POINTS)
    for c, column in enumerate(spec.written):
        is_hidden = column not in (spec.written[0], *spec.columns)
        sheet.set_column(c, c, column.width, None, {"hidden": True} if is_hidden else {})
        sheet.write_string(spec.head_row, c, column.heading, formats["head_answer" if column.is_filled else "head"])
    sheet.freeze_panes(spec.first_row, spec.frozen)
    for i, row in enumerate(rows):
        _row(sheet, formats, spec, i, row, signer, is_closed)
    if rows:
        last, end = spec.head_row + len(rows), len(spec.written) - 1
        sheet.autofilter(spec.head_row, 0, last, len(spec.columns))
        sheet.ignore_errors({"number_stored_as_text": f"A1:{letter(end)}{last + 1}"})
        _help(sheet, formats, spec, codes, last)
    sheet.protect("", PROTECTION)


def _row(
    sheet: Worksheet, formats: dict[str, Format], spec: Sheet, place: int, row: Cells, signer: RowSigner,
    is_closed: Callable[[int, SheetColumn], bool],
) -> None:  # fmt: skip
    r = spec.first_row + place
    shown = [str(place + 1), *(clean(text) for text in row[: len(row) - len(spec.keys)])]
    keys = row[len(row) - len(spec.keys) :]
    for c, (text, column) in enumerate(zip(shown, spec.written, strict=False)):
        sheet.write_string(r, c, text, formats["cell_centred" if column.is_centred else "cell"])
    filled = [c for c in spec.columns if c.is_filled]
    for c, column in enumerate(filled, len(shown)):
        style = "closed" if is_closed(place, column) else "answer_centred" if column.is_centred else "answer"
        sheet.write_blank(r, c, None, formats[style])
    for c, text in enumerate([*keys, signer.check_value([*shown, *keys])], len(shown) + len(filled)):
        sheet.write_string(r, c, text, formats["hidden"])
    sheet.set_row(r, row_points((text, c.width) for text, c in zip(shown, spec.written, strict=False)))


def _help(sheet: Worksheet, formats: dict[str, Format], spec: Sheet, codes: Codes, last: int) -> None:
    """Drop-downs, red cells and notes of the columns that are filled in."""
    first = spec.first_row
    for c, column in enumerate(spec.written):
        if codes.offers(column.values):
            offered = codes.drop_down(column.values, f"请选择{column.heading}", column.hint)
            sheet.data_validation(first, c, last, c, offered)
        if column.is_needed:
            sheet.conditional_format(first, c, last, c, {"type": "blanks", "format": formats["missing"]})
        if column.hint:
            sheet.write_comment(spec.head_row, c, column.hint, {"x_scale": 1.4, "y_scale": 0.6, "author": ""})
