"""R08 and R15: one person in two households; households without exactly one living head.

Belongs here: errors of the household register. Does not belong here: errors of a person's own data.
"""

import polars as pl

from pipelines.prefecture.changes import second_rows
from pipelines.prefecture.defects.common import entity_keys, plain, settled, turns_of
from pipelines.prefecture.stage import BOTH, Stage, per_person
from pipelines.prefecture.world.vital import is_present

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
        & ~is_present()
        & (others.sum().over("household") >= 1)
        & (pl.col("death_date") < pl.date(2023, 12, 1)),
        stage.count(4),
    )
    new_heads = stage.people.filter(
        pl.col("household").is_in(dead["household"].implode()) & (pl.col("relation") == "01")
    )
    stage.edit("F01", BOTH, per_person(dead, pl.lit("01").alias("relation_code")))
    stage.edit("F01", BOTH, per_person(new_heads, pl.lit(_OTHER).alias("relation_code")))
    register.defect("R15", "F01", _household_keys(dead), "户主已死亡", True, True, dead["township"])

    heads = stage.take(settled() & (pl.col("relation") == "01") & several, stage.count(8, 3))
    fixed = heads.height // 4
    table = per_person(heads, pl.lit(_OTHER).alias("relation_code"))
    stage.edit("F01", (1,), table)
    stage.edit("F01", (2,), table.slice(fixed))
    register.defect(
        "R15", "F01", _household_keys(heads), "无户主", True, turns_of(heads.height, fixed), heads["township"]
    )

    spouse = settled() & (pl.col("role") == 1) & (pl.col("relation") == "10")
    for only_second, count in ((False, 7), (True, 2)):
        seconds = stage.take(spouse, stage.count(count))
        table = per_person(seconds, pl.lit("01").alias("relation_code"))
        fixed = 0 if only_second else seconds.height // 4
        stage.edit("F01", (2,), table.slice(fixed))
        if not only_second:
            stage.edit("F01", (1,), table)
        register.defect(
            "R15",
            "F01",
            _household_keys(seconds),
            "两个户主",
            not only_second,
            turns_of(seconds.height, fixed),
            seconds["township"],
        )


def _harmless_heads(stage: Stage) -> None:
    first = stage.people.unique("household", keep="first", maintain_order=True)
    crowds = first.filter("is_collective").head(stage.count(5, 2))
    stage.register.hard_negative("R15", "F01", _household_keys(crowds), "集体户没有户主", crowds["township"])
    here = (is_present() & ~pl.col("is_newborn")).any().over("household")
    empty = stage.people.filter(
        ~here & ~pl.col("is_floating") & ~pl.col("is_collective") & (pl.len().over("household") == 1)
    )
    empty = empty.head(stage.count(6, 2))
    stage.register.hard_negative("R15", "F01", _household_keys(empty), "全户已注销或迁出", empty["township"])


def _two_households(stage: Stage) -> None:
    register = stage.register
    mover = plain() & (pl.col("relation") != "01") & pl.col("age").is_between(18, 60)
    host = settled() & (pl.col("relation") == "01") & pl.col("age").is_between(25, 70)
    for what, count in (("both", 17), ("second", 3), ("left", 5)):
        people = stage.take(mover, stage.count(count))
        hosts = stage.take(host, people.height)
        people = people.head(hosts.height)
        rows = second_rows(people, hosts)
        keys = entity_keys("person", people, "id_no")
        if what == "left":
            stage.add("F01", BOTH, rows.with_columns(pl.lit("迁出").alias("status_name")))
            register.hard_negative("R08", "F01", keys, "另一户已迁出", people["township"])
            continue
        stage.add("F01", (2,), rows)
        fixed = 0
        if what == "both":
            fixed = people.height // 5
            stage.add("F01", (1,), rows)
            ended = rows.head(fixed).select("_pid", "household_no", pl.lit("迁出").alias("status_name"))
            stage.edit("F01", (2,), ended, ("_pid", "household_no"))
        register.defect(
            "R08", "F01", keys, "一人两户", what == "both", turns_of(people.height, fixed), people["township"]
        )
    pairs = stage.people.filter(pl.col("namesake").is_not_null()).head(stage.count(6, 4))
    register.hard_negative(
        "R08",
        "F01",
        entity_keys("person", pairs, "id_no"),
        "同名同生日的两个人",
        pairs["township"],
    )
