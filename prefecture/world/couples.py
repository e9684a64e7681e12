"""Who is or was married to whom: one table of couples for every feed that must know.

Belongs here: marriages, divorces and certificates issued again. Does not belong here: what the registry
delivers of them (feeds/marriages.py), or weddings of the window (weddings.py).
"""

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from prefecture.world import roles
from prefecture.world.ages import completed_years
from prefecture.world.weddings import MONTHS_OF_WINDOW, draw_weddings, is_settled, window_days

if TYPE_CHECKING:
    from prefecture.world.world import World

_PER_MONTH, _DIVORCED, _REISSUED = 37, 0.25, 0.15
_LAST_EARLIER = date(2023, 6, 20)
_WED_AT, _SPREAD, _BEFORE_CHILD = 24.5 * 365.25, 3 * 365.25, 300
_COLUMNS = ("husband", "wife", "married_on", "divorced_on", "reissued_on")
_CHILD = pl.col("role").is_in([roles.CHILD, roles.SECOND_CHILD])


def draw_couples(world: "World") -> pl.DataFrame:
    """One row per marriage: pids `husband` and `wife`, `married_on`, `divorced_on`, `reissued_on`.

    The two adults (and the two grandparents) of a household are a couple married before the window, once
    both are of age. From July 2023 on some of them divorce or have their certificate issued again (it is null
    otherwise), and singles marry (weddings.py). A death ends a marriage without an entry here. Nobody marries
    while another marriage is open.
    """
    rng, monthly = world.stream("couples"), world.scaled(_PER_MONTH, 10)
    divorces, reissues = round(monthly * _DIVORCED), round(monthly * _REISSUED)
    families = _with_dates(_families(world), divorces, reissues, rng)
    new = draw_weddings(world.people, families, monthly - divorces - reissues, rng)
    return pl.concat([families, new], how="diagonal").select(_COLUMNS)


def _families(world: "World") -> pl.DataFrame:
    """Pairs of one household with all that decides when they married and whether they part."""
    people = world.people.with_columns(
        (pl.col("role") >= roles.PARENT).alias("is_elder"),
        is_settled().alias("settled"),
        completed_years("birth", _LAST_EARLIER).alias("years"),
    )
    adults = people.filter(
        pl.col("role").is_in([roles.HEAD, roles.SPOUSE, roles.PARENT, roles.OTHER_PARENT]) & ~pl.col("is_newborn")
    )
    children = people.group_by("household").agg(
        pl.col("birth").filter(_CHILD).min().alias("child"),
        pl.col("birth").filter(pl.col("role") == roles.HEAD).min().alias("head"),
        pl.col("is_newborn").any().alias("has_newborn"),
    )
    own = adults.select("household", "is_elder", "sex", "pid", "birth", "settled", "years", "death_date")
    men, women = (own.filter(pl.col("sex") == s).drop("sex") for s in (1, 2))
    pairs = men.join(women, on=["household", "is_elder"], suffix="_wife", maintain_order="left")
    return (
        pairs.join(children, on="household", how="left", maintain_order="left")
        .with_columns(
            pl.max_horizontal(pl.col("birth").dt.offset_by("22y"), pl.col("birth_wife").dt.offset_by("20y")).alias(
                "of_age"
            ),
            pl.when("is_elder").then("head").otherwise("child").alias("first_child"),
        )
        .filter(pl.col("of_age") <= _LAST_EARLIER)
        .rename({"pid": "husband", "pid_wife": "wife"})
    )


def _with_dates(pairs: pl.DataFrame, divorces: int, reissues: int, rng: np.random.Generator) -> pl.DataFrame:
    """`married_on`, `divorced_on`, `reissued_on` and `divorce_month`; divorces and reissues are per month."""
    wish = pl.col("birth_wife") + pl.duration(days=pl.Series(rng.normal(_WED_AT, _SPREAD, pairs.height).astype(int)))
    before_child = pl.col("first_child") - pl.duration(days=_BEFORE_CHILD)
    order = rng.permutation(pairs.height)
    both = (pairs["settled"] & pairs["settled_wife"]).to_numpy()[order]
    years, newborn = pairs["years_wife"].to_numpy()[order], pairs["has_newborn"].to_numpy()[order]
    parting = order[both & (years >= 23) & (years <= 55) & ~newborn][: divorces * MONTHS_OF_WINDOW]
    others = both & (years >= 24) & (years <= 75) & ~np.isin(order, parting)
    renewing = order[others][: reissues * MONTHS_OF_WINDOW]
    divorced, divorce_month = _dated(parting, pairs.height, rng)
    reissued, _ = _dated(renewing, pairs.height, rng)
    return pairs.with_columns(
        pl.max_horizontal("of_age", pl.min_horizontal(wish, before_child, pl.lit(_LAST_EARLIER))).alias("married_on"),
        pl.Series("divorced_on", divorced),
        pl.Series("reissued_on", reissued),
        pl.Series("divorce_month", divorce_month),
    )


def _dated(chosen: np.ndarray, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A day for each of the chosen rows of `count` (NaT for the others) and its month in the window (-1)."""
    days, months = np.full(count, np.datetime64("NaT"), dtype="datetime64[D]"), np.full(count, -1)
    months[chosen] = np.arange(len(chosen)) % MONTHS_OF_WINDOW
    days[chosen] = window_days(months[chosen], rng)
    return days, months
