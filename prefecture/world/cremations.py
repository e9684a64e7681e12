"""Who is cremated when, and who sees to it.

Belongs here: cremations that follow from people's deaths. Does not belong here: what the halls report of them
(feeds/cremations.py).
"""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from prefecture.world import roles
from prefecture.world.names import officers

if TYPE_CHECKING:
    from prefecture.world.world import World

_CREMATED_SHARE = 0.95
_ADULT, _NEVER = 18, pl.date(9999, 1, 1)


def draw_cremations(world: "World") -> pl.DataFrame:
    """One row per cremation: the columns of people, `cremation_date` (one to five days after death), `phone`,
    `kin`, `kin_name`, `kin_relation_name`; kin of another household bear a number of their own and no `kin`."""
    rng, people = world.stream("cremations"), world.people
    delay = rng.choice(np.arange(1, 6), people.height, p=[0.1, 0.35, 0.35, 0.15, 0.05])
    is_cremated = rng.random(people.height) < _CREMATED_SHARE
    lots = people.with_columns((pl.col("death_date") + pl.duration(days=pl.Series(delay))).alias("cremation_date"))
    dead = lots.filter(pl.Series(is_cremated) & pl.col("death_date").is_not_null())
    relatives = officers(rng, dead.height)
    number = pl.Series(rng.integers(0, 10**8, dead.height)).cast(pl.String).str.zfill(8)
    return (
        dead.with_columns(("128" + number).alias("phone"), pl.Series("relative", relatives))
        .join(_kin(people, dead), on="pid", how="left", maintain_order="left")
        .with_columns(
            pl.coalesce("kin_name", "relative").alias("kin_name"),
            pl.col("kin_relation_name").fill_null("亲属"),
            pl.coalesce("kin_phone", "phone").alias("phone"),
        )
        .drop("relative", "kin_phone")
    )


def _kin(people: pl.DataFrame, dead: pl.DataFrame) -> pl.DataFrame:
    """Who sees to the cremation: an adult of the household, the nearest by role."""
    adults = people.filter((pl.col("age") >= _ADULT) & ~pl.col("is_collective") & ~pl.col("is_newborn")).select(
        "household",
        pl.col("pid").alias("kin"),
        pl.col("role").alias("kin_role"),
        pl.col("name").alias("kin_name"),
        pl.col("phone").alias("kin_phone"),
        pl.min_horizontal("death_date", "left_date").fill_null(_NEVER).alias("gone"),
    )
    found = dead.select("pid", "household", "role", "death_date").join(adults, on="household", maintain_order="left")
    found = found.filter((pl.col("kin") != pl.col("pid")) & (pl.col("gone") > pl.col("death_date")))
    generation = {roles.PARENT: 0, roles.OTHER_PARENT: 0, roles.HEAD: 1, roles.SPOUSE: 1}
    own, other = (
        pl.col(c).replace_strict(generation, default=2, return_dtype=pl.Int64).alias(c) for c in ("role", "kin_role")
    )
    relation = (
        pl.when(own < other)
        .then(pl.lit("子女"))
        .when(own > other)
        .then(pl.lit("父母"))
        .when(own == 2)
        .then(pl.lit("兄弟姐妹"))
        .otherwise(pl.lit("配偶"))
    )
    nearest = found.sort("pid", "kin_role", "kin").unique("pid", keep="first", maintain_order=True)
    return nearest.select("pid", "kin", "kin_name", relation.alias("kin_relation_name"), "kin_phone")
