"""The daily report (归集日报) as an .xlsx file: equal days give equal bytes.

Belongs here: sheets, widths, colours, page set-up, and how to read it. Does not belong here: what the cells say
(report.py, lists.py). Colours never stand alone: each state has its sign.
"""

from collections.abc import Sequence

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pipelines.ingest.arrivals import lists, model, report
from pipelines.ingest.arrivals.daily import Day
from pipelines.ingest.arrivals.lists import Row
from pipelines.kit.office.column import Column, centred
from pipelines.kit.office.styles import FONT, LINE_POINTS, clean, page, row_points, workbook_bytes
from pipelines.kit.office.table import write_head, write_table, write_title

_TITLE = "归集日报"
# State -> (background, ink).
_COLOURS = {
    model.MISSING: ("#F4A6A6", "#9C0006"), model.REFUSED: ("#F9CB9C", "#7F3F00"), model.LATE: ("#FFEB9C", "#7F6000"),
    model.NOT_YET_DUE: ("#FFFFFF", "#5A6B7B"), model.ON_TIME: ("#D5EBD8", "#1E5631"),
    model.PRESUMED_NIL: ("#F2F2F2", "#808080"),
}  # fmt: skip
_OVERVIEW_WIDTHS = (20, 14, 14, 14, 14, 14)
_READING = (
    ("份", "一个数据、一个范围（全市、县市区或镇街）、一期为一份；多页文件收齐才算一份，重复报送只算一份。"),
    ("期次", "以文件名中的年月为准。“本期”指各数据最近一个月份已经结束的期次；季报、学期报按各自的月份。"),
    ("报送期限", "期次所在月月底之后若干日，以数据合同为准；按自然日计算，遇节假日不顺延。期限当天送达算按时。"),
    ("零报告", "合同允许时：从未有过数据的范围可以不报；报过数据的，以后每期必报，没有了也要报只有表头的空文件。"),
    ("退回", "送达后整份未通过校验，不入库；此前的合格数据继续使用。部门改正后须整份重报，重报前一直算未归集。"),
    ("区划", "按期次当时有效的区划核对；更换过代码的区县，新旧代码都认作同一个。"),
)
_WHAT, _SCOPE, _PERIOD = (Column("部门", 26), Column("数据", 24)), Column("范围", 26), centred("期次", 10)
_LISTS = (
    (
        "未到清单", "已过报送期限仍没有送达的，按部门排列，逾期最久的在前。请逐一联系催报。",
        (*_WHAT, _SCOPE, _PERIOD, centred("报送期限", 13), centred("逾期天数", 10), Column("上次合格报送", 30)),
        lists.missing_rows, "没有逾期未到的数据。",
    ),
    (
        "尚未到期", "还没有送达、也还没有到报送期限的，最先到期的在前；可据此提前提醒。",
        (*_WHAT, _SCOPE, _PERIOD, centred("报送期限", 13), centred("还有天数", 10)),
        lists.next_due_rows, "没有将要到期的数据。",
    ),
    (
        "退回清单", "未通过校验的文件；待重报的在前，近一个月内已补好的在后。请把原因和要求转告部门。",
        (Column("部门", 22), Column("数据", 20), Column("范围", 16), _PERIOD, Column("文件", 34),
         centred("送达日期", 12), Column("原因和要求", 48), Column("目前情况", 18)),
        lists.refused_rows, "没有退回的文件。",
    ),
    (
        "陈旧数据", "新一期未到或已退回，仍在使用较早一期的数据；写“一期缺”的，后一期已到，只缺这期。请注意所用期次。",
        (*_WHAT, _SCOPE, centred("现用期次", 10), centred("送达日期", 13), centred("应用期次", 15),
         centred("落后天数", 10), centred("原因", 16)),
        lists.stale_rows, "所有数据都是最新一期。",
    ),
    (
        "计划外交付", "收到了，但范围、期次或文件名与数据合同不符的文件；不计入归集率。",
        (*_WHAT, Column("范围", 24), centred("期次", 22), centred("文件数", 9), Column("说明", 46)),
        lists.unexpected_rows, "没有计划外的文件。",
    ),
)  # fmt: skip
_COUNTS = {
    "本期应到": 9, "按时": 7, "迟到": 7, "退回": 7, "未到": 7, "未到期": 8, "本期归集率": 10, "累计应到": 9,
    "累计已到": 9, "累计归集率": 10, "累计按时率": 10,
}  # fmt: skip
_MATRIX = Column("数据", 24), Column("部门", 23), Column("期次", 8), Column("全市", 7)
_DEPARTMENTS = Column("部门", 26), Column("数据", 28), *(centred(h, w) for h, w in _COUNTS.items())


def build_daily(day: Day) -> bytes:
    """The workbook of one business date."""
    footer = f"归集日报 {day.as_of.isoformat()} 内部资料"
    with workbook_bytes(day.as_of, f"{_TITLE} {day.as_of.isoformat()}") as (book, formats, out):
        _overview(book, formats, day, footer)
        _departments(book, formats, day, footer)
        _matrix(book, formats, day, footer)
        for name, hint, columns, rows, nothing in _LISTS:
            _list(book, formats, footer, name, hint, columns, rows(day), nothing)
    return out.getvalue()


