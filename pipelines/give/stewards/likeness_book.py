"""疑似同一人: rows that may mean a person and were given to none, and the cells to decide it.

Belongs here: which pairs, what of both sides is shown, the workbook. Does not belong here: what makes a pair
(linkage.person_proposal), what a decision means (judge/ledger/linkage_decisions.py). Filled in, it is put into
`decisions/linkage`; equal days give equal bytes.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from pipelines.give.stewards.change_doubts import Doubt, write_sheet
from pipelines.judge.ledger.linkage_decisions import LINKAGE
from pipelines.kit.contracts import Feed
from pipelines.kit.disclosure import STEWARD, may_show
from pipelines.kit.office.column import Column, centred
from pipelines.kit.office.styles import page, workbook_bytes
from pipelines.kit.office.table import write_asked, write_facts, write_table, write_title
from pipelines.kit.paths import Paths
from pipelines.kit.whole_files import PRIVATE, write_whole

TITLE = "疑似同一人"
# Pairs a turn gives out: about a day of somebody's work. Those nobody decided come again.
MOST = 200
_HEADINGS = LINKAGE.headings
_SHOWN = (
    Column("数据源", 22), Column("来源", 26), centred("记录姓名", 11), centred("记录性别", 9),
    centred("记录出生日期", 12),
    Column("记录证号", 21), Column("记录电话、家人、镇街", 26), Column("人员姓名", 24), Column("人员性别", 18),
    Column("人员出生日期", 26), Column("人员证号", 26), Column("人员镇街", 26), Column("人员来源", 40),
    Column("相符之处", 26), Column(_HEADINGS["claim_id"], 34), Column(_HEADINGS["person_id"], 34),
)  # fmt: skip
_ASKED = (
    centred(_HEADINGS["decision"], 12), Column(_HEADINGS["reason"], 30), Column(_HEADINGS["by"], 12),
    centred(_HEADINGS["on"], 13),
)  # fmt: skip
_READING = (
    ("怎么看", "一行是一条没有找到人的记录和一个可能的人。同一条记录可能对应几个人，最多认定其中一个；"
     "都不是的，逐行选“不是同一人”。"
     "人员各项后面的括号里是提供该内容的数据源。死亡记录在前，其次是待遇，再次是其他。"),
    ("怎么填", "在黄色单元格填写：决定选“同一人”或“不是同一人”；拿不准的不填，下一轮再出。"
     "理由、决定人、决定日期（如 2024-03-05）必填；主键两列不要改。"),
    ("怎么撤销", "判定过的不再列出。要收回的，另填一行：记录主键、人员主键照抄原来那一行，决定选“撤销”，"
     "就像没有判定过一样；要改认为别人，再填一行“同一人”。只填“同一人”而不撤销原来的，不生效。"
     "“不是同一人”之后记录填报了此人有效证号的，以证号为准，下一轮会提示。"),
    ("交到哪里", "另存后放入 data/decisions/linkage/，从下一轮起生效，判定过的不再出现；"
     "有一行没有填完的，整个文件等待改好，下一轮的本工作簿里会说明是哪一行。"),
)  # fmt: skip
_WORDS = {
    "name_birth": "姓名、出生日期", "name_phone": "姓名、电话", "name_village": "姓名、村居",
    "name_number": "姓名、证号一部分",
    "birth_phone": "出生日期、电话", "near_name_birth_county": "出生日期、县区、姓名只差一字",
}  # fmt: skip
# A death that nobody bears costs most, then what is paid.
_CHOSEN = """
SELECT claim_id, person_id, feed, source_ref, name, sex_code, birth_date, id_no, phone, kin_name, township_code,
    agreement
FROM lake.linkage.person_proposal
WHERE list_contains($shown, feed)
ORDER BY
    CASE WHEN feed IN (SELECT feed FROM lake.unified.death) THEN 1
        WHEN feed IN (SELECT feed FROM lake.unified.benefit) THEN 2 ELSE 3 END,
    candidate_count, length(agreement) DESC, claim_id, person_id
