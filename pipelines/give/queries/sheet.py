"""The answers as a workbook.

Belongs here: what the township sees. Does not belong here: deciding anything, the lock.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from pipelines.give.queries.answering import NO, NO_ANSWER, NOBODY, YES, Answered
from pipelines.kit.office.column import NUMBER, Column, centred
from pipelines.kit.office.styles import clean, page, workbook_bytes
from pipelines.kit.office.table import write_facts, write_table, write_title

_COLUMNS = (
    centred("清单行号", 9), centred("身份证号", 22), centred("姓名", 12), Column("查询事项", 26),
    centred("答复", 11), Column("说明", 62),
)  # fmt: skip


def answer_sheet(
    as_of: date, place: str, file_name: str, refusal: str, answers: Sequence[Answered], sources: Sequence[str] = (),
    replaced: str = "",
) -> bytes:  # fmt: skip
    """The .xlsx, not yet locked; `refusal` '' when the list was answered. `sources` say how old the data are that were
    asked, the oldest first; `replaced` which answer this one replaces, and why. Equal input gives equal bytes."""
    counts = Counter(a.answer for a in answers)
    said = "，".join(f"{word} {counts[word]} 行" for word in (YES, NO, NOBODY, NO_ANSWER) if counts[word])
    facts = (
        ("查询单位", place),
        ("收到的清单", file_name),
        ("数据截至", "；".join([as_of.isoformat(), *sources])),
        ("办理结果", f"整份清单未答复：{refusal}" if refusal else f"共 {len(answers)} 行：{said or '没有要查询的行'}"),
        ("使用要求", "只用于清单所填的用途，谁查询谁负责；本次查询已记入台账。"),
        *([("替代", replaced)] if replaced else []),
    )
    with workbook_bytes(as_of, "查询核验答复") as (book, formats, out):
        sheet = book.add_worksheet("答复")
        top = len(facts) + 3
        page(sheet, f"查询核验答复 {as_of.isoformat()} 内部资料 注意保密", title_rows=(top, top))
        write_title(sheet, formats, "查询核验答复")
        write_facts(sheet, formats, 2, facts, (NUMBER, *_COLUMNS))
        write_table(sheet, formats, top, _COLUMNS, [_line(a) for a in answers], fits_rows=True)
        sheet.freeze_panes(top + 1, 0)
    return out.getvalue()


def _line(answered: Answered) -> tuple[str, ...]:
    row = answered.asked
    place = f"{row.sheet} {row.row}".strip()
    shown = (place, row.id_no, row.name, row.question, answered.answer, answered.reason)
    return tuple(clean(text) for text in shown)
