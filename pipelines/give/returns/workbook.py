"""One township's return set as an .xlsx file, not yet encrypted.

Belongs here: which sheets, those with a layout of their own, signatures of the file. Does not belong here: sheets as
their files say (`sheet`), reading the lake (`assemble`), files on disk (`issue`). Equal content gives equal bytes.
Protection and hidden sheets only keep people from slipping; what proves a row unchanged is its check value.
"""

import json

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pipelines.give.returns import columns as layout
from pipelines.give.returns.anomaly_sheet import write_anomalies
from pipelines.give.returns.codes import Codes, labels
from pipelines.give.returns.guide import Section, guide
from pipelines.give.returns.model import TownshipReturn
from pipelines.give.returns.sheet import heading, write_form, write_list
from pipelines.kit.office.column import Column, centred
from pipelines.kit.office.sheets import Sheet, load_sheets
from pipelines.kit.office.styles import PROTECTION, clean, page, workbook_bytes
from pipelines.kit.office.table import write_lines, write_table, write_title
from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.security.signature import RowSigner, digest, sign

_GUIDE_WIDTHS = (20, 84)
_TABS = {layout.GUIDE: "#1F4E79", layout.ANOMALIES: "#C00000", layout.RECEIPT: "#BF9000"}
_LIST_TAB = "#7F9DB9"
_PREVIOUS = (
    centred("答复轮次", 12), Column("所交文件", 22), centred("工单号", 15), Column("规则", 26), centred("姓名", 16),
    centred("上次答复", 16), centred("更正值", 22), centred("处理情况", 12), centred("目前状态", 16),
    Column("说明（行号是所交文件里的）", 44),
)  # fmt: skip


def build_workbook(data: TownshipReturn, keys: KeyProvider) -> bytes:
    """The workbook of SPEC §8 for one township; plain bytes, the same for the same content and keys."""
    title = f"{data.place} 数据返还 {data.as_of.isoformat()}"
    footer = f"{clean(data.place)} 数据截至 {data.as_of.isoformat()} 内部资料 注意保密"
    with workbook_bytes(data.as_of, title) as (book, formats, out):
        codes, signer, specs = Codes(data), RowSigner(keys, data.set_id), load_sheets(layout.TOWNSHIP)
        for name in (layout.GUIDE, *(spec.title for spec in specs.values()), layout.RECEIPT):
            book.add_worksheet(name).set_tab_color(_TABS.get(name, _LIST_TAB))
        _guide(book.get_worksheet_by_name(layout.GUIDE), formats, data, footer)
        for code, spec in specs.items():
            sheet = book.get_worksheet_by_name(spec.title)
            if code == layout.ANOMALY_SHEET.code:
                write_anomalies(sheet, formats, data, signer, codes, footer)
            elif spec.comes_back:
                rows = data.lists[code]
                write_form(sheet, formats, spec, heading(data, spec, bool(rows)), rows, signer, codes, footer)
            else:
                write_list(sheet, formats, spec, data.lists[code], footer)
        _receipt(book.get_worksheet_by_name(layout.RECEIPT), formats, data, footer)
        codes.write(book, formats)
        _meta(book, formats, data, keys)
    return out.getvalue()


def meta_document(data: TownshipReturn, keys: KeyProvider) -> dict:
    """What the hidden sheet says about the file; signed as a whole."""
    return {
        "mark": layout.META_MARK,
        "suite": keys.suite.name,
        "key_id": keys.key_id,
        "set_id": data.set_id,
        "township_code": data.township_code,
        "place": data.place,
        "as_of": data.as_of.isoformat(),
        "issue": data.issue,
        **_form(data, layout.ANOMALY_SHEET, bool(data.anomalies)),
        "rows": digest([[a.ticket_id, a.group_key] for a in data.anomalies]),
        **{layout.list_key(name): digest(labels(entries)) for name, entries in data.values.items()},
        **_other_forms(data),
    }


def _form(data: TownshipReturn, spec: Sheet, has_rows: bool) -> dict:
    return {"top": heading(data, spec, has_rows), "titles": [c.heading for c in spec.written]}


def _other_forms(data: TownshipReturn) -> dict:
    forms = {
        code: _form(data, spec, bool(data.lists[code]))
        for code, spec in load_sheets(layout.TOWNSHIP).items()
        if spec.comes_back and code != layout.ANOMALY_SHEET.code
    }
    return {"forms": forms} if forms else {}


def _guide(sheet: Worksheet, formats: dict[str, Format], data: TownshipReturn, footer: str) -> None:
    page(sheet, footer, is_landscape=False)
    write_title(sheet, formats, f"{data.place} 数据返还说明", points=30)
    sheet.write_string(1, 0, f"数据截至 {data.as_of.isoformat()} · 内部资料 注意保密", formats["subtitle"])
    row = 3
    for section in guide(data):
        row = _section(sheet, formats, row, section)
    sheet.protect("", PROTECTION)


def _section(sheet: Worksheet, formats: dict[str, Format], row: int, section: Section) -> int:
    sheet.set_row(row, 22)
    sheet.write_string(row, 0, section.title, formats["bar"])
    sheet.write_string(row, 1, "", formats["bar"])
    return write_lines(sheet, formats, row + 1, section.lines, _GUIDE_WIDTHS) + 1


def _receipt(sheet: Worksheet, formats: dict[str, Format], data: TownshipReturn, footer: str) -> None:
    page(sheet, footer)
    write_title(sheet, formats, f"{data.place} 回执", points=26)
    asked = "请填写黄色单元格，与「异常清单」一起交回。"
    sheet.write_string(1, 0, asked if data.anomalies else layout.ANOMALY_SHEET.empty, formats["hint"])
    left = layout.SIGN_OFF_COLUMN
    for i, (_, label) in enumerate(layout.SIGN_OFF):
        row = layout.SIGN_OFF_ROW + i
        sheet.set_row(row, 24)
        sheet.write_string(row, left - 1, label, formats["label"])
        sheet.write_blank(row, left, None, formats["answer"])
    top = layout.SIGN_OFF_ROW + len(layout.SIGN_OFF) + 2
    write_title(sheet, formats, "上一次答复的处理情况", top - 1, points=26)
    write_table(sheet, formats, top, _PREVIOUS, data.previous_answers, is_numbered=False, fits_rows=True)
    if not data.previous_answers:
        sheet.write_string(top + 1, 0, "没有上一次的答复。", formats["subtitle"])
    sheet.protect("", PROTECTION)


def _meta(book: Workbook, formats: dict[str, Format], data: TownshipReturn, keys: KeyProvider) -> None:
    sheet = book.add_worksheet(layout.META)
    document = meta_document(data, keys)
    texts = (layout.META_MARK, json.dumps(document, ensure_ascii=False, sort_keys=True),
             sign(keys, layout.SIGN_PURPOSE, document))  # fmt: skip
    for r, text in enumerate(texts):
        sheet.write_string(r, 0, text, formats["hidden"])
    for r, anomaly in enumerate(data.anomalies):
        sheet.write_string(r, 1, anomaly.ticket_id, formats["hidden"])
        sheet.write_string(r, 2, anomaly.group_key, formats["hidden"])
    sheet.protect("", {})
    sheet.very_hidden()
