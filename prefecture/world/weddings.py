"""Weddings from July 2023 on: singles, and those divorced or widowed shortly before.

Belongs here: who marries whom in the window. Does not belong here: couples of older date (couples.py). The
newly married stay registered with their own households, as most do.
"""

import numpy as np
import polars as pl

from prefecture.world import roles

MONTHS_OF_WINDOW = 30
_FIRST_YEAR, _FIRST_MONTH = 2023, 7
_FIRST = np.datetime64(f"{_FIRST_YEAR}-{_FIRST_MONTH:02d}", "M")
_AGAIN_SHARE, _WIDOWED_SHARE, _OLDEST_WIDOWED, _OLDEST_SINGLE = 0.2, 0.15, 60, 48
_OF_AGE = {1: pl.date(2001, 7, 1), 2: pl.date(2003, 7, 1)}


def is_settled() -> pl.Expr:
    """People the registry meets: registered here, and neither dying nor leaving in all these years."""
    alive = pl.col("death_date").is_null() & pl.col("left_date").is_null()
    return ~pl.col("is_floating") & ~pl.col("is_newborn") & alive


def window_days(months: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A day among the first 25 of each month of the window (0 is July 2023)."""
    starts = (_FIRST + months).astype("datetime64[D]")
    return starts + rng.integers(0, 25, len(months))


def draw_weddings(people: pl.DataFrame, families: pl.DataFrame, monthly: int, rng: np.random.Generator) -> pl.DataFrame:
    """`husband`, `wife`, `married_on` of about `monthly` weddings in every month."""
    again = pl.concat([_divorced(families, rng), _widowed(families, rng)])
    men, women = (_singles(people, sex, rng) for sex in (1, 2))
    brides, grooms = again.filter(pl.col("sex") == 2), again.filter(pl.col("sex") == 1)
    first = max(0, min(monthly * MONTHS_OF_WINDOW - again.height, men.height, women.height))
    fresh = np.arange(first) % MONTHS_OF_WINDOW
    couples = [
        _matched(men.head(first), women.head(first)).with_columns(pl.Series("month", rng.permutation(fresh))),
        _matched(men.slice(first), brides),
        _matched(grooms, women.slice(first)),
    ]
    pairs = pl.concat(couples, how="diagonal_relaxed").select("husband", "wife", "month")
    return pairs.with_columns(pl.Series("married_on", window_days(pairs["month"].to_numpy(), rng)))


def _singles(people: pl.DataFrame, sex: int, rng: np.random.Generator) -> pl.DataFrame:
    """Grown children at home and adults who live alone, in the order of their lots."""
    alone = (pl.col("role") == roles.HEAD) & (pl.len().over("household") == 1)
    at_home = pl.col("role").is_in([roles.CHILD, roles.SECOND_CHILD, roles.OTHER])
    young = (pl.col("birth") <= _OF_AGE[sex]) & (pl.col("age") <= _OLDEST_SINGLE)
    found = people.filter(is_settled() & (pl.col("sex") == sex) & young & (alone | at_home))
    return found[rng.permutation(found.height)].select("pid", "birth")


def _matched(men: pl.DataFrame, women: pl.DataFrame) -> pl.DataFrame:
    """Pairs by age, the oldest with the oldest (`month` is kept); whoever is left over stays single."""
    count = min(men.height, women.height)
    grooms = men.head(count).sort("birth", "pid").rename({"pid": "husband"})
    brides = women.head(count).sort("birth", "pid").rename({"pid": "wife"})
    return pl.concat([f.drop("birth", "sex", strict=False) for f in (grooms, brides)], how="horizontal")


def _divorced(families: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Of the divorced some men and some women, two to seven months later."""
    lot, wait = rng.random(families.height), rng.integers(2, 8, families.height)
    frame = families.with_columns(pl.Series("lot", lot), (pl.col("divorce_month") + pl.Series(wait)).alias("month"))
    frame = frame.filter((pl.col("divorce_month") >= 0) & (pl.col("month") < MONTHS_OF_WINDOW))
    man, woman = pl.col("lot") < _AGAIN_SHARE, pl.col("lot") > 1 - _AGAIN_SHARE
    return _seekers(frame.filter(man), frame.filter(woman))


def _widowed(families: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Of the younger widowed some, three to nine months later."""
    lot, wait = rng.random(families.height), rng.integers(3, 10, families.height)
    died = pl.coalesce("death_date", "death_date_wife")
    month = (died.dt.year().cast(pl.Int64) - _FIRST_YEAR) * 12 + died.dt.month() - _FIRST_MONTH + pl.Series(wait)
    frame = families.with_columns(pl.Series("lot", lot), month.alias("month"))
    frame = frame.filter(pl.col("month").is_between(0, MONTHS_OF_WINDOW - 1) & (pl.col("lot") < _WIDOWED_SHARE))
    man = pl.col("settled") & (pl.col("years") <= _OLDEST_WIDOWED)
    woman = pl.col("settled_wife") & (pl.col("years_wife") <= _OLDEST_WIDOWED)
    return _seekers(frame.filter(man), frame.filter(woman))


def _seekers(men: pl.DataFrame, women: pl.DataFrame) -> pl.DataFrame:
    grooms = men.select(pl.col("husband").alias("pid"), pl.lit(1).alias("sex"), "birth", "month")
    brides = women.select(
        pl.col("wife").alias("pid"), pl.lit(2).alias("sex"), pl.col("birth_wife").alias("birth"), "month"
    )
    return pl.concat([grooms, brides])
