"""Deaths and departures, and who heads a household after them.

Belongs here: what happens to people, whatever the departments make of it. Does not belong here: events in
files.
"""

from datetime import date

import numpy as np
import polars as pl

from prefecture.months import FIRST, LAST, MONTHS, SECOND
from prefecture.world import roles
from prefecture.world.lots import days_between

YEAR_START = "2023-02-01"
_HAZARD, _GROWTH = 0.000027, 0.095
_LEAVING_SHARE, _OLDEST_LEAVING = 0.01, 75
_LATER = (len(MONTHS) - 1) / 12
_INFANT, _GONE = 50, 100
_RELATION = {
    roles.HEAD: "01",
    roles.SPOUSE: "10",
    roles.PARENT: "50",
    roles.OTHER_PARENT: "50",
    roles.OTHER: "97",
    roles.COLLECTIVE: "99",
}


def draw_lives(people: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Add `death_date`, `left_date`, `relation` (GB/T 4761, on the first business date) and `is_undisturbed`
    (nobody in the household dies or departs after that date) to the people.

    Deaths and departures fall in the year before the first business date or in the months after it; those
    who depart later are younger than 75.
    """
    age, lot = people["age"].to_numpy(), rng.random(people.height)
    registered = ~(people["is_newborn"] | people["is_floating"]).to_numpy()
    hazard = np.minimum(_HAZARD * np.exp(_GROWTH * age), 0.3)
    dies = registered & (lot < hazard)
    dies_later = registered & ~dies & (lot < hazard * (1 + _LATER))
    death = _days(people.height)
    death[dies] = days_between(rng, YEAR_START, str(FIRST.as_of), dies.sum())
    death[dies_later] = _later_days(rng, dies_later.sum())
    minor = ~np.isin(people["role"].to_numpy(), [roles.HEAD])
    size = people.select(pl.len().over("household"))["len"].to_numpy()
    may_leave = registered & ~dies & ~dies_later & (minor | (size == 1))
    lot = rng.random(people.height)
    leaves = may_leave & (lot < _LEAVING_SHARE)
    leaves_later = may_leave & ~leaves & (lot < _LEAVING_SHARE * (1 + _LATER)) & (age < _OLDEST_LEAVING)
    left = _days(people.height)
    left[leaves] = days_between(rng, YEAR_START, "2024-01-20", leaves.sum())
    left[leaves_later] = _later_days(rng, leaves_later.sum())
    people = people.with_columns(pl.Series("death_date", death), pl.Series("left_date", left))
    changes = (pl.col("death_date") > FIRST.as_of) | (pl.col("left_date") > FIRST.as_of)
    return people.with_columns(
        relation_at(people, FIRST.as_of).alias("relation"),
        (~changes.fill_null(False).any().over("household")).alias("is_undisturbed"),
    )


def is_dead(at: date) -> pl.Expr:
    """True for people who have died by the day."""
    return pl.col("death_date").is_not_null() & (pl.col("death_date") <= at)


def has_left(at: date) -> pl.Expr:
    """True for people who have moved out of the prefecture by the day."""
    return pl.col("left_date").is_not_null() & (pl.col("left_date") <= at)


def is_present(at: date = FIRST.as_of) -> pl.Expr:
    """True for people who neither died nor left by the day."""
    return ~is_dead(at) & ~has_left(at)


def is_known(at: date) -> pl.Expr:
    """True for people whom the police have registered by the day, or ever had registered."""
    return ~pl.col("is_floating") & (~pl.col("is_newborn") | (pl.col("registered_on") <= at))


def relation_at(people: pl.DataFrame, at: date) -> pl.Series:
    """Relation to the head of the family (GB/T 4761) on a day: the first present member is head; a former
    head becomes the new one's spouse."""
    rank = pl.col("role") + pl.when("is_newborn").then(_INFANT).otherwise(0)
    rank = pl.when(is_present(at)).then(rank).otherwise(pl.col("role") + _GONE)
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


def _days(count: int) -> np.ndarray:
    return np.full(count, np.datetime64("NaT"), dtype="datetime64[D]")


def _later_days(rng: np.random.Generator, count: int) -> np.ndarray:
    """Days in the months after the first, none after the 24th: departments hear of them the same month."""
    days = days_between(rng, str(SECOND.start), str(LAST.as_of), count)
    months = days.astype("datetime64[M]").astype("datetime64[D]")
    return months + np.minimum((days - months).astype(np.int64), 23)
