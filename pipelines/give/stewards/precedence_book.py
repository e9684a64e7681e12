"""取值优先级: who is believed about each field of a person, how often, and the cells to change it.

Belongs here: its figures and the workbook; counts only, nobody is named. Does not belong here: what a decision means
(judge/ledger/precedence.py). Equal days give equal bytes.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from pipelines.judge.ledger.precedence import FIELDS, HEADINGS, LAST_RANK, LONGEST, PRECEDENCE
from pipelines.kit.contracts import Feed
from pipelines.kit.office.column import Column, centred
from pipelines.kit.office.styles import page, workbook_bytes
from pipelines.kit.office.table import write_asked, write_facts, write_table, write_title
from pipelines.kit.paths import Paths
from pipelines.kit.whole_files import write_whole

TITLE = "取值优先级"
_SHOWN = (
    centred(HEADINGS["field"], 12), centred(HEADINGS["feed"], 9), Column("名称", 26), Column("部门", 24),
    centred("现序号", 8), centred("有效月数", 9), centred("提供的值", 11), centred("采用的值", 11),
    centred("与采用值不同", 13), Column("现行决定", 30),
)  # fmt: skip
_ASKED = (
    centred(HEADINGS["decision"], 9), centred(HEADINGS["rank"], 9), centred(HEADINGS["trusted_months"], 11),
    Column(HEADINGS["reason"], 30), Column(HEADINGS["by"], 12), centred(HEADINGS["on"], 13),
)  # fmt: skip
_READING = (
    ("怎么看", "同一个人的同一项内容，几个部门说法不一时，采用序号最小的来源；序号相同的，采用日期最近的一条。"
     "过了有效月数的记录，排在所有未过期的记录之后。身份证号有效的，性别和出生日期以号码为准。"),
    ("怎么改", "在黄色单元格填写：决定选“调整”并填新序号或新有效月数；“停用”是不再采用这个来源的这一项；"
     "“恢复”是撤销以前的决定。不改的行留空。理由、决定人、决定日期（如 2024-03-05）必填。"),
    ("交到哪里", "另存后放入 data/decisions/precedence/，从下一轮起生效；有一行没有填完的，整个文件等待改好，"
     "下一轮的本工作簿里会说明是哪一行。"),
)  # fmt: skip
# Of every field: rows that tell it, those that were chosen, those that say something else. Claims are read once.
_CLAIMED = {
    "name": ("returned_name", "name", "name_source_ref"),
    "sex_code": ("returned_sex_code", "sex_code", "sex_source_ref"),
    "birth_date": ("returned_birth_date", "birth_date", "birth_source_ref"),
}
_OF_CLAIMS = f"""
SELECT feed, {", ".join(
    f"[count({said}), count({said}) FILTER (claim.source_ref = {ref}), count(*) FILTER ({said} <> valued.{value})]"
    for said, value, ref in _CLAIMED.values()
)}
FROM lake.unified.person_claim AS claim JOIN lake.unified.person_value AS valued USING (person_id) GROUP BY feed
"""
_OF_OTHERS = """
SELECT said.feed, 'residence', count(*), count(*) FILTER (said.won AND chosen.residence_feed = said.feed),
    count(*) FILTER (said.value <> chosen.residence_township_code)
FROM lake.unified.person_candidate AS said
LEFT JOIN lake.unified.person AS chosen USING (person_id)
WHERE said.field = 'residence'
GROUP BY said.feed
UNION ALL
SELECT death.feed, 'death_date', count(death.death_date), count(*) FILTER (death.is_leading),
    count(*) FILTER (death.death_date <> stands.death_date)
FROM lake.unified.death AS death
LEFT JOIN lake.unified.death AS stands ON stands.person_id = death.person_id AND stands.is_leading
GROUP BY death.feed
"""


@dataclass(frozen=True)
class Place:
    """A feed's place in the queue of a field, and what came of it."""

    field: str
    feed: str
    rank: int | None
    trusted_months: int | None
    decided: str
    told: int
    won: int
    differs: int


