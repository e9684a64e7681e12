"""Where and when people are registered with the police.

Belongs here: registration dates, codes and addresses. Does not belong here: the register's rows
(feeds/residents.py).
"""

from datetime import date, timedelta

import numpy as np
import polars as pl

from prefecture.months import FIRST
from prefecture.world.divisions import Divisions
from prefecture.world.lots import days_between
from prefecture.world.vital import is_dead

_OLD_CODE_SHARE = 0.04
_REGISTERED = ("2005-01-01", "2023-12-31")


def with_registration(people: pl.DataFrame, divisions: Divisions, rng: np.random.Generator) -> pl.DataFrame:
    """Add `division_code`, `registered_on`, `hukou_address` and `has_old_code`.

    A code is always valid on its own row's date: rows touched since the code changed carry the new code, some
    untouched ones (`has_old_code`) still the old one.
    """
    villages = divisions.villages.select(
        pl.col("code").alias("village"),
        "since",
        "old_code",
        "old_since",
        "old_until",
        pl.concat_str(pl.lit("山东省烟台市"), "county_name", "township_name", "short_name").alias("place"),
    )
    touched = pl.Series(days_between(rng, *_REGISTERED, people.height))
    lots = pl.Series(rng.random(people.height))
    delay = pl.duration(days=pl.Series(rng.integers(1, 26, people.height)))
    rows = people.join(villages, on="village", how="left", maintain_order="left")
    untouched_from = pl.max_horizontal("old_since", pl.col("birth") + timedelta(days=5), pl.lit(date(2005, 1, 1)))
    lived_on = pl.col("death_date").is_null() & pl.col("left_date").is_null()
    old = (lots < _OLD_CODE_SHARE) & lived_on & (untouched_from < pl.col("old_until") - timedelta(days=60))
    span = (pl.col("old_until") - untouched_from).dt.total_days()
    return (
        rows.with_columns(
            (pl.col("place") + (pl.col("household") % 400 + 1).cast(pl.String) + "号").alias("hukou_address"),
            (pl.col("old_code").is_not_null() & old).fill_null(False).alias("has_old_code"),
            (untouched_from + pl.duration(days=(lots / _OLD_CODE_SHARE * (span - 1)).floor())).alias("untouched"),
            pl.when("is_newborn")
            .then(pl.col("birth") + delay)
            .when(is_dead(FIRST.as_of))
            .then(pl.min_horizontal(pl.col("death_date") + delay, pl.lit(FIRST.as_of)))
            .when(pl.col("left_date") <= FIRST.as_of)
            .then(pl.col("left_date"))
            .otherwise(pl.max_horizontal(touched, pl.col("birth") + timedelta(days=5)).clip(None, FIRST.as_of))
            .alias("touched"),
        )
        .with_columns(
            pl.when("has_old_code").then("old_code").otherwise("village").alias("division_code"),
            pl.when("has_old_code")
            .then("untouched")
            .otherwise(pl.max_horizontal("touched", "since"))
            .alias("registered_on"),
        )
        .drop("place", "old_code", "old_since", "old_until", "touched", "untouched")
    )
