"""存疑换号: changes of number that F03 tells and nobody followed, as a sheet beside 疑似同一人.

Belongs here: which are shown, and why each was not followed, in words. Does not belong here: deciding it
(linkage.number_change). Nothing is filled in here: the department that told the change puts it right.
"""

from collections.abc import Sequence

import duckdb
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

from pipelines.kit.disclosure import STEWARD, may_show
from pipelines.kit.office.column import Column, centred
from pipelines.kit.office.styles import page
from pipelines.kit.office.table import write_facts, write_table, write_title

TITLE = "存疑换号"
_FEED = "F03"
_WORDS = {
    "two_people": "两个证号没有共同的姓名，或户籍里性别、出生日期都不同：像是两个人（重号更正）",
    "other_name": "报来的姓名与这个证号的姓名都不同",
    "several": "同一证号变成了几个，或几个证号变成了同一个，姓名分不清",
    "given_again": "旧证号后来又给了别人",
    "endless": "接连变更超过 32 次，或一天之内绕成一圈",
}  # fmt: skip
_COLUMNS = (
    Column("来源", 26), centred("变更日期", 12), centred("姓名", 11), Column("旧证号", 21), Column("新证号", 21),
    Column("为什么没有采用", 48),
)  # fmt: skip
_READING = (
    ("怎么看", "户政变动（F03）报来的证号变更，有疑点的没有采用：两个证号仍算两个人，以免把两个人并成一个。"
     "请转户政部门核对，报来更正后的变动，从下一轮起按更正的算。这一页不用填。"),
)  # fmt: skip
_DOUBTED = """
SELECT source_ref, event_date, name, old_id_no, id_no, verdict
FROM lake.linkage.number_change
WHERE list_contains($verdicts, verdict)
ORDER BY event_date DESC NULLS LAST, source_ref
LIMIT $most
"""
# A day's work is some hundreds; those that stay in doubt come again.
MOST = 500

Doubt = tuple[str, ...]


def doubts(con: duckdb.DuckDBPyConnection) -> list[Doubt]:
    """A line a change in doubt, the newest first; none where a steward may not see what F03 says."""
    if not all(may_show(f"bronze.{_FEED}", column, STEWARD) for column in ("old_id_no", "id_no", "name", "event_date")):
        return []
    found = con.execute(_DOUBTED, {"verdicts": list(_WORDS), "most": MOST}).fetchall()
    return [tuple("" if cell is None else str(cell) for cell in (*row[:-1], _WORDS[row[-1]])) for row in found]


def write_sheet(book: Workbook, formats: dict[str, Format], day: str, found: Sequence[Doubt]) -> None:
    """The sheet; it is there, and says so, also where there is no doubt."""
    sheet = book.add_worksheet(TITLE)
    write_title(sheet, formats, f"{TITLE}（{day}）")
    facts = _READING if found else (*_READING, ("本轮", "没有存疑的换号。"))
    top = write_facts(sheet, formats, 1, facts, _COLUMNS) + 1
    page(sheet, f"{TITLE} {day} 内部资料", title_rows=(top, top))
    write_table(sheet, formats, top, _COLUMNS, found, fits_rows=True)
