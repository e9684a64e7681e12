"""R23 and R24: children who should not be on the list of orphans and children in need, or not as orphans.

Belongs here: wrong rows of F09. Does not belong here: who is in need in truth (world/children_in_need.py).

R23 finds a child (record key of F09) of the categories 孤儿, 事实无人抚养儿童 or 困境儿童 who on the business date
of the last list is 18 or older and not 在读, or who has an open marriage in F07 (结婚 or 补领, and no later 离婚 of
the pair) by the day of the run.

R24 finds a child (record key of F09) listed as 孤儿 with a living parent. Parents are: the numbers in the list
itself; in F01, where the child is 子 or 女 (20, 30), the head (01) and the head's spouse (10); in F06, the parents
on a certificate with the child's name and birth date. Living is whoever is 正常 in F01 and dead in neither F03
nor F04. Covered is a parent whose state in the list (father's or mother's, by number or sex) is 宣告失踪.
"""

from datetime import date

import polars as pl

from prefecture.changes import second_rows
from prefecture.defects.common import Wave, plain, record_keys, settled
from prefecture.feeds.children_in_need import NOT_STUDYING, STUDYING, child_rows
from prefecture.months import FIRST, MONTHS
from prefecture.stage import ALWAYS, Span, Stage, only
from prefecture.world import children_in_need as need
from prefecture.world import roles
from prefecture.world.schooling import LAST_GRADE, school_year

_PLACES = ("household_no", "relation_code", "hukou_address", "division_code", "updated_date")
_QUARTERS = (3, 9, 15)
_LIVING = {f"{p}_state_name": pl.lit(need.LIVING) for p in ("father", "mother")}
_REPAIRS = {
    "R23": {"study_state_name": pl.lit(STUDYING)},
    "R24": {"category_name": pl.lit(need.HARDSHIP), "cause_name": pl.lit("重病重残儿童")} | _LIVING,
}
_AT_HOME = pl.col("role").is_in([roles.CHILD, roles.SECOND_CHILD])


def plant_children(stage: Stage) -> None:
    """Plant R23 (at 1 % 12 grown up and 4 married in the stock) and R24 (at 1 % 15), a quarter of which is
    repaired with the next list (they stay on it, as students or as what they are); 2 and 3 more in each of
    three later lists, of which one is repaired."""
    _grown_up(stage)
    _married(stage)
    _studying(stage)
    _parents_live(stage)
    _parent_at_birth(stage)
    _parents_gone(stage)


def _waves(first: float, later: float, least: int = 1) -> list[Wave]:
    return [Wave(0, first, least, 1 / 4, 3), *(Wave(m, later, 0, 1 / 2, m + 3) for m in _QUARTERS)]


def _rows(stage: Stage, children: pl.DataFrame, category: str | pl.Expr, study: str, **said: pl.Expr) -> pl.DataFrame:
    """Rows of F09 about `children`; `said` replaces what is true of them."""
    family = need.with_family(children, stage.people)
    kind = pl.lit(category) if isinstance(category, str) else category
    family = need.with_causes(family.with_columns(kind.alias("category")))
    family = family.with_columns(pl.lit(study).alias("study_state_name"), *(v.alias(c) for c, v in said.items()))
    return child_rows(stage.world, family)


def _unlisted(stage: Stage) -> pl.Expr:
    return plain() & _AT_HOME & ~stage.among(stage.world.children_in_need["pid"])


def _wed(stage: Stage) -> pl.Expr:
    couples = stage.world.couples
    return stage.among(pl.concat([couples["husband"], couples["wife"]]))


def _in_two_ways() -> pl.Expr:
    return pl.when(pl.col("pid") % 2 == 0).then(pl.lit(need.UNATTENDED)).otherwise(pl.lit(need.HARDSHIP))


def _list(stage: Stage, wave: Wave, rule: str, children: pl.DataFrame, rows: pl.DataFrame, what: str) -> None:
    """Put rows on the lists from the wave's month on and register them. Those repaired stay on the list, as
    students or as what they are: a list without a row would not be sent."""
    stage.add("F09", Span(wave.since), rows)
    if wave.until:
        fixed = rows.head(wave.fixed_of(children.height)).select("_pid")
        stage.edit("F09", Span(wave.until), fixed.with_columns(v.alias(c) for c, v in _REPAIRS[rule].items()))
    keys = record_keys("F09", rows)
    stage.register.defect(rule, "F09", keys, what, children, wave.since, wave.untils(children.height))


def _grown_up(stage: Stage) -> None:
    for wave in _waves(12, 2):
        grown = pl.col("birth").dt.offset_by("18y") <= wave.month.as_of
        young = pl.col("birth").dt.offset_by("22y") > wave.month.as_of
        at_school = stage.among(_pupils(stage, wave))
        children = stage.take(_unlisted(stage) & ~_wed(stage) & grown & young & ~at_school, wave.count(stage))
        _list(stage, wave, "R23", children, _rows(stage, children, _in_two_ways(), NOT_STUDYING), "已满18周岁且未在读")


def _pupils(stage: Stage, wave: Wave) -> pl.Series:
    """Pids of those in senior school at the wave's month or later."""
    last_year = pl.col("entry_year") + LAST_GRADE - 1
    return stage.world.schooling.filter(pl.col("goes_on") & (last_year >= school_year(wave.month.as_of)))["_pid"]


