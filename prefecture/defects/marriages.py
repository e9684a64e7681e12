"""R30: two open marriages.

Belongs here: people who marry while married, and those who only seem to. Does not belong here: who is married to
whom in truth (world/couples.py).

R30 finds a person (entity "person", number; by F03's changes of number) for whom F07 knows a marriage (结婚, or
补领, which proves one) with one spouse and, on a later day, a marriage (结婚 or 补领) with another, unless a 离婚
of the first pair lies between the two days, or the first spouse had died by the second (F03, F04). Rows may come
late: what counts is the day registered, as soon as the row is known.
"""

from datetime import date, timedelta

import polars as pl

from prefecture.defects.common import entity_keys, plain, waves
from prefecture.feeds.marriages import DIVORCE, MARRIAGE, REISSUE, registration_rows
from prefecture.months import FIRST, MONTHS, SECOND, Month
from prefecture.stage import Stage, only


def plant_marriages(stage: Stage) -> None:
    """Plant R30: at 1 % 16 in the stock (a quarter of them cleared when the forgotten divorce arrives in the
    second month), 4 in the second month, 2 in each of five later ones (of which every third is cleared)."""
    for wave in waves(16, 4, 2, fixed=1 / 4):
        people = _married(stage, wave.count(stage))
        people = _with_new_spouse(stage, people)
        before = MONTHS[max(0, wave.since - 1)]
        _send(stage, people, "spouse", REISSUE, before, 2)
        _send(stage, people, "other", MARRIAGE, wave.month, 18)
        if wave.until:
            fixed = people.head(wave.fixed_of(people.height))
            _send(stage, fixed, "spouse", DIVORCE, before, 9, delivered=wave.until)
        keys = entity_keys("person", people, "id_no")
        untils = wave.untils(people.height)
        stage.register.defect("R30", "F07", keys, "前一婚姻未解除又登记结婚", people, wave.since, untils)
    _divorced(stage)
    _widowed(stage)
    _same_spouse(stage)


def _spouses(stage: Stage) -> pl.DataFrame:
    """`pid` and `spouse` of everyone in a marriage of older date that the window leaves alone."""
    couples = stage.world.couples.filter(
        (pl.col("married_on") < date(2023, 7, 1)) & pl.col("divorced_on").is_null() & pl.col("reissued_on").is_null()
    )
    both = [couples.select(pl.col(a).alias("pid"), pl.col(b).alias("spouse")) for a, b in _SIDES]
    return pl.concat(both)


_SIDES = (("husband", "wife"), ("wife", "husband"))


def _married(stage: Stage, count: int, where: pl.Expr | None = None) -> pl.DataFrame:
    """Married people who have no other marriage, with their `spouse`."""
    spouses = _spouses(stage)
    once = stage.world.couples.select(pl.concat_list("husband", "wife").alias("pid")).explode("pid")
    once = once.filter(pl.len().over("pid") == 1)["pid"]
    may = plain() & pl.col("age").is_between(26, 55) if where is None else where
    known = stage.among(spouses["pid"]) & stage.among(once)
    return stage.take(may & known, count).join(spouses, on="pid", maintain_order="left")


def _with_new_spouse(stage: Stage, people: pl.DataFrame) -> pl.DataFrame:
    """Those of `people` for whom someone unmarried is left, as `other`."""
    married = stage.world.couples.select(pl.concat_list("husband", "wife").alias("pid")).explode("pid")["pid"]
    free = plain() & pl.col("age").is_between(24, 60) & ~stage.among(married)
    parts = []
    for sex in (1, 2):
        mine = people.filter(pl.col("sex") == sex)
        others = stage.take(free & (pl.col("sex") == 3 - sex), mine.height)
        parts.append(mine.head(others.height).with_columns(others["pid"].alias("other")))
    return pl.concat(parts)


def _send(
    stage: Stage, people: pl.DataFrame, other: str, kind: str, month: Month, day: int, delivered: int | None = None
) -> None:
    """Rows of one kind between `people` and those in the column `other`, on about the day of the month."""
    man = pl.col("sex") == 1
    events = people.select(
        pl.when(man).then("pid").otherwise(other).alias("husband"),
        pl.when(man).then(other).otherwise("pid").alias("wife"),
        (pl.lit(month.start + timedelta(days=day - 1)) + pl.duration(days=pl.col("pid") % 5)).alias("registered_date"),
        pl.lit(kind).alias("registration_type"),
    )
    rows = registration_rows(stage.world, events)
    stage.add("F07", only(month.index if delivered is None else delivered), rows)


def _divorced(stage: Stage) -> None:
    people = _with_new_spouse(stage, _married(stage, stage.count(5, 2)))
    for other, kind, day in (("spouse", REISSUE, 2), ("spouse", DIVORCE, 9), ("other", MARRIAGE, 18)):
        _send(stage, people, other, kind, FIRST, day)
    _harmless(stage, people, "离婚后再婚")


def _widowed(stage: Stage) -> None:
    """The spouse dies in the second to seventh month; the new marriage follows two months later."""
    for month in (SECOND, MONTHS[4], MONTHS[7]):
        died = pl.col("death_date").is_between(month.start, month.as_of)
        dead = stage.people.filter(died)["pid"]
        widowed = _spouses(stage).filter(pl.col("spouse").is_in(dead.implode()))["pid"]
        lives_on = pl.col("death_date").is_null() & pl.col("left_date").is_null() & ~pl.col("is_floating")
        may = lives_on & stage.among(widowed) & pl.col("age").is_between(26, 80)
        people = _with_new_spouse(stage, _married(stage, stage.count(2, 1), may))
        _send(stage, people, "spouse", REISSUE, FIRST, 3)
        _send(stage, people, "other", MARRIAGE, MONTHS[month.index + 2], 12)
        _harmless(stage, people, "丧偶后再婚")


def _same_spouse(stage: Stage) -> None:
    """A certificate issued twice; a couple that divorces and marries again."""
    twice = _married(stage, stage.count(3, 1))
    _send(stage, twice, "spouse", REISSUE, FIRST, 4)
    _send(stage, twice, "spouse", REISSUE, SECOND, 15)
    _harmless(stage, twice, "同一婚姻两次补领")
    again = _married(stage, stage.count(3, 1))
    for kind, month, day in ((REISSUE, FIRST, 3), (DIVORCE, FIRST, 12), (MARRIAGE, SECOND, 8)):
        _send(stage, again, "spouse", kind, month, day)
    _harmless(stage, again, "离婚后复婚")


def _harmless(stage: Stage, people: pl.DataFrame, what: str) -> None:
    stage.register.hard_negative("R30", "F07", entity_keys("person", people, "id_no"), what, people)
