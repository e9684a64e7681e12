"""Children born in the prefecture from February 2023 on, and their parents.

Belongs here: who was born to whom and when. Does not belong here: certificates (feeds/birth_certificates.py).
"""

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from prefecture.months import LAST
from prefecture.world import roles
from prefecture.world.lots import days_between

if TYPE_CHECKING:
    from prefecture.world.world import World

FIRST_BIRTH = date(2023, 2, 1)
_BORN_ELSEWHERE, _MIGRANT_BIRTHS = 0.04, 63
_YOUNGEST_MOTHER, _OLDEST_MOTHER = 17, 50
_COLUMNS = ("child", "mother", "father", "birth", "sex", "county_code")


def draw_births(world: "World") -> pl.DataFrame:
    """One row per child: pids `child` (null for children of people registered elsewhere: they are registered
    there), `mother`, `father` (null when unknown), `birth`, `sex`, `county_code` of the hospital."""
    rng = world.stream("births")
    return pl.concat([_of_residents(world, rng), _of_migrants(world, rng)]).select(_COLUMNS)


def _of_residents(world: "World", rng: np.random.Generator) -> pl.DataFrame:
    """Children registered here whose mother lives in their household; some were born elsewhere."""
    people = world.people.with_columns(pl.Series("lot", rng.random(world.people.height)))
    children = people.filter(
        (pl.col("birth") >= FIRST_BIRTH)
        & ~pl.col("is_floating")
        & pl.col("role").is_in([roles.CHILD, roles.SECOND_CHILD])
        & (pl.col("lot") >= _BORN_ELSEWHERE)
    ).select(pl.col("pid").alias("child"), "household", "birth", "sex", "county_code")
    mothers, fathers = _parents(people)
    born = children.join(mothers, on="household", maintain_order="left")
    years = (pl.col("birth") - pl.col("mother_birth")).dt.total_days() / 365.2425
    was_there = pl.col("mother_gone").is_null() | (pl.col("mother_gone") > pl.col("birth"))
    born = born.filter(years.is_between(_YOUNGEST_MOTHER, _OLDEST_MOTHER) & was_there)
    return born.join(fathers, on="household", how="left", maintain_order="left").select(_COLUMNS)


def _of_migrants(world: "World", rng: np.random.Generator) -> pl.DataFrame:
    """Children of couples without registration here."""
    mothers, fathers = _parents(world.people.filter("is_floating"))
    couples = mothers.join(fathers, on="household", maintain_order="left").filter(
        pl.col("mother_birth").is_between(date(1984, 1, 1), date(2003, 1, 1))
    )
    chosen = couples[np.sort(rng.permutation(couples.height)[: world.scaled(_MIGRANT_BIRTHS, 6)])]
    born = days_between(rng, str(FIRST_BIRTH), str(LAST.as_of.replace(day=20)), chosen.height)
    return chosen.with_columns(
        pl.lit(None, pl.Int64).alias("child"),
        pl.Series("birth", born),
        pl.Series("sex", rng.integers(1, 3, chosen.height)),
    ).select(_COLUMNS)


def _parents(people: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    couple = people.filter((pl.col("role") <= roles.SPOUSE) & ~pl.col("is_newborn"))
    gone = pl.min_horizontal("death_date", "left_date")
    mothers = couple.filter(pl.col("sex") == 2).select(
        "household",
        "county_code",
        pl.col("pid").alias("mother"),
        pl.col("birth").alias("mother_birth"),
        gone.alias("mother_gone"),
    )
    fathers = couple.filter(pl.col("sex") == 1).select("household", pl.col("pid").alias("father"))
    return mothers.unique("household", keep="first", maintain_order=True), fathers.unique(
        "household", keep="first", maintain_order=True
    )