LIMIT $most
"""
_TOLD = """
SELECT person_id, feed, source_ref, name, sex_code, birth_date, id_no_norm, township_code
FROM lake.unified.person_claim
WHERE list_contains($persons, person_id) AND list_contains($shown, feed)
ORDER BY ALL
"""
_UNITS = "SELECT unit_code, min(name) FROM lake.staging.stg_civil_affairs__divisions GROUP BY unit_code"
_SEX = {"1": "男", "2": "女"}


@dataclass(frozen=True)
class Pair:
    """A row and a person it may mean; `cells` as they are shown, keys last."""

    claim_id: str
    person_id: str
    cells: tuple[str, ...]


def shown_feeds(feeds: Mapping[str, Feed]) -> list[str]:
    """Feeds of which a steward may see every column; of others he could not judge."""
    return [code for code, feed in feeds.items()
            if all(may_show(f"bronze.{code}", column, STEWARD) for column in feed.by_name)]  # fmt: skip


def pairs(con: duckdb.DuckDBPyConnection, feeds: Mapping[str, Feed]) -> list[Pair]:
    """The pairs of this turn, what costs most first."""
    shown = shown_feeds(feeds)
    chosen = con.execute(_CHOSEN, {"shown": shown, "most": MOST}).fetchall()
    units = dict(con.execute(_UNITS).fetchall())
    told: dict[str, list[tuple]] = {}
    for person, *row in con.execute(_TOLD, {"persons": [row[1] for row in chosen], "shown": shown}).fetchall():
        told.setdefault(person, []).append(tuple(row))
    return [_pair(row, told.get(row[1], ()), feeds, units) for row in chosen]


def _pair(row: tuple, told: Collection[tuple], feeds: Mapping[str, Feed], units: Mapping[str, str]) -> Pair:
    claim, person, feed, source, name, sex, birth, number, phone, kin, township, agreement = row
    more = (phone, kin and f"家人 {kin}", units.get(township, township))
    columns = list(zip(*told, strict=True)) or [()] * 7
    of, refs, names, sexes, births, numbers, places = columns
    cells = (
        f"{feed} {feeds[feed].title}", source, name, _SEX.get(sex, sex), birth, number, "、".join(m for m in more if m),
        _values(names, of), _values((_SEX.get(s, s) for s in sexes), of), _values(births, of), _values(numbers, of),
        _values((units.get(p, p) for p in places), of), "、".join(refs),
        "；".join(_WORDS[w] for w in agreement.split()),
        claim, person,
    )  # fmt: skip
    return Pair(claim, person, tuple("" if cell is None else str(cell) for cell in cells))


def _values(values: Iterable, feeds: Iterable[str]) -> str:
    """Each value with the feeds that tell it."""
    said: dict[str, dict[str, None]] = {}
    for value, feed in zip(values, feeds, strict=True):
        if value is not None:
            said.setdefault(str(value), {})[feed] = None
    return "；".join(f"{value}（{'、'.join(codes)}）" for value, codes in said.items())


def write_book(
    paths: Paths, as_of: date, found: Sequence[Pair], problems: Sequence[str], changes: Sequence[Doubt] = ()
) -> Path:
    """`reports/linkage/{date}/疑似同一人_{date}.xlsx`, swapped in whole, for its owner alone: it names people."""
    name = as_of.isoformat()
    target = paths.reports / "linkage" / name / f"{TITLE}_{name}.xlsx"
    write_whole(target, build_book(as_of, found, problems, changes), PRIVATE)
    return target


def build_book(
    as_of: date, found: Sequence[Pair], problems: Sequence[str], changes: Sequence[Doubt] = ()
) -> bytes:
    """The workbook as bytes. `changes`: of number, in doubt."""
    facts = [*_READING, *(("上次的问题", p) for p in problems)]
    with workbook_bytes(as_of, f"{TITLE} {as_of.isoformat()}") as (book, formats, out):
        sheet = book.add_worksheet(TITLE)
        sheet.set_tab_color("#1F4E79")
        write_title(sheet, formats, f"{TITLE}（{as_of.isoformat()}）")
        top = write_facts(sheet, formats, 1, facts, _SHOWN) + 1
        page(sheet, f"{TITLE} {as_of.isoformat()} 内部资料", title_rows=(top, top))
        cells = [pair.cells for pair in found]
        write_table(sheet, formats, top, _SHOWN, cells, is_numbered=False, fits_rows=True)
        write_asked(sheet, formats, top, len(_SHOWN), _ASKED, len(found), LINKAGE.choices.values())
        sheet.freeze_panes(top + 1, 1)
        write_sheet(book, formats, as_of.isoformat(), changes)
    return out.getvalue()