def _overview(book: Workbook, formats: dict[str, Format], day: Day, footer: str) -> None:
    sheet = book.add_worksheet("总览")
    sheet.set_tab_color("#1F4E79")
    page(sheet, footer, is_landscape=False)
    sheet.fit_to_pages(1, 1)
    for c, width in enumerate(_OVERVIEW_WIDTHS):
        sheet.set_column(c, c, width)
    write_title(sheet, formats, f"{_TITLE}（{report.day_title(day.as_of)}）", points=30)
    sheet.write_string(1, 0, "按各部门数据合同和实际收件自动生成，供市大数据局每日催报使用", formats["subtitle"])
    row = _block(sheet, formats, 3, "归集情况（份）", ("指标", "本期", "累计", "说明"), report.figures(day))
    row = _block(sheet, formats, row, "下一步", (), report.todo(day))
    titles = ("期次", "应到", "已到", "退回", "未到", "归集率")
    row = _block(sheet, formats, row, "近期各期归集率", titles, report.trend(day))
    _block(sheet, formats, row, "怎么看这份日报", (), _READING)


def _block(
    sheet: Worksheet, formats: dict[str, Format], row: int, title: str, titles: Sequence[str], rows: Sequence[Row]
) -> int:
    """A bar, a header where there are titles, and rows whose last cell takes what width is left."""
    last = len(_OVERVIEW_WIDTHS) - 1
    for c in range(last + 1):
        sheet.write_string(row, c, title if c == 0 else "", formats["bar"])
    sheet.set_row(row, 22)
    for cells in ([titles] if titles else []) + list(rows):
        row += 1
        is_head = cells is titles
        end = len(cells) - 1
        for c, cell in enumerate(cells):
            style = formats["head" if is_head else "label" if c == 0 else "cell" if c == end < last else "cell_centred"]
            if c == end < last:
                sheet.merge_range(row, c, row, last, "", style)
            (sheet.write_string if isinstance(cell, str) else sheet.write_number)(row, c, cell, style)
        sheet.set_row(row, row_points([(str(cells[end]), sum(_OVERVIEW_WIDTHS[end:]))]))
    return row + 2


def _departments(book: Workbook, formats: dict[str, Format], day: Day, footer: str) -> None:
    sheet = book.add_worksheet("部门")
    page(sheet, footer, title_rows=(2, 2))
    sheet.freeze_panes(3, 2)
    _head(sheet, formats, "各部门归集情况", "本期为各数据最近一个月份已经结束的期次；累计自首期起。单位：份")
    write_table(sheet, formats, 2, _DEPARTMENTS, report.department_rows(day), fits_rows=True)


def _matrix(book: Workbook, formats: dict[str, Format], day: Day, footer: str) -> None:
    sheet = book.add_worksheet("县市区矩阵")
    page(sheet, footer, title_rows=(3, 3))
    sheet.freeze_panes(4, 1)
    sheet.fit_to_pages(1, 1)
    _head(sheet, formats, "县市区矩阵（本期）", "每格是一个数据在一个县市区本期的情况；按镇街报送的写明“已到/应到”。")
    signs = "　".join(f"{symbol} {word}" for symbol, word in report.WORDS.values())
    sheet.write_string(2, 0, f"{signs}　空白：不按此范围报送", formats["subtitle"])
    counties = (Column(c.name, 9) for c in report.counties(day))
    columns = (*_MATRIX, *counties, Column("归集率", 9))
    write_head(sheet, formats, 3, columns)
    tints = {state: _tint(book, *colours) for state, colours in _COLOURS.items()}
    for r, (lead, cells, share) in enumerate(report.matrix(day), 4):
        for c, text in enumerate(lead):
            sheet.write_string(r, c, text, formats["cell_centred" if c == 2 else "cell"])
        for c, cell in enumerate(cells, len(lead)):
            state, text = cell or ("", "")
            sheet.write_string(r, c, text, tints.get(state, formats["closed"]))
        sheet.write_string(r, len(columns) - 1, share, formats["cell_centred"])
        sheet.set_row(r, LINE_POINTS)


def _list(
    book: Workbook, formats: dict[str, Format], footer: str, name: str, hint: str, columns: Sequence[Column],
    rows: Sequence[Row], nothing: str,
) -> None:  # fmt: skip
    sheet = book.add_worksheet(name)
    sheet.set_tab_color("#C00000" if rows and name in ("未到清单", "退回清单") else "#7F9DB9")
    page(sheet, footer, title_rows=(2, 2))
    sheet.freeze_panes(3, 3)
    _head(sheet, formats, f"{name}（{len(rows)} 条）", hint)
    shown = [tuple(clean(c) if isinstance(c, str) else c for c in row) for row in rows]
    write_table(sheet, formats, 2, columns, shown, fits_rows=True)
    if not rows:
        sheet.write_string(3, 0, nothing, formats["subtitle"])


def _head(sheet: Worksheet, formats: dict[str, Format], title: str, hint: str) -> None:
    write_title(sheet, formats, title)
    sheet.write_string(1, 0, hint, formats["subtitle"])


def _tint(book: Workbook, background: str, ink: str) -> Format:
    return book.add_format({
        "font_name": FONT, "font_size": 10, "font_color": ink, "bg_color": background, "border": 1,
        "border_color": "#BFC9D4", "align": "center", "valign": "vcenter", "num_format": "@", "bold": True,
    })  # fmt: skip