def _married(stage: Stage) -> None:
    """Students listed from the first, found once their marriage is registered."""
    for month, count in ((FIRST, stage.count(4, 1)), (MONTHS[1], stage.count(1, 0)), (MONTHS[6], stage.count(1, 0))):
        weddings = stage.world.couples.filter(pl.col("married_on").is_between(month.start, month.as_of))
        wed = pl.concat([weddings["husband"], weddings["wife"]])
        young = stage.among(wed) & (pl.col("age") < 27)
        children = stage.take(_unlisted(stage) & young, count)
        stage.add("F09", ALWAYS, rows := _rows(stage, children, _in_two_ways(), STUDYING))
        stage.register.defect("R23", "F09", record_keys("F09", rows), "已登记结婚", children, month.index)


def _studying(stage: Stage) -> None:
    """Grown up and still at school; grown up only after the day of the list."""
    unlisted = _unlisted(stage) & ~_wed(stage)
    students = stage.take(unlisted & pl.col("age").is_between(18, 20), stage.count(4, 1))
    stage.add("F09", ALWAYS, studying := _rows(stage, students, _in_two_ways(), STUDYING))
    birthday = pl.col("birth").dt.offset_by("18y").is_between(date(2024, 2, 1), date(2024, 3, 28))
    turning = stage.take(unlisted & birthday, stage.count(3, 1))
    stage.add("F09", Span(0, 3), almost := _rows(stage, turning, _in_two_ways(), NOT_STUDYING))
    for people, rows, what in ((students, studying, "已满18周岁仍在读"), (turning, almost, "名册日期时未满18周岁")):
        stage.register.hard_negative("R23", "F09", record_keys("F09", rows), what, people)


def _orphan_rows(stage: Stage, children: pl.DataFrame, **said: pl.Expr) -> pl.DataFrame:
    """Listed as an orphan with relatives."""
    elders = pl.when(pl.col("guardian_relation") == "祖父母").then("guardian")
    relation = pl.when(pl.col("guardian_relation") == "祖父母").then("guardian_relation").otherwise(pl.lit("其他亲属"))
    said = {"guardian": elders, "guardian_relation": relation} | said
    return _rows(stage, children, need.ORPHAN, STUDYING, **said)


def _parents_live(stage: Stage) -> None:
    """The list has the parents' numbers and calls them dead, or has none: the household has them."""
    nobody = pl.lit(None, pl.Int64)
    child = _unlisted(stage) & pl.col("age").is_between(6, 14) & pl.col("relation").is_in(["20", "30"])
    couple = (pl.col("role") <= roles.SPOUSE).any().over("household")
    for said, first, later, what in (
        ({}, 7, 2, "列为孤儿，名册上父母在户籍中健在"),
        ({"father": nobody, "mother": nobody}, 6, 1, "列为孤儿，同户父母健在"),
    ):
        for wave in _waves(first, later):
            children = stage.take(child & couple, wave.count(stage))
            _list(stage, wave, "R24", children, _orphan_rows(stage, children, **said), what)


def _parent_at_birth(stage: Stage) -> None:
    """Registered with relatives; only the certificate of birth tells who the mother is."""
    nobody = pl.lit(None, pl.Int64)
    certified = stage.world.births["child"].drop_nulls()
    infant = settled() & (pl.col("age") == 0) & stage.among(certified) & _AT_HOME
    infants = stage.take(infant & pl.col("relation").is_in(["20", "30"]), stage.count(2, 1))
    hosts = stage.take(settled() & (pl.col("relation") == "01") & pl.col("age").is_between(48, 70), infants.height)
    infants = infants.head(hosts.height)
    stage.edit("F01", ALWAYS, second_rows(infants, hosts, FIRST).select("_pid", *_PLACES))
    named = infants.select(pl.col("pid").alias("_child"), pl.col("name").alias("newborn_name"))
    stage.edit("F06", only(0), named, on=("_child",))
    rows = _orphan_rows(stage, infants, father=nobody, mother=nobody)
    _list(stage, Wave(0, 0), "R24", infants, rows, "列为孤儿，出生证明上的母亲健在")


def _parents_gone(stage: Stage) -> None:
    """One dead, the other declared missing; a living parent who cannot bring the child up; true orphans."""
    alone = (pl.col("role") <= roles.SPOUSE).sum().over("household") == 1
    child = _unlisted(stage) & alone & pl.col("age").is_between(4, 14) & pl.col("relation").is_in(["20", "30"])
    missing = stage.take(child, stage.count(3, 1))

    def state(parent: str) -> pl.Expr:
        return pl.when(pl.col(parent).is_null()).then(pl.lit(need.DEAD)).otherwise(pl.lit(need.MISSING))

    cause = pl.lit("父母一方死亡、另一方宣告失踪")
    said = {"father_state": state("father"), "mother_state": state("mother"), "cause": cause}
    stage.add("F09", ALWAYS, lost := _orphan_rows(stage, missing, **said))
    unattended = stage.take(child, stage.count(3, 1))
    stage.add("F09", ALWAYS, alive := _rows(stage, unattended, need.UNATTENDED, STUDYING))
    orphans = stage.truth("F09").filter(pl.col("category_name") == need.ORPHAN).head(stage.count(4, 1))
    true = orphans.select(pl.col("_pid").alias("pid")).join(
        stage.people.select("pid", "township"), on="pid", maintain_order="left"
    )
    for people, rows, what in (
        (missing, lost, "另一方宣告失踪"),
        (unattended, alive, "事实无人抚养，父母一方健在"),
        (true, orphans, "父母双亡，随亲属或在福利机构生活"),
    ):
        stage.register.hard_negative("R24", "F09", record_keys("F09", rows), what, people)
