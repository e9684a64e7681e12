"""The sheet 异常清单: one row per open ticket, three columns to fill in.

Belongs here: what its cells say, and answers that depend on the rule. Does not belong here: its columns
(expectations/sheets/anomalies.yaml), how a form is written (sheet.py).
"""

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipelines.give.returns.codes import Codes
from pipelines.give.returns.columns import ANOMALY_SHEET, COL, SEVERITY
from pipelines.give.returns.model import Cells, Question, TownshipReturn
from pipelines.give.returns.sheet import heading, write_form
from pipelines.judge.ledger.ticket_numbers import short
from pipelines.kit.office.sheets import SheetColumn, load_lists
from pipelines.kit.office.styles import letter
from pipelines.kit.security.signature import RowSigner


def rule_text(question: Question) -> str:
    """How a rule is named in the sheet; the reader takes the rule id from its first word."""
    return f"{question.rule_id} {question.title}"


def write_anomalies(
    sheet: Worksheet, formats: dict[str, Format], data: TownshipReturn, signer: RowSigner, codes: Codes, footer: str
) -> None:
    questions = {q.rule_id: q for q in data.questions}
    takes_value = [any(c.needs_value for c in questions[a.rule_id].choices) for a in data.anomalies]

    def is_closed(place: int, column: SheetColumn) -> bool:
        return column.name == "new_value" and not takes_value[place]

    _answers(sheet, formats, data, codes)
    lines = heading(data, ANOMALY_SHEET, bool(data.anomalies))
    rows = _rows(data, questions)
    write_form(sheet, formats, ANOMALY_SHEET, lines, rows, signer, codes, footer, is_closed)


def _rows(data: TownshipReturn, questions: dict[str, Question]) -> list[Cells]:
    return [
        (short(a.ticket_id), rule_text(questions[a.rule_id]), SEVERITY[a.severity], a.name, a.id_no, a.village_name,
         questions[a.rule_id].text, a.evidence, a.value, a.ticket_id, a.group_key)
        for a in data.anomalies
    ]  # fmt: skip


def _answers(sheet: Worksheet, formats: dict[str, Format], data: TownshipReturn, codes: Codes) -> None:
    """What each rule offers; rows of one rule stand together."""
    answer, value = COL["answer"], COL["new_value"]
    rule_ids, lists = [a.rule_id for a in data.anomalies], load_lists()
    for question in data.questions:
        count = rule_ids.count(question.rule_id)
        if not count:
            continue
        first = ANOMALY_SHEET.first_row + rule_ids.index(question.rule_id)
        end = first + count - 1
        offered = codes.drop_down(question.rule_id, "请选择处理结果", question.text)
        sheet.data_validation(first, answer, end, answer, offered)
        for choice in question.choices:
            if codes.offers(choice.value_list or ""):
                title, hint = lists[choice.value_list].title, lists[choice.value_list].hint
                text = f"选「{choice.code}」时，在这里选正确的{title}。{hint}"
                sheet.data_validation(
                    first, value, end, value, codes.drop_down(choice.value_list, f"请选择{title}", text)
                )
            if choice.needs_value:
                cell, blank = (f"${letter(c)}{first + 1}" for c in (answer, value))
                sheet.conditional_format(first, value, end, value, {
                    "type": "formula", "criteria": f'=AND({cell}="{choice.code}",{blank}="")',
                    "format": formats["missing"],
                })  # fmt: skip
