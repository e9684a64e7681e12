"""R34: people who live alone, are very old or severely disabled, and whom nobody has seen for a month.

Belongs here: silence about single people. Does not belong here: who lives alone (feeds/survey.py).

The rule finds the F31 row (its record key) with living_type 独居 whose number belongs to somebody of 80 or more
whole years on day D, or who holds a disability card (F11, card_no begins with the number) of level 1 or 2 (its
20th character), if more than 30 days before D lie all of: the row's survey_date, F10.certified_date in any row
known of the number, F20.last_visit_date of the number. D is the last day of the month in which that county's
latest F31 was delivered: a late survey is no silence. Feeds' refused deliveries leave the earlier ones standing.
"""

from datetime import timedelta

import polars as pl

from prefecture.defects.common import is_resurveyed, record_keys, settled, waves
from prefecture.months import MONTHS, Month
from prefecture.stage import ALWAYS, Span, Stage, only, per_person
from prefecture.world.vital import is_present

_OLD, _SEVERE = 80, ("1", "2")
_CERTIFIED_IN = (0, 4)


def plant_alone(stage: Stage) -> None:
    """Plant R34 at 1 %: the very old, 12 in the stock (a quarter seen again at once), 3 in the second month and 1
    in each of five later ones (every third seen again two months later); besides 3 severely disabled."""
    alone = settled() & (pl.len().over("household") == 1) & is_resurveyed() & stage.listed("F31")
    old = alone & (pl.col("age") >= _OLD)
    cards = stage.truth("F11").filter(pl.col("card_no").str.slice(19, 1).is_in(_SEVERE))["_pid"]
    disabled = alone & pl.col("age").is_between(65, _OLD - 1) & stage.among(cards)
    for wave in waves(12, 3, 1, least=2, fixed=1 / 4):
        people = stage.take(old, wave.count(stage))
        _silent(stage, people, wave.month, wave.untils(people.height), "独居高龄老人超过30天无任何联系")
    people = stage.take(disabled, stage.count(3))
    nobody = pl.Series([None] * people.height, dtype=pl.Int64)
    _silent(stage, people, MONTHS[0], nobody, "独居重度残疾人超过30天无任何联系")
    _harmless(stage, old)


def _last_seen(month: Month) -> pl.Expr:
    return (pl.lit(month.start) - pl.duration(days=10 + pl.col("pid") % 50)).alias("survey_date")


def _silent(stage: Stage, people: pl.DataFrame, month: Month, untils: pl.Series, what: str) -> None:
    for until in [None, *untils.drop_nulls().unique()]:
        some = people.filter(untils.is_null() if until is None else (untils == until).fill_null(False))
        stage.edit("F31", Span(month.index, until), per_person(some, _last_seen(month)))
    stage.edit("F20", ALWAYS, per_person(people, pl.lit(None, pl.Date).alias("last_visit_date")))
    keys = record_keys("F31", stage.rows("F31", people))
    stage.register.defect("R34", "F31", keys, what, people, month.index, untils)


def _harmless(stage: Stage, old: pl.Expr) -> None:
    register = stage.register
    seen = stage.take(old, stage.count(6, 2))
    register.hard_negative("R34", "F31", record_keys("F31", stage.rows("F31", seen)), "网格员当月已走访", seen)
    cared = stage.take(old, stage.count(4))
    moved = pl.lit("养老机构").alias("living_type")
    stage.edit("F31", ALWAYS, per_person(cared, moved, _last_seen(MONTHS[0])))
    register.hard_negative("R34", "F31", record_keys("F31", stage.rows("F31", cared)), "已入住养老机构", cared)
    paid = old & (pl.col("age") > _OLD) & pl.col("assist").is_null() & is_present()
    for index in _CERTIFIED_IN:
        month = MONTHS[index]
        people = stage.take(paid & stage.listed("F10", month), stage.count(2))
        stage.edit("F31", only(index), per_person(people, _last_seen(month)))
        day = pl.lit(month.as_of - timedelta(days=6)).alias("certified_date")
        stage.edit("F10", only(index), per_person(people, day))
        keys = record_keys("F31", stage.rows("F31", people))
        register.hard_negative("R34", "F31", keys, "当月已作津贴生存认证", people)
