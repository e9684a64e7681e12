"""The sheet 异常清单: one row per open ticket, three columns to fill in.

Belongs here: its cells, drop-downs and check values. Does not belong here: the other sheets (`workbook`).
"""

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipelines.give.returns import columns as layout
from pipelines.give.returns.columns import ANOMALY_COLUMNS, COL, FIRST_ROW, HEADER_ROW, column_letter
from pipelines.give.returns.model import Anomaly, Question, TownshipReturn
from pipelines.judge.ledger.ticket_numbers import short
from pipelines.kit.office.styles import LINE_POINTS, PROTECTION, clean, page, row_points
from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.security.signature import RowSigner


def rule_text(question: Question) -> str:
    """How a rule is named in the sheet; the reader takes the rule id from its first word."""
    return f"{question.rule_id} {question.title}"


def top_lines(data: TownshipReturn) -> list[str]:
    """The two lines above the header."""
    hint = layout.ANSWER_HINT if data.anomalies else layout.EMPTY_HINT
    return [layout.heading(data.place, data.as_of.isoformat()), hint]


def write_anomalies(
    sheet: Worksheet, formats: dict[str, Format], data: TownshipReturn, keys: KeyProvider, footer: str
) -> None:
    page(sheet, footer, title_rows=(HEADER_ROW, HEADER_ROW))
    sheet.set_row(0, 26)
    for r, (text, style) in enumerate(zip(top_lines(data), ("title", "hint"), strict=True)):
        sheet.write_string(r, 0, text, formats[style])
    sheet.set_row(HEADER_ROW, 2 * LINE_POINTS)
    for c, column in enumerate(ANOMALY_COLUMNS):
        is_hidden = c >= layout.HIDDEN_FROM
        sheet.set_column(c, c, column.width, None, {"hidden": True} if is_hidden else {})
        style = "head_answer" if c in layout.ANSWER_CELLS else "head"
        sheet.write_string(HEADER_ROW, c, column.title, formats[style])
    sheet.freeze_panes(FIRST_ROW, COL["name"] + 1)
    questions = {q.rule_id: q for q in data.questions}
    signer = RowSigner(keys, data.set_id)
    for i, anomaly in enumerate(data.anomalies):
        _anomaly(sheet, formats, FIRST_ROW + i, i + 1, anomaly, questions[anomaly.rule_id], signer)
    if data.anomalies:
        last = FIRST_ROW + len(data.anomalies) - 1
        sheet.autofilter(HEADER_ROW, 0, last, layout.HIDDEN_FROM - 1)
        sheet.ignore_errors({"number_stored_as_text": f"A1:P{last + 1}"})
        _answer_help(sheet, formats, data, last)
    sheet.protect("", PROTECTION)


def _anomaly(
    sheet: Worksheet, formats: dict[str, Format], row: int, number: int, anomaly: Anomaly, question: Question,
    signer: RowSigner,
) -> None:  # fmt: skip
    shown = [
        str(number), short(anomaly.ticket_id), rule_text(question),
        layout.SEVERITY[anomaly.severity], anomaly.name, anomaly.id_no, anomaly.village_name, question.text,
        anomaly.evidence, anomaly.value,
    ]  # fmt: skip
    shown = [clean(text) for text in shown]
    for c, text in enumerate(shown):
        sheet.write_string(row, c, text, formats["cell_centred" if ANOMALY_COLUMNS[c].is_centred else "cell"])
    takes_value = any(choice.needs_value for choice in question.choices)
    sheet.write_blank(row, COL["answer"], None, formats["answer_centred"])
    sheet.write_blank(row, COL["new_value"], None, formats["answer" if takes_value else "closed"])
    sheet.write_blank(row, COL["note"], None, formats["answer"])
    keys = [anomaly.ticket_id, anomaly.group_key]
    for c, text in enumerate([*keys, signer.check_value([*shown, *keys])], layout.HIDDEN_FROM):
        sheet.write_string(row, c, text, formats["hidden"])
    sheet.set_row(row, row_points((t, col.width) for t, col in zip(shown, ANOMALY_COLUMNS, strict=False)))


def _answer_help(sheet: Worksheet, formats: dict[str, Format], data: TownshipReturn, last: int) -> None:
    """Drop-downs, red cells and notes of the answer columns; rows of one rule stand together."""
    answer, value = COL["answer"], COL["new_value"]
    rule_ids = [a.rule_id for a in data.anomalies]
    for code_column, question in enumerate(data.questions, 1):
        count = rule_ids.count(question.rule_id)
        if not count:
            continue
        first_of_rule = FIRST_ROW + rule_ids.index(question.rule_id)
        end = first_of_rule + count - 1
        sheet.data_validation(first_of_rule, answer, end, answer, _drop_down(
            code_column, len(question.choices), "请选择处理结果", question.text))  # fmt: skip
        grid_codes = [c.code for c in question.choices if c.value_list == "grid"]
        if grid_codes and data.grids:
            text = f"选「{grid_codes[0]}」时，在这里选正确的网格。"
            sheet.data_validation(first_of_rule, value, end, value, _drop_down(
                0, len(data.grids), "请选择网格", text))  # fmt: skip
        for choice in question.choices:
            if choice.needs_value:
                cell = f"${column_letter(answer)}{first_of_rule + 1}"
                blank = f"${column_letter(value)}{first_of_rule + 1}"
                sheet.conditional_format(first_of_rule, value, end, value, {
                    "type": "formula", "criteria": f'=AND({cell}="{choice.code}",{blank}="")',
                    "format": formats["missing"],
                })  # fmt: skip
    sheet.conditional_format(
        FIRST_ROW, answer, last, answer, {"type": "blanks", "format": formats["missing"]}
    )
    for name, text in (
        ("answer", "点黄色单元格，从下拉列表选一项。红色表示还没有选。"),
        ("new_value", "只在选了要更正的选项时填写；灰色不用填。"),
        ("note", "有补充情况时填写，可以不填。"),
    ):
        sheet.write_comment(HEADER_ROW, COL[name], text, {"x_scale": 1.4, "y_scale": 0.6, "author": ""})


def _drop_down(code_column: int, count: int, title: str, text: str) -> dict:
    letter = column_letter(code_column)
    return {
        "validate": "list",
        "source": f"={layout.CODES}!${letter}$2:${letter}${count + 1}",
        "input_title": title,
        "input_message": text[:250],
        "error_title": "请从下拉列表选择",
        "error_message": "这里只能选下拉列表中的内容。",
    }
