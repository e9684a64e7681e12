"""Tables and blocks of label and text, written one way wherever a workbook of ours has them.

Belongs here: how a table, a title, a fact stand in a sheet. Does not belong here: looks (styles.py), which
sheets there are (sheets.py), layouts only one sheet has.
"""

from collections.abc import Iterable, Sequence

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipelines.kit.office.column import NUMBER, Column
from pipelines.kit.office.fast import TextSheet
from pipelines.kit.office.styles import LINE_POINTS, clean, line_count, row_points


def write_table(
    sheet: TextSheet, formats: dict[str, Format], top: int, columns: Sequence[Column],
    rows: Sequence[Sequence[str | int]], is_numbered: bool = True, fits_rows: bool = False,
) -> None:  # fmt: skip
    """A header at row `top` (0-based) and the rows below it.

    `is_numbered` puts a running number before each row. Cells beyond the columns are not shown. Text stays text; only
    counts are given as numbers. `fits_rows` sets row heights so that wrapped text shows whole; without it every cell
    is text and nothing is written below.
    """
    shown = (NUMBER, *columns) if is_numbered else tuple(columns)
    write_head(sheet, formats, top, shown)
    if not rows:
        return
    styles = [formats["cell_centred" if c.is_centred else "cell"] for c in shown]
    cells = [row[: len(columns)] for row in rows]
    if is_numbered:
        cells = [(str(number), *row) for number, row in enumerate(cells, 1)]
    if fits_rows:
        _write_fitting(sheet, top + 1, shown, cells, styles)
    else:
        sheet.end_in(top + 1, cells, styles)
    last = top + len(rows)
    sheet.autofilter(top, 0, last, len(shown) - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A{top + 1}:Z{last + 1}"})


def write_head(sheet: Worksheet, formats: dict[str, Format], top: int, columns: Sequence[Column]) -> None:
    """Headings at row `top`, and the widths of their columns."""
    for c, column in enumerate(columns):
        sheet.write_string(top, c, column.heading, formats["head"])
        sheet.set_column(c, c, column.width)
    sheet.set_row(top, 5 + LINE_POINTS * max(line_count(c.heading, c.width) for c in columns))


def write_asked(
    sheet: Worksheet, formats: dict[str, Format], top: int, left: int, columns: Sequence[Column], rows: int,
    choices: Iterable[str],
) -> None:  # fmt: skip
    """Yellow cells for people to fill in, from column `left` on, beside the `rows` rows of a table with its header at
    row `top`; what goes into the first of them is chosen."""
    for c, column in enumerate(columns, left):
        sheet.write_string(top, c, column.heading, formats["head_answer"])
        sheet.set_column(c, c, column.width)
        for r in range(top + 1, top + 1 + rows):
            sheet.write_blank(r, c, None, formats["answer_centred" if column.is_centred else "answer"])
    last = top + max(rows, 1)
    chosen = {"validate": "list", "source": list(choices), "ignore_blank": True}
    sheet.data_validation(top + 1, left, last, left, chosen)
    sheet.autofilter(top, 0, last, left + len(columns) - 1)


def _write_fitting(
    sheet: Worksheet, top: int, columns: Sequence[Column], rows: Iterable[Sequence[str | int]],
    styles: Sequence[Format],
) -> None:  # fmt: skip
    for r, row in enumerate(rows, top):
        for c, (cell, style) in enumerate(zip(row, styles, strict=True)):
            (sheet.write_string if isinstance(cell, str) else sheet.write_number)(r, c, cell, style)
        sheet.set_row(r, row_points((str(cell), c.width) for cell, c in zip(row, columns, strict=True)))


def write_title(sheet: Worksheet, formats: dict[str, Format], text: str, row: int = 0, points: float = 28) -> None:
    """The title of a sheet, or of a part of it that begins at `row`."""
    sheet.set_row(row, points)
    sheet.write_string(row, 0, text, formats["title"])


def write_facts(
    sheet: Worksheet, formats: dict[str, Format], top: int, facts: Iterable[tuple[str, str]],
    columns: Sequence[Column], labels: int = 2,
) -> int:  # fmt: skip
    """(label, text) rows above a table of these columns: the label takes the first few of them, the text the others.
    Returns the first free row."""
    width, last = sum(c.width for c in columns[labels:]), len(columns) - 1
    row = top
    for row, (label, text) in enumerate(facts, top):
        if labels > 1:
            sheet.merge_range(row, 0, row, labels - 1, label, formats["label"])
        else:
            sheet.write_string(row, 0, label, formats["label"])
        sheet.merge_range(row, labels, row, last, clean(text), formats["cell"])
        sheet.set_row(row, row_points([(text, width)]))
    return row + 1


def write_lines(
    sheet: Worksheet, formats: dict[str, Format], top: int, lines: Iterable[tuple[str, str]],
    widths: tuple[float, float],
) -> int:  # fmt: skip
    """(label, text) in two columns of these widths; returns the first free row."""
    row = top - 1
    for c, width in enumerate(widths):
        sheet.set_column(c, c, width)
    for row, line in enumerate(lines, top):
        sheet.set_row(row, row_points(zip(line, widths, strict=True)))
        sheet.write_string(row, 0, line[0], formats["label"])
        sheet.write_string(row, 1, line[1], formats["cell"])
    return row + 1