def places(con: duckdb.DuckDBPyConnection) -> list[Place]:
    """Every place, field by field in the order of the queue; stopped feeds last."""
    counted = {(feed, field): tuple(counts) for feed, field, *counts in con.execute(_OF_OTHERS).fetchall()}
    for feed, *fields in con.execute(_OF_CLAIMS).fetchall():
        counted |= {(feed, field): tuple(counts) for field, counts in zip(_CLAIMED, fields, strict=True)}
    rows = con.execute(
        "SELECT field, feed, rank, trusted_months, decided_by, decided_on, reason FROM lake.unified.precedence"
    ).fetchall()
    found = [
        Place(field, feed, rank, months, _decided(by, on, reason), *counted.get((feed, field), (0, 0, 0)))
        for field, feed, rank, months, by, on, reason in rows
    ]
    order = {field: at for at, field in enumerate(FIELDS)}
    return sorted(found, key=lambda p: (order[p.field], p.rank or LAST_RANK + 2, p.feed))


def untold(found: Collection[Place]) -> list[str]:
    """Chinese messages about fields that feeds tell and that nobody has a value of, as each of these is stopped."""
    lines = []
    for field, word in FIELDS.items():
        telling = [p for p in found if p.field == field and p.told]
        if telling and all(p.rank is None for p in telling):
            feeds = "、".join(p.feed for p in telling)
            lines.append(f"{word}：提供它的数据源（{feeds}）都已停用，本轮没有采用任何值；请至少恢复一个（决定选“恢复”）。")
    return lines


def _decided(by: str | None, on: date | None, reason: str | None) -> str:
    return f"{on} {by}：{reason}" if by else ""


def write_book(
    paths: Paths, as_of: date, found: Sequence[Place], feeds: Mapping[str, Feed], problems: Sequence[str]
) -> Path:
    """`reports/precedence/{date}/取值优先级_{date}.xlsx`, swapped in whole."""
    name = as_of.isoformat()
    target = paths.reports / "precedence" / name / f"{TITLE}_{name}.xlsx"
    write_whole(target, build_book(as_of, found, feeds, problems))
    return target


def build_book(as_of: date, found: Sequence[Place], feeds: Mapping[str, Feed], problems: Sequence[str]) -> bytes:
    """The workbook as bytes."""
    facts = [*_READING, *(("上次的问题", p) for p in problems)]
    with workbook_bytes(as_of, f"{TITLE} {as_of.isoformat()}") as (book, formats, out):
        sheet = book.add_worksheet(TITLE)
        sheet.set_tab_color("#1F4E79")
        write_title(sheet, formats, f"{TITLE}（{as_of.isoformat()}）")
        top = write_facts(sheet, formats, 1, facts, _SHOWN) + 1
        page(sheet, f"{TITLE} {as_of.isoformat()} 内部资料", title_rows=(top, top))
        cells = [_cells(place, feeds) for place in found]
        write_table(sheet, formats, top, _SHOWN, cells, is_numbered=False, fits_rows=True)
        last, first = top + len(found), len(_SHOWN)
        write_asked(sheet, formats, top, first, _ASKED, len(found), PRECEDENCE.choices.values())
        for c, most in enumerate((LAST_RANK, LONGEST), first + 1):
            whole = {"validate": "integer", "criteria": "between", "minimum": 1, "maximum": most}
            sheet.data_validation(top + 1, c, last, c, whole | {"ignore_blank": True})
        sheet.freeze_panes(top + 1, 3)
    return out.getvalue()


def _cells(place: Place, feeds: Mapping[str, Feed]) -> tuple[str, ...]:
    feed = feeds[place.feed]
    rank = "停用" if place.rank is None else "未排" if place.rank > LAST_RANK else str(place.rank)
    months = "" if place.trusted_months is None else str(place.trusted_months)
    counts = map(str, (place.told, place.won, place.differs))
    return FIELDS[place.field], place.feed, feed.title, feed.department_name, rank, months, *counts, place.decided
