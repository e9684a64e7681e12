"""The deliveries of 24 months that are odd as a whole (R47), and what a receiver must do with each.

Belongs here: which delivery it is, and what is done to it. Does not belong here: how (accidents.py), or what follows
for the files of a month (deliveries.py). The two months of the sample have few, so that its rules stay exact; nearly
all others lie in months in which no planted error begins or ends, and most are made good the month after. Where rules
look at what is new in every month, the good file comes first and the broken one a month after it: otherwise what is
true of people would depend on it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from pipelines.kit.keys import entity_key
from prefecture.months import FIRST, MONTHS, SECOND
from prefecture.output import accidents as so
from prefecture.output.accidents import Alter
from prefecture.output.parts import CITY
from prefecture.players import SILENT_COUNTY

BROKEN_ALLOWANCE_COUNTY = "370685"
SHRUNK_SURVEY_COUNTY = "370613"
LATE_MARRIAGES = "202312"
LARGE_CHANGE = 13
# What a receiver must do: refuse all of it, take it, take it though it comes after its month, see that it is what it
# has, take it and give it up again, notice that nothing comes.
QUARANTINE, ACCEPT, LATE, REPEAT = "quarantine", "accept", "late", "repeat"
WITHDRAWN, MISSING = "withdrawn", "missing"
# Rows that stand in for a file's own: deletions of most of the stock, what was sent the time before.
FLOOD, BEFORE = "flood", "before"
HALVED, NO_CHANGE = "halved", "no_change"
BROKEN = {
    "truncated": "传输中断，文件不完整",
    "column_missing": "缺必填列",
    "heading_renamed": "表头改名",
    "column_lost": "一向有的选填列没有了",
    "column_blank": "一向有值的列全部为空",
    HALVED: "全量只有上次的一半",
    "multiplied": "同一批数据在文件里重复三遍",
    "duplicated": "半数记录重复",
    "deletion_flood": "增量误删六成存量",
    "ids_shifted": "号码列整体错位一行",
    "ids_rounded": "长号码末几位变成 0",
    "columns_swapped": "两列内容对调",
    "other_feed": "内容是另一类数据",
    "wrong_scope": "内容是另一区市的数据",
    "garbled": "编码错乱，汉字成乱码",
    "empty": "零字节文件",
    "error_page": "内容是系统报错页",
}
HARMLESS = {
    "extra_column": "多出一列",
    "aliases": "表头用别名",
    "reordered": "列序不同",
    "fewer_rows": "行数比上次少 5%",
    "few_duplicates": "个别记录重复",
    "large_change": "整理数据，增量很大",
    NO_CHANGE: "本月无变动，增量没有数据行",
    "unchanged": "内容未变，原样再次交付",
    "stale": "本期内容与上期相同",
    "other_encoding": "编码与约定不同，仍可读",
    "unfinished": "末行没有换行符",
    "full_width": "号码用全角数字",
    "repeat": "上月文件再发一次",
    "late": "迟报",
    "corrected": "下月更正",
    "withdrawn": "下月撤回",
    "missing": "未报",
}


@dataclass(frozen=True)
class Mishap:
    """One delivery (feed, index of the month in which it comes, scope, period of content), and what is done to its
    plan. `until`: index of the month in which it is made good, corrected or withdrawn. `rows`: what its rows are, if
    not its own: FLOOD, BEFORE, another scope or the code of another feed. `must`: what the receiver must do."""

    feed: str
    month: int
    scope: str
    period: str
    kind: str
    what: str
    alter: Alter = so.as_agreed
    until: int | None = None
    must: str = QUARANTINE
    rows: str | None = None

    @property
    def entity(self) -> str:
        """The key under which R47 finds the delivery."""
        return entity_key("delivery", self.feed, self.scope, self.period)

    @property
    def is_harmless(self) -> bool:
        """Whether R47 may not find it."""
        return self.must != QUARANTINE


def _sample() -> Iterator[Mishap]:
    """Those of the first two months."""
    first, second = FIRST.period, SECOND.period
    band = so.with_extra_column("band", "缴费基数档次", (pl.col("_pid") % 5 + 1).cast(pl.String))
    late = "表头改名，缺必填列；下一轮已补报"
    yield Mishap("F07", 0, CITY, LATE_MARRIAGES, "heading_renamed", late, so.renamed("registered_date", "DJRQ"), 1)
    lost = "缺少必填列「残疾等级」"
    yield Mishap("F11", 1, CITY, second, "column_missing", lost, so.without("level_code"))
    yield Mishap("F10", 1, BROKEN_ALLOWANCE_COUNTY, second, "truncated", "工作簿被截断", so.truncated)
    yield Mishap("F20", 1, CITY, second, HALVED, "全量只有上次的一半", so.halved)
    yield Mishap("F17", 0, CITY, first, "extra_column", "多出一列", band, must=ACCEPT)
    yield Mishap("F31", 1, SHRUNK_SURVEY_COUNTY, second, "fewer_rows", HARMLESS["fewer_rows"], must=ACCEPT)
    yield Mishap("F36", 0, CITY, first, "unchanged", HARMLESS["unchanged"], must=ACCEPT)
    for county in ("370602", "370611", "370612"):
        yield Mishap("F08", 0, county, first, "aliases", "表头用别名、列序不同", must=ACCEPT)
    yield Mishap("F31", 1, SILENT_COUNTY, second, "missing", HARMLESS["missing"], must=MISSING)


def _broken(
    feed: str, month: int, kind: str, alter: Alter, scope: str = CITY, later: int | None = 1, rows: str | None = None
) -> Mishap:
    """A broken delivery, made good `later` months after."""
    until = month + later if later else None
    return Mishap(feed, month, scope, MONTHS[month].period, kind, BROKEN[kind], alter, until, rows=rows)


def _instead(feed: str, month: int, rows: str, scope: str = CITY) -> Mishap:
    """A broken delivery of other rows: a flood of deletions, another scope's or another feed's."""
    if rows == FLOOD:
        return _broken(feed, month, "deletion_flood", so.of_other_rows(FLOOD), scope, rows=FLOOD)
    if rows.isdigit():
        return _broken(feed, month, "wrong_scope", so.of_other_rows(rows), scope, rows=rows)
    return _broken(feed, month, "other_feed", so.of_feed(rows), scope, rows=rows)


def _again(mishap: Mishap) -> Mishap:
    """The delivery comes in good order and is in force; a month later it comes once more, and broken."""
    return replace(mishap, month=mishap.month + 1, until=None)


def _harmless(
    feed: str,
    month: int,
    kind: str,
    alter: Alter = so.as_agreed,
    scope: str = CITY,
    must: str = ACCEPT,
    of: int | None = None,
    until: int | None = None,
    rows: str | None = None,
) -> Mishap:
    """A delivery that only looks odd; `of`: index of the month it is about, if not the one it comes in."""
    period = MONTHS[month if of is None else of].period
    return Mishap(feed, month, scope, period, kind, HARMLESS[kind], alter, until, must, rows)


MISHAPS = (
    *_sample(),
    # Texts.
    _again(_instead("F01", 9, FLOOD)),
    _again(_broken("F01", 17, "garbled", so.garbled)),
    _broken("F02", 3, "column_lost", so.without("landlord_phone")),
    _instead("F02", 11, FLOOD),
    _broken("F03", 7, "truncated", so.cut_in_a_line),
    _broken("F03", 15, "garbled", so.garbled),
    _instead("F05", 5, "F07"),
    _broken("F05", 11, "columns_swapped", so.swapped("id_no", "name")),
    _broken("F07", 7, "empty", so.emptied),
    _broken("F07", 15, "columns_swapped", so.swapped("husband_id_no", "husband_name")),
    _broken("F11", 9, "ids_rounded", so.rounded("card_no")),
    _instead("F13", 5, FLOOD),
    _broken("F13", 19, "column_missing", so.without("right_no")),
    _instead("F14", 9, FLOOD),
    _broken("F14", 17, "error_page", so.error_page),
    _broken("F16", 5, "column_blank", so.blank("industry_code")),
    _broken("F16", 13, "heading_renamed", so.renamed("status_name", "NSRZT")),
    _again(_broken("F17", 7, HALVED, so.halved)),
    _again(_broken("F17", 13, "ids_rounded", so.rounded("id_no"))),
    _again(_instead("F18", 5, "F17")),
    _again(_broken("F18", 11, "multiplied", so.repeated(3))),
    _again(_broken("F18", 19, "ids_shifted", so.shifted("id_no"))),
    _broken("F19", 3, "column_lost", so.without("base_band_name")),
    _broken("F19", 9, "duplicated", so.repeated(1.5)),
    _broken("F20", 11, "ids_shifted", so.shifted("id_no")),
    _broken("F20", 15, "column_missing", so.without("insurance_kind")),
    _broken("F29", 5, "error_page", so.error_page),
    _broken("F29", 11, "duplicated", so.repeated(1.5)),
    _broken("F35", 5, "truncated", so.cut_in_a_line),
    _broken("F35", 9, "heading_renamed", so.renamed("amount", "JE")),
    # Workbooks.
    _broken("F04", 9, "error_page", so.error_page),
    _broken("F04", 13, "columns_swapped", so.swapped("id_no", "name")),
    _again(_broken("F08", 7, "multiplied", so.repeated(3), "370682")),
    _again(_broken("F08", 11, "ids_rounded", so.rounded("id_no"), "370681")),
    _again(_instead("F09", 3, "370683", "370685")),
    _broken("F09", 21, "column_missing", so.without("category_name"), "370683"),
    _broken("F10", 11, "ids_shifted", so.shifted("id_no"), "370683"),
    _instead("F10", 15, "F08", "370682"),
    _broken("F12", 6, HALVED, so.halved, "370602"),
    _broken("F12", 12, "column_missing", so.without("id_no"), "370681"),
    _broken("F12", 15, "ids_rounded", so.rounded("id_no"), "370682"),
    _again(_broken("F21", 6, "column_blank", so.blank("guardian_phone"), "370682")),
    _instead("F21", 18, "370683", "370682"),
    _broken("F22", 3, "duplicated", so.repeated(1.5), "370687"),
    _broken("F22", 11, "garbled", so.garbled_cells, "370682"),
    _again(_broken("F23", 18, "truncated", so.truncated, "370687")),
    _again(_instead("F23", 9, FLOOD, "370682")),
    _again(_instead("F24", 5, "370687", "370685")),
    _again(_broken("F24", 13, HALVED, so.halved, "370687")),
    _broken("F26", 3, "column_missing", so.without("place_no"), "370682001"),
    _broken("F26", 9, "empty", so.emptied, "370611002"),
    _broken("F31", 9, HALVED, so.halved, "370602"),
    _instead("F31", 13, "370602", "370611"),
    _broken("F32", 3, HALVED, so.halved, "370602"),
    _broken("F32", 9, "column_lost", so.without("report_status_name"), "370682"),
    _broken("F33", 5, "column_blank", so.blank("score")),
    _broken("F33", 15, "truncated", so.truncated),
    _broken("F33", 20, "heading_renamed", so.renamed("item_code", "XMDM")),
    _broken("F34", 5, "multiplied", so.repeated(3)),
    _broken("F36", 4, "truncated", so.truncated, later=None),
    _broken("F36", 13, "column_missing", so.without("level_name"), later=None),
    # Pages and maps.
    _broken("F06", 2, "truncated", so.truncated),
    _broken("F06", 11, "columns_swapped", so.swapped("mother_id_no", "mother_name")),
    _again(_broken("F15", 3, "heading_renamed", so.renamed("licence_no", "XKZH_NEW"))),
    _again(_instead("F15", 9, FLOOD)),
    _broken("F23M", 18, "heading_renamed", so.renamed("parcel_code", "DKBH"), "370683"),
    _broken("F23M", 6, "truncated", so.truncated, "370682"),
    _again(_broken("F25", 3, "garbled", so.garbled_cells)),
    _again(_broken("F25", 15, "column_missing", so.without("record_no"))),
    _again(_broken("F27", 3, "truncated", so.truncated)),
    _again(_broken("F27", 9, "column_missing", so.without("point_no"))),
    _broken("F28", 3, "empty", so.emptied),
    _broken("F28", 9, "truncated", so.truncated),
    _broken("F30", 2, "error_page", so.error_page),
    _instead("F30", 7, "F28"),
    _broken("F30", 13, "column_blank", so.blank("part_code")),
    # Odd and right: headings, columns, encodings.
    _harmless("F26", 4, "extra_column", so.with_extra_column("memo", "备注", pl.lit("")), "370681002"),
    _harmless("F25", 5, "extra_column", so.with_extra_column("source", "SJLY", pl.lit("监管平台"))),
    _harmless("F02", 5, "aliases", so.renamed("permit_no", "居住证编号")),
    _harmless("F10", 7, "aliases", so.renamed("certified_date", "生存认证日期"), "370681"),
    _harmless("F19", 6, "reordered", so.reordered),
    _harmless("F33", 13, "reordered", so.reordered),
    _harmless("F35", 7, "other_encoding", so.reencoded("utf-8")),
    _harmless("F16", 2, "other_encoding", so.reencoded("gb18030")),
    _harmless("F29", 2, "unfinished", so.unfinished),
    _harmless("F18", 15, "unfinished", so.unfinished),
    _harmless("F19", 12, "full_width", so.full_width("id_no")),
    _harmless("F12", 9, "full_width", so.full_width("id_no"), "370687"),
    # Odd and right: more rows, or fewer.
    _harmless("F32", 12, "fewer_rows", so.fewer(0.05), "370687"),
    _harmless("F24", 3, "fewer_rows", so.fewer(0.05), "370686"),
    _harmless("F29", 15, "few_duplicates", so.repeated(1.04)),
    _harmless("F18", 7, "few_duplicates", so.repeated(1.04)),
    _harmless("F02", LARGE_CHANGE, "large_change"),
    _harmless("F13", LARGE_CHANGE, "large_change"),
    _harmless("F02", 7, NO_CHANGE),
    _harmless("F15", 7, NO_CHANGE),
    _harmless("F32", 9, "stale", so.of_other_rows(BEFORE), "370683", rows=BEFORE),
    _harmless("F26", 7, "stale", so.of_other_rows(BEFORE), "370681002", rows=BEFORE),
    # Again, late, corrected, withdrawn.
    _harmless("F05", 4, "repeat", must=REPEAT, of=3),
    _harmless("F12", 4, "repeat", scope="370683", must=REPEAT, of=3),
    _harmless("F30", 6, "repeat", must=REPEAT, of=5),
    _harmless("F02", 3, "late", must=LATE, of=2),
    _harmless("F34", 4, "late", must=LATE, of=3),
    _harmless("F33", 3, "late", must=LATE, of=2),
    _harmless("F12", 4, "late", scope="370686", must=LATE, of=3),
    _harmless("F26", 6, "late", scope="370683001", must=LATE, of=5),
    _harmless("F10", 14, "late", scope="370685", must=LATE, of=13),
    _harmless("F28", 8, "late", must=LATE, of=7),
    _harmless("F35", 15, "late", must=LATE, of=13),
    _harmless("F13", 17, "late", must=LATE, of=15),
    _harmless("F33", 7, "corrected", so.fewer(0.1), until=8),
    _harmless("F24", 9, "corrected", so.fewer(0.1), "370687", until=10),
    _harmless("F18", 17, "corrected", so.fewer(0.05), until=18),
    _harmless("F24", 11, "withdrawn", scope="370685", must=WITHDRAWN, until=12),
    _harmless("F33", 11, "withdrawn", must=WITHDRAWN, until=12),
)
