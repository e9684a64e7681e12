"""R13: people in houses with numbers that cannot be.

Belongs here: house numbers of F31. Does not belong here: whether a house is lived in (houses.py).

A house number is the code of its village (12 digits), a letter and a serial of 4 to 6 digits. R13 finds a row
of F31 as last delivered (its record key) that names a person, when the house number
  * has another form; or
  * begins with a code that is not a village in force on the business date in F36, and that no chain of
    successors (successor_code) leads from to one; or
  * begins with a village (or leads to one by successors) of another township than the row's grid, provided
    the grid is one in force.
"""

import polars as pl

from prefecture.defects.common import is_resurveyed, plain, plant_wave, record_keys, waves
from prefecture.defects.empty_houses import EmptyHouses
from prefecture.stage import ALWAYS, Stage

_KINDS = ("form", "unknown", "elsewhere", "gone")
_WHAT = "房屋编号不在册"


def plant_house_numbers(stage: Stage) -> None:
    """Plant R13: at 1 % 16 households in the first month, 4 in the second, 2 every fourth month after it;
    some are put right."""
    for wave in waves(16, 4, 2, least=4, fixed=1 / 4):
        hosts = stage.take(_may(stage), wave.count(stage))
        members = _members(stage, hosts.with_columns(_wrong_number(stage)))
        table = members.select("_pid", "house_no")
        plant_wave(stage, wave, "R13", "F31", members, table, record_keys("F31", members), _WHAT)
    _harmless(stage)


def _may(stage: Stage) -> pl.Expr:
    return plain() & is_resurveyed() & stage.listed("F31")


def _members(stage: Stage, hosts: pl.DataFrame) -> pl.DataFrame:
    """Everyone of the hosts' households in F31, in order of household, with the hosts' `house_no`; also
    `pid` and `township`."""
    number = hosts.select("household", "house_no")
    people = stage.people.filter(stage.listed("F31")).select("pid", "household", "township")
    people = number.join(people, on="household", how="left", maintain_order="left_right")
    rows = stage.rows("F31", people).select("_pid", "survey_no")
    return people.hstack(rows).filter(pl.col("survey_no").is_not_null())


def _wrong_number(stage: Stage) -> pl.Expr:
    """In turn: no number at all, a village that never was, one of another township, one that is gone."""
    units = stage.divisions.units.filter(pl.col("level_name") == "村")
    gone = units.filter(pl.col("valid_to").is_not_null() & pl.col("successor_code").is_null())["unit_code"].sort()
    villages = stage.divisions.villages.filter(~pl.col("is_virtual"))
    elsewhere = _of_next_township(villages)
    kind, serial = pl.int_range(pl.len()) % len(_KINDS), pl.col("house_no").str.slice(12)
    return (
        pl.when(kind == 0)
        .then(pl.lit("新建房") + (pl.col("pid") % 90 + 1).cast(pl.String) + "号")
        .when(kind == 1)
        .then(pl.col("residence_township") + "999" + serial)
        .when(kind == 2)
        .then(pl.col("residence_township").replace_strict(elsewhere, return_dtype=pl.String) + serial)
        .otherwise(pl.lit(gone).gather((pl.col("pid") % gone.len()).cast(pl.UInt32)) + serial)
        .alias("house_no")
    )


def _of_next_township(villages: pl.DataFrame) -> dict[str, str]:
    """A village of the next township for every township."""
    first = villages.group_by("township_code").agg(pl.col("code").min()).sort("township_code")
    return dict(zip(first["township_code"], [*first["code"][1:], first["code"][0]], strict=True))


def _harmless(stage: Stage) -> None:
    villages = stage.divisions.villages.filter(~pl.col("is_virtual"))
    old = dict(villages.filter(pl.col("old_code").is_not_null()).select("code", "old_code").iter_rows())
    beside = _beside(villages)
    kinds = (
        (old, pl.col("house_no").str.slice(12), "门牌仍用撤并前的村代码，有替代代码"),
        (beside, pl.lit("F9") + (pl.col("pid") % 10_000).cast(pl.String).str.zfill(4), "房屋在同镇街的邻村"),
    )
    for other, serial, what in kinds:
        may = _may(stage) & pl.col("residence").is_in(sorted(other))
        hosts = stage.take(may, stage.count(6, 2))
        village = pl.col("residence").replace_strict(other, default=None, return_dtype=pl.String)
        members = _members(stage, hosts.with_columns((village + serial).alias("house_no")))
        stage.edit("F31", ALWAYS, members.select("_pid", "house_no"))
        stage.register.hard_negative("R13", "F31", record_keys("F31", members), what, members)
    empty = EmptyHouses(stage).take(stage.count(5, 1))
    number = pl.lit("待编号") + (pl.col("_pid") % 1_000).cast(pl.String)
    stage.edit("F31", ALWAYS, empty.select("_pid", number.alias("house_no")))
    who = empty.select("township", pid="_pid")
    stage.register.hard_negative("R13", "F31", record_keys("F31", empty), "空置房，尚未编号", who)


def _beside(villages: pl.DataFrame) -> dict[str, str]:
    """The next village of the same township for every village that has one."""
    rows = villages.sort("code").select("code", pl.col("code").shift(-1).over("township_code").alias("next"))
    return dict(rows.drop_nulls().iter_rows())
