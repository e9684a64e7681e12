"""How return workbooks, notices and receipts look: one set of formats, made once per workbook.

Belongs here: formats, page set-up, text measuring. Does not belong here: tables (table.py), what any sheet
says. All cells are text written with `write_string`, so nothing can become a formula.
"""

import copy
import io
import math
import re
from collections.abc import Iterable
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pipelines.kit.office.fast import TextBook
from pipelines.kit.widths import display_width

FONT = "微软雅黑"
LINE_POINTS = 16.5
A4 = 9
# What a protected sheet still allows: filtering, sorting and sizing, so that people can read it.
PROTECTION = {"autofilter": True, "format_columns": True, "format_rows": True, "sort": True}
_INK, _BAR, _HEAD, _ANSWER, _GREY, _EDGE = "#1F2D3D", "#1F4E79", "#DCE6F1", "#FFF6D6", "#F2F2F2", "#BFC9D4"
_RED, _RED_INK = "#F8CBCB", "#9C0006"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    # Columns are measured in digits of this font; unlike Calibri every office program has its equal.
    "default_format_properties": {"font_name": "Arial", "font_size": 10},
}
_FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 15, "font_color": _BAR, "valign": "vcenter"},
    "subtitle": {"font_color": "#5A6B7B", "valign": "vcenter"},
    "hint": {"font_color": _RED_INK, "valign": "vcenter"},
    "bar": {"bold": True, "font_color": "#FFFFFF", "bg_color": _BAR, "valign": "vcenter"},
    "head": {
        "bold": True, "bg_color": _HEAD, "border": 1, "align": "center", "valign": "vcenter",
        "text_wrap": True,
    },
    "head_answer": {
        "bold": True, "bg_color": "#FFD966", "border": 1, "align": "center", "valign": "vcenter",
        "text_wrap": True,
    },
    "cell": {"border": 1, "valign": "vcenter", "text_wrap": True},
    "cell_centred": {"border": 1, "valign": "vcenter", "text_wrap": True, "align": "center"},
    "label": {"border": 1, "valign": "vcenter", "bold": True, "bg_color": _GREY, "text_wrap": True},
    "answer": {"border": 1, "valign": "vcenter", "text_wrap": True, "bg_color": _ANSWER, "locked": False},
    "answer_centred": {
        "border": 1, "valign": "vcenter", "text_wrap": True, "bg_color": _ANSWER, "locked": False,
        "align": "center",
    },
    "closed": {"border": 1, "bg_color": _GREY, "valign": "vcenter"},
    "missing": {"bg_color": _RED, "font_color": _RED_INK},
    "hidden": {"font_color": "#808080"},
}  # fmt: skip


def new_workbook(out: io.BytesIO, created_on: date, title: str) -> tuple[Workbook, dict[str, Format]]:
    """A workbook whose bytes depend on its content only, and its named formats."""
    book = TextBook(out, copy.deepcopy(_OPTIONS))  # it keeps and changes what it is given
    stamp = datetime(created_on.year, created_on.month, created_on.day)
    book.set_properties({"title": title, "author": "数据镇街湖仓", "created": stamp})
    formats = {}
    for name, given in _FORMATS.items():
        base = {} if name == "missing" else {
            "font_name": FONT, "font_size": 10, "font_color": _INK, "num_format": "@", "border_color": _EDGE,
        }  # fmt: skip
        formats[name] = book.add_format(base | given)
    return book, formats


@contextmanager
def workbook_bytes(created_on: date, title: str):
    """Yields (workbook, formats, out); after leaving, `out.getvalue()` is the finished file."""
    out = io.BytesIO()
    book, formats = new_workbook(out, created_on, title)
    yield book, formats, out
    book.close()


def clean(text: str) -> str:
    """Cell text that survives any spreadsheet program: no control characters, no carriage returns."""
    return _CONTROL.sub("", text)


def line_count(text: str, width: float) -> int:
    """Lines the text takes in a column of this width."""
    return sum(max(1, math.ceil(display_width(part) / width)) for part in text.split("\n"))


def row_points(texts_and_widths: Iterable[tuple[str, float]]) -> float:
    """Height of a row that shows all its cells whole, at most the 409 points spreadsheets allow."""
    lines = max((line_count(t, w) for t, w in texts_and_widths if t), default=1)
    return min(409.0, 5 + LINE_POINTS * lines)


def letter(place: int) -> str:
    """A column as spreadsheets show it, by its 0-based place."""
    return xl_col_to_name(place)


def page(sheet: Worksheet, footer: str, is_landscape: bool = True, title_rows: tuple[int, int] | None = None):
    """A4, one page wide, margins, footer with page numbers, title rows on every page."""
    if is_landscape:
        sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.set_footer(f"&L&9{footer}&R&9第 &P 页 / 共 &N 页")
    sheet.hide_gridlines(2)
    if title_rows is not None:
        sheet.repeat_rows(*title_rows)
