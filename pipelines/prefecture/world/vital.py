"""Deaths and departures of a year, and who heads a household after them.

Belongs here: what happens to people, whatever the departments make of it. Does not belong here: events in
files.
"""

from datetime import date

import numpy as np
import polars as pl

from pipelines.prefecture.world import households as roles
from pipelines.prefecture.world.lots import days_between

YEAR_START, YEAR_END = "2023-02-01", "2024-01-31"
FEBRUARY = ("2024-02-01", "2024-02-24")
_HAZARD, _GROWTH = 0.000035, 0.095
_LEAVING_SHARE = 0.01
_RELATION = {
    roles.HEAD: "01",
    roles.SPOUSE: "10",
    roles.PARENT: "50",
    roles.OTHER_PARENT: "50",
    roles.OTHER: "97",
    roles.COLLECTIVE: "99",
}


def draw_lives(people: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Add `death_date`, `left_date` and `relation` (GB/T 4761) to the people.

    Deaths fall in the year before the first turn, or (`death_date` in February 2024) between the turns:
    those only for people who head no one else. Whoever is head in `relation` 01 is alive and present,
    unless the whole household is gone.
    """
    age, lot = people["age"].to_numpy(), rng.random(people.height)
    registered = ~(people["is_newborn"] | people["is_floating"]).to_numpy()
    hazard = np.minimum(_HAZARD * np.exp(_GROWTH * age), 0.4)
    dies = registered & (lot < hazard)
    dies_next = registered & (lot >= hazard) & (lot < hazard * 13 / 12)
    death = np.full(people.height, np.datetime64("NaT"), dtype="datetime64[D]")
    death[dies] = days_between(rng, YEAR_START, YEAR_END, dies.sum())
    minor = ~np.isin(people["role"].to_numpy(), [roles.HEAD])
    size = people.select(pl.len().over("household"))["len"].to_numpy()
    leaves = (
        registered & ~dies & ~dies_next & (minor | (size == 1)) & (rng.random(people.height) < _LEAVING_SHARE)
    )
    left = np.full(people.height, np.datetime64("NaT"), dtype="datetime64[D]")
    left[leaves] = days_between(rng, YEAR_START, "2024-01-20", leaves.sum())
    people = people.with_columns(pl.Series("death_date", death), pl.Series("left_date", left))
    people = people.with_columns(_relation(people))
    heads_nobody = (pl.col("relation") != "01") | (pl.len().over("household") == 1)
    may_die = people.select(heads_nobody).to_series().to_numpy() & dies_next
    february = days_between(rng, *FEBRUARY, may_die.sum())
    later = pl.DataFrame({"pid": people["pid"].filter(pl.Series(may_die)), "next_death": february})
    return (
        people.join(later, on="pid", how="left", maintain_order="left")
        .with_columns(pl.coalesce("death_date", "next_death").alias("death_date"))
        .drop("next_death")
    )


def is_dead(at: date) -> pl.Expr:
    """True for people who have died by the day."""
    return pl.col("death_date").is_not_null() & (pl.col("death_date") <= at)


def is_present() -> pl.Expr:
    """True for registered people who neither died nor left before the first turn."""
    return ~is_dead(date(2024, 1, 31)) & pl.col("left_date").is_null()


def _relation(people: pl.DataFrame) -> pl.Series:
    """The first present member of a family becomes its head; a former head becomes the new one's spouse."""
    here = is_present() & ~pl.col("is_newborn")
    rank = pl.when(here).then(pl.col("role")).otherwise(pl.col("role") + 100)
    rank = rank * 1_000_000_000 + pl.col("pid")
    base = pl.col("role").replace_strict(_RELATION, default=None, return_dtype=pl.String)
    child = pl.when(pl.col("sex") == 1).then(pl.lit("20")).otherwise(pl.lit("30"))
    is_head = rank == rank.min().over("household")
    relation = (
        pl.when("is_collective")
        .then(pl.lit("99"))
        .when(is_head)
        .then(pl.lit("01"))
        .when(pl.col("role") == roles.HEAD)
        .then(pl.lit("10"))
        .otherwise(pl.coalesce(base, child))
    )
    return people.select(relation.alias("relation")).to_series()
