"""People who are easily taken for one another, and children born between the turns.

Belongs here: twins, namesakes with the same birthday, newborns. Does not belong here: families
(households.py).
"""

from datetime import date, timedelta

import numpy as np
import polars as pl

from prefecture.months import MONTHS
from prefecture.world import roles

_TWIN_SHARE = 0.05
_TWIN_BIRTHS = 33


def with_twins(members: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Some second children are born on the day of the first: their numbers differ in the sequence only."""
    first = members.filter(pl.col("role") == roles.CHILD).select("household", pl.col("birth").alias("twin_birth"))
    lot = pl.Series(rng.random(members.height))
    return (
        members.join(first, on="household", how="left", maintain_order="left")
        .with_columns(
            pl.when((pl.col("role") == roles.SECOND_CHILD) & (lot < _TWIN_SHARE))
            .then(pl.coalesce("twin_birth", "birth"))
            .otherwise("birth")
            .alias("birth")
        )
        .drop("twin_birth")
    )


def with_newborns(members: pl.DataFrame, count: int, rng: np.random.Generator) -> pl.DataFrame:
    """`count` children born after the first month (`is_newborn`) to couples of the prefecture, evenly over
    the months; every 33rd is the twin of the one before."""
    mothers = members.with_row_index("row").filter(
        (pl.col("role") <= roles.SPOUSE)
        & (pl.col("sex") == 2)
        & pl.col("birth").is_between(date(1985, 1, 1), date(2002, 1, 1))
        & pl.col("household").is_in(members.filter(pl.col("role") == roles.SPOUSE)["household"].implode())
    )
    chosen = mothers[np.sort(rng.permutation(mothers.height)[:count])]
    number = np.arange(chosen.height)
    birth = np.where(number % _TWIN_BIRTHS == _TWIN_BIRTHS - 1, number - 1, number)
    chosen, month = chosen[birth], birth % (len(MONTHS) - 1) + 1
    starts = pl.Series([m.start for m in MONTHS])
    babies = chosen.drop("row").with_columns(
        pl.lit(roles.CHILD, pl.Int64).alias("role"),
        pl.Series("sex", rng.integers(1, 3, chosen.height)),
        (starts.gather(month) + pl.Series(rng.integers(0, 18, chosen.height)[birth]) * timedelta(days=1)).alias(
            "birth"
        ),
    )
    return pl.concat(
        [
            members.with_columns(pl.lit(False).alias("is_newborn")),
            babies.with_columns(pl.lit(True).alias("is_newborn")),
        ]
    )


def with_namesakes(members: pl.DataFrame, pairs: int, rng: np.random.Generator) -> pl.DataFrame:
    """Pairs of strangers in one county with the same sex, birth date and (later) name: `namesake` numbers
    them."""
    adults = members.filter(
        pl.col("age").is_between(30, 72) & ~pl.col("is_floating") & ~pl.col("is_collective") & ~pl.col("is_newborn")
    ).sort("county", "sex", "birth", "pid")
    beside = (
        adults.with_columns(pl.col("pid", "birth", "household").shift(-1).over("county", "sex").name.suffix("_other"))
        .with_row_index("place")
        .filter((pl.col("household") != pl.col("household_other")) & (pl.col("place") % 2 == 0) & (pl.col("age") < 70))
    )
    chosen = beside[np.sort(rng.permutation(beside.height)[:pairs])].with_columns(
        pl.int_range(pl.len()).alias("namesake")
    )
    second = chosen.select(pl.col("pid_other").alias("pid"), "namesake", pl.col("birth").alias("shared_birth"))
    both = pl.concat([chosen.select("pid", "namesake", pl.lit(None, pl.Date).alias("shared_birth")), second])
    return (
        members.join(both, on="pid", how="left", maintain_order="left")
        .with_columns(pl.coalesce("shared_birth", "birth").alias("birth"))
        .drop("shared_birth")
    )
