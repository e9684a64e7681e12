"""The receipt: what became of every row of one workbook, for the township.

Belongs here: the receipt file. Does not belong here: deciding anything. It is not encrypted, so it holds no
name, no id number and nothing that was typed; ticket numbers and places in the sheet are enough to find the row. A grid
or register state that has changed meanwhile is named: beside a ticket number it tells nobody whose it is.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pipelines.give.inbox.check import ACCEPTED, REJECTED, UNANSWERED, RowResult
from pipelines.give.returns.assemble import OUTCOMES
from pipelines.give.returns.guide import chinese_date
from pipelines.judge.ledger.ticket_numbers import short
from pipelines.judge.rules import Rule
from pipelines.kit.office.column import NUMBER, Column, centred
from pipelines.kit.office.styles import page, workbook_bytes
from pipelines.kit.office.table import write_facts, write_table, write_title

_COLUMNS = (
    centred("工单号", 15), Column("规则", 34), centred("表中行号", 9), centred("结果", 14),
    Column("原因和下一步", 78),
)  # fmt: skip
_TAKEN = "已收到并办理。"
_WAITING = "已收到并核对，核对通过的在下一轮办理时生效。"
_JUDGED = {ACCEPTED: "核对通过"}  # nothing has been done yet
_UNSIGNED = "「回执」页没有填经办人，下次请填写。"
_OPEN = ("E_BLANK", "E_NOTE_ONLY", "E_ROW_DELETED")  # what may still be answered
_UNDATED = date(2000, 1, 1)  # of a workbook, where equal content must give equal bytes


@dataclass(frozen=True)
class Handed:
    """A file as it was handed in: its name, the how manieth of its township since the last turn, whose it is ('' where
    nobody knows), the last day for answers of its set ('' likewise), whether somebody has put his name to it."""

    name: str
    number: int
    place: str = ""
    due_on: str = ""
    is_signed: bool = True


def build_receipt(
    as_of: date | None,
    file: Handed,
    file_reason: str,
    rows: Sequence[RowResult],
    rules: Mapping[str, Rule],
) -> bytes:
    """Receipt workbook; `as_of`: of the turn that took the file in, None before one has; `file_reason` '': the file as
    a whole was taken in. Equal input, equal bytes."""
    outcomes = OUTCOMES if as_of else OUTCOMES | _JUDGED
    counts = Counter(row.outcome for row in rows)
    said = "；".join(f"{words} {counts[o]} 条" for o, words in outcomes.items() if counts[o])
    again = _again(rows)
    done = f"{_TAKEN if as_of else _WAITING}{said}。{again}{'' if file.is_signed else _UNSIGNED}"
    verdict = f"整个文件未通过：{file_reason}" if file_reason else done
    facts = (
        ("收到的文件", f"{file.name}（本期第 {file.number} 份）"),
        ("镇街", file.place or "未能识别"),
        ("业务日期", as_of.isoformat() if as_of else "下一轮（尚未办理）"),
        ("办理结果", verdict),
        ("答复期限", _until(file.due_on, as_of, bool(again or file_reason))),
    )
    with workbook_bytes(as_of or _UNDATED, "数据返还回执") as (book, formats, out):
        sheet = book.add_worksheet("回执")
        page(sheet, f"数据返还回执 {as_of.isoformat() if as_of else '收件核对'}")
        write_title(sheet, formats, "数据返还回执")
        top = write_facts(sheet, formats, 2, facts, (NUMBER, *_COLUMNS)) + 1
        cells = [_line(row, rules, outcomes) for row in sorted(rows, key=lambda r: (r.sheet_row == 0, r.sheet_row))]
        write_table(sheet, formats, top, _COLUMNS, cells, fits_rows=True)
        sheet.repeat_rows(top, top)
    return out.getvalue()


def _again(rows: Sequence[RowResult]) -> str:
    """What is left to do; nothing where nothing is."""
    said = ["未通过的请改好后再交"] if any(r.outcome == REJECTED for r in rows) else []
    said += ["未答复的可以补填再交"] if any(r.outcome == UNANSWERED and r.reason_code in _OPEN for r in rows) else []
    return f"{'，'.join(said)}。" if said else ""


def _until(due_on: str, as_of: date | None, is_left: bool) -> str:
    """The last day for answers of the set, which may be over when a turn takes the file in."""
    if not due_on:
        return "见工作簿「说明」"
    is_over = is_left and as_of is not None and due_on < as_of.isoformat()
    over = "，已过。仍未办结的列在最近一次返还的工作簿里，请在那一份里填" if is_over else ""
    return f"{chinese_date(due_on)}{over}"


def _line(row: RowResult, rules: Mapping[str, Rule], outcomes: Mapping[str, str]) -> tuple[str, ...]:
    rule = f"{row.rule_id} {rules[row.rule_id].title_zh}" if row.rule_id in rules else ""
    shown = str(row.sheet_row) if row.sheet_row else "—"
    return short(row.ticket_id or "—"), rule, shown, outcomes[row.outcome], row.reason
