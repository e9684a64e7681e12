"""One letter of objection (异议函) on disk: a folder with the workbook and the record of its issue.

Belongs here: the workbook, and that it is never edited once it stands. Does not belong here: what is in its rows
(notices.py). A second letter for a date supersedes the first and says why; equal content stays untouched.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from typing_extensions import TypedDict

from pipelines.judge.ledger.decisions import SOURCE
from pipelines.judge.ledger.reissue import DAMAGED, Unfounded
from pipelines.kit import issues
from pipelines.kit.office.column import Column, centred
from pipelines.kit.office.styles import page, workbook_bytes
from pipelines.kit.office.table import write_asked, write_table, write_title
from pipelines.kit.paths import Paths
from pipelines.kit.records import read_record
from pipelines.kit.security.signature import digest
from pipelines.kit.whole_files import fresh_folder, publish_folder

DISPUTE, FLIP_BACK, AGREED, PLAIN = "镇街异议", "更正后仍错", "镇街已核实", "待更正"
KINDS = (DISPUTE, FLIP_BACK, AGREED, PLAIN)
RECORD = "letter.json"
_COLUMNS = (
    centred("类别", 11), centred("工单号", 15), Column("规则", 24), centred("严重程度", 6),
    Column("数据文件", 32), centred("工作表", 12), centred("行号", 8), Column("记录", 26),
    Column("问题说明", 34), Column("依据", 40), centred("字段", 14), Column("当前值", 18), Column("镇街", 18),
    Column("镇街意见", 22), Column("镇街更正值", 18), Column("建议办理", 34), centred("办理期限", 13),
    centred("首次提出", 12), centred("目前状态", 16),
)  # fmt: skip
_ASKED = (
    centred(SOURCE.headings["decision"], 9), Column(SOURCE.headings["reason"], 30),
    centred(SOURCE.headings["by"], 10), centred(SOURCE.headings["second"], 10), centred(SOURCE.headings["on"], 13),
)  # fmt: skip
_GUIDE = (
    "请按「数据文件」「工作表」「行号」在贵单位报送的文件中找到该行，在源系统中核对并更正；下次交付时以更正后的数据为准。",
    "请在「办理期限」前办理，「镇街异议」「更正后仍错」排在前面，请优先办理。",
    "答复填在右边的黄色单元格：答复选“采纳”或“不采纳”，理由、答复人、答复日期（如 2024-03-05）必填；"
    "紧急的还须由另一人复核，填复核人。没有答复的行空着，下一期再列。",
    "填好后另存，送市大数据局，从下一期起生效。工单号一列不要改；有一行没有填完的，整份等待改好。",
)


@dataclass(frozen=True)
class Letter:
    """What one department is to be told on one date. `rows`: the cells after the running number."""

    department: str
    department_name: str
    as_of: date
    rows: Sequence[tuple[str, ...]]

    @cached_property
    def digest(self) -> str:
        return digest([self.department_name, *map(list, self.rows)])


class LetterRecord(TypedDict):
    """One issue of a letter."""

    content_digest: str
    issue: int
    because: str | None
    turns_issued: int
    file: str
    sha256: str


@dataclass(frozen=True)
class Standing:
    """A letter that is out."""

    folder: Path

    @cached_property
    def record(self) -> LetterRecord:
        """What was written beside it; of one that is damaged the number in its name, and no digest."""
        said = read_record(self.folder / RECORD, LetterRecord)
        if said:
            return said
        number = issues.number_of(self.folder)
        return LetterRecord(content_digest="", issue=number, because=None, turns_issued=1, file="", sha256="")

    @property
    def is_lost(self) -> bool:
        """Whether nobody knows any more what it says."""
        return not self.record["content_digest"]

    @property
    def file(self) -> Path:
        return self.folder / self.record["file"]

    def is_whole(self) -> bool:
        return issues.is_whole(self.folder, [{"name": self.record["file"], "sha256": self.record["sha256"]}])


def standing(paths: Paths, department: str, as_of: date) -> Standing | None:
    """The last letter to a department for a date; None without any."""
    found = issues.latest(paths.notices / department, as_of)
    return found and Standing(found)


def require_reason(letter: Letter, out: Standing | None, because: str) -> None:
    """Raises Unfounded when the letter would replace one that is out by another content, and nobody says why."""
    if out and not (because or out.is_lost) and out.record["content_digest"] != letter.digest:
        raise Unfounded(f"the letter to {letter.department}", letter.as_of)


def send(paths: Paths, letter: Letter, out: Standing | None, because: str, turns_issued: int) -> tuple[Standing, bool]:
    """The letter as it stands, and whether it was written now; one that is out and says the same is left alone."""
    is_same = out is not None and out.record["content_digest"] == letter.digest
    if is_same and out.is_whole():
        return out, False
    number = out.record["issue"] + 1 if out else 1
    because = "" if out is None else DAMAGED if is_same or out.is_lost else because
    folder = paths.notices / letter.department / issues.folder_name(letter.as_of, number)
    content, name = build_letter(letter, number, because), f"异议函_{letter.department_name}_{folder.name}.xlsx"
    record = {
        "content_digest": letter.digest, "issue": number, "because": because or None, "turns_issued": turns_issued,
        "file": name, "sha256": hashlib.sha256(content).hexdigest(),
    }  # fmt: skip
    scratch = fresh_folder(folder.with_name(f".scratch-{folder.name}"))
    (scratch / name).write_bytes(content)
    (scratch / RECORD).write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    publish_folder(scratch, folder)
    return Standing(folder), True


def build_letter(letter: Letter, issue: int = 1, because: str = "") -> bytes:
    """The letter as .xlsx; equal content gives equal bytes."""
    day = letter.as_of.isoformat()
    replaced = issues.replaces("本函", f"同一日期的第 {issue - 1} 号函", because)
    guide = (*_GUIDE, replaced) if issue > 1 else _GUIDE
    with workbook_bytes(letter.as_of, "异议函") as (book, formats, out):
        sheet = book.add_worksheet("异议函")
        write_title(sheet, formats, f"致{letter.department_name}：数据异议函（{day}）")
        for r, text in enumerate(guide, 1):
            sheet.write_string(r, 0, text, formats["subtitle"])
        counts = "；".join(f"{kind} {sum(row[0] == kind for row in letter.rows)} 条" for kind in KINDS)
        sheet.write_string(len(guide) + 1, 0, counts, formats["hint"])
        top = len(guide) + 3
        page(sheet, f"数据异议函 {day} 内部资料 注意保密", title_rows=(top, top))
        sheet.freeze_panes(top + 1, 4)
        write_table(sheet, formats, top, _COLUMNS, letter.rows, fits_rows=True)
        write_asked(sheet, formats, top, 1 + len(_COLUMNS), _ASKED, len(letter.rows), SOURCE.choices.values())
    return out.getvalue()
