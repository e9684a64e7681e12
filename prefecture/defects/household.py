"""R08 and R15: one person in two households; households without exactly one living head.

Belongs here: errors of the household register. Does not belong here: errors of a person's own data.
"""

import polars as pl

from prefecture.changes import second_rows
from prefecture.defects.common import entity_keys, plain, plant_wave, settled, waves
from prefecture.months import SECOND
from prefecture.stage import ALWAYS, Span, Stage, per_person
from prefecture.world.vital import is_present

_OTHER = "97"


def plant_household(stage: Stage) -> None:
    """Plant R08 and R15."""
    _heads(stage)
    _harmless_heads(stage)
    _two_households(stage)


def _household_keys(people: pl.DataFrame) -> pl.Series:
    return entity_keys("household", people, "household_no")


def _heads(stage: Stage) -> None:
    register = stage.register
    others = is_present() & ~pl.col("is_newborn")
    several = others.sum().over("household") >= 2
    former = pl.col("death_date").is_not_null() & (pl.col("role") == 0) & (pl.col("relation") == "10")
    dead = stage.take(
        former
        & pl.col("is_undisturbed")
        & ~is_present()
        & (others.sum().over("household") >= 1)
        & (pl.col("death_date") < pl.date(2023, 12, 1)),
        stage.count(4),
    )
    new_heads = stage.people.filter(
        pl.col("household").is_in(dead["household"].implode()) & (pl.col("relation") == "01")
    )
    stage.edit("F01", ALWAYS, per_person(dead, pl.lit("01").alias("relation_code")))
    stage.edit("F01", ALWAYS, per_person(new_heads, pl.lit(_OTHER).alias("relation_code")))
    register.defect("R15", "F01", _household_keys(dead), "户主已死亡", dead)
    headed = settled() & (pl.col("relation") == "01") & several
    spouse = settled() & (pl.col("role") == 1) & (pl.col("relation") == "10")
    for where, code, what, when in (
        (headed, _OTHER, "无户主", waves(8, later=1, least=3, fixed=1 / 4)),
        (spouse, "01", "两个户主", waves(7, 2, 1, fixed=1 / 4)),
    ):
        for wave in when:
            people = stage.take(where, wave.count(stage))
            table = per_person(people, pl.lit(code).alias("relation_code"))
            plant_wave(stage, wave, "R15", "F01", people, table, _household_keys(people), what)


def _harmless_heads(stage: Stage) -> None:
    first = stage.people.unique("household", keep="first", maintain_order=True)
    crowds = first.filter("is_collective").head(stage.count(5, 2))
    stage.register.hard_negative("R15", "F01", _household_keys(crowds), "集体户没有户主", crowds)
    here = (is_present() & ~pl.col("is_newborn")).any().over("household")
    empty = stage.people.filter(
        ~here & ~pl.col("is_floating") & ~pl.col("is_collective") & (pl.len().over("household") == 1)
    )
    empty = empty.head(stage.count(6, 2))
    stage.register.hard_negative("R15", "F01", _household_keys(empty), "全户已注销或迁出", empty)


def _two_households(stage: Stage) -> None:
    register = stage.register
    mover = plain() & (pl.col("relation") != "01") & pl.col("age").is_between(18, 60)
    host = settled() & (pl.col("relation") == "01") & pl.col("age").is_between(25, 70)
    for wave in waves(17, 3, 1, fixed=1 / 5):
        people, rows = _doubled(stage, mover, host, wave.count(stage))
        stage.add("F01", Span(wave.since), rows)
        ended = rows.head(wave.fixed_of(people.height)).select("_pid", "household_no", _gone())
        stage.edit("F01", Span(wave.until or 0), ended, ("_pid", "household_no"))
        keys = entity_keys("person", people, "id_no")
        register.defect("R08", "F01", keys, "一人两户", people, wave.since, wave.untils(people.height))
    people, rows = _doubled(stage, mover, host, stage.count(5))
    stage.add("F01", ALWAYS, rows.with_columns(_gone()))
    register.hard_negative("R08", "F01", entity_keys("person", people, "id_no"), "另一户已迁出", people)
    pairs = stage.people.filter(pl.col("namesake").is_not_null()).head(stage.count(6, 4))
    register.hard_negative(
        "R08",
        "F01",
        entity_keys("person", pairs, "id_no"),
        "同名同生日的两个人",
        pairs,
    )


def _doubled(stage: Stage, mover: pl.Expr, host: pl.Expr, count: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """People, and their rows in a second household."""
    people = stage.take(mover, count)
    hosts = stage.take(host, people.height)
    people = people.head(hosts.height)
    return people, second_rows(people, hosts, SECOND)


def _gone() -> pl.Expr:
    return pl.lit("迁出").alias("status_name")
