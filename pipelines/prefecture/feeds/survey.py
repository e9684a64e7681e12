"""F31: what grid workers found house by house.

Belongs here: the survey's state at a turn. Does not belong here: which grids exist (divisions.py).
"""

from datetime import date

import numpy as np
import polars as pl

from pipelines.prefecture.months import FIRST, Turn
from pipelines.prefecture.world.divisions import Divisions
from pipelines.prefecture.world.lots import days_between, stream
from pipelines.prefecture.world.vital import is_dead

_SEEN_SHARE, _BLANK_ID_SHARE, _RENTED_SHARE, _VACANT_SHARE = 0.985, 0.02, 0.05, 0.03
_VACANT_FROM = 900_000_000
_LINGERS_DAYS = 75


def survey(people: pl.DataFrame, divisions: Divisions, turn: Turn, seed: int) -> pl.DataFrame:
    """All rows of F31 of all counties, with `_pid` (from 900000000 for vacant houses) and `_county`."""
    rng = stream(seed, "survey")
    lots = pl.DataFrame(
        {
            "seen": rng.random(people.height),
            "blank": rng.random(people.height),
            "rented": rng.random(people.height),
            "number": rng.integers(0, 10**8, people.height),
            "linger": rng.random(people.height),
            "surveyed": days_between(rng, "2023-07-01", "2024-01-30", people.height),
            "again": rng.random(people.height),
            "again_on": days_between(rng, "2024-02-01", "2024-02-27", people.height),
        }
    )
    rows = pl.concat([people, lots], how="horizontal")
    missed = (pl.lit(turn.as_of) - pl.col("death_date")).dt.total_days() < _LINGERS_DAYS
    lists_dead = (pl.col("linger") < 0.5) & missed
    rows = rows.filter(
        pl.col("left_date").is_null()
        & (~is_dead(turn.as_of) | lists_dead)
        & (pl.col("seen") < _SEEN_SHARE)
        & (pl.lit(turn != FIRST) | ~pl.col("is_newborn"))
    )
    alone = (pl.len().over("household") == 1) & (pl.col("age") >= 65)
    residents = rows.select(
        pl.col("pid").alias("_pid"),
        pl.col("grid").alias("grid_code"),
        "house_no",
        "residence",
        "name",
        pl.when((pl.col("blank") >= _BLANK_ID_SHARE) | (pl.col("age") >= 75)).then("id_no").alias("id_no"),
        pl.when(pl.col("age") >= 14)
        .then(pl.lit("128") + pl.col("number").cast(pl.String).str.zfill(8))
        .alias("phone"),
        pl.when("is_floating")
        .then(pl.lit("租住"))
        .when(alone)
        .then(pl.lit("独居"))
        .when(pl.col("rented") < _RENTED_SHARE)
        .then(pl.lit("租住"))
        .otherwise(pl.lit("自有"))
        .alias("living_type"),
        pl.when(pl.lit(turn != FIRST) & ((pl.col("again") < 0.3) | pl.col("is_newborn")))
        .then("again_on")
        .otherwise(pl.max_horizontal("surveyed", pl.col("birth").clip(None, date(2024, 1, 30))))
        .alias("survey_date"),
    )
    return _completed(pl.concat([residents, _vacant(people, stream(seed, "vacant"))]), divisions)


def _vacant(people: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    houses = people.filter(~pl.col("is_collective")).unique("household", keep="first", maintain_order=True)
    count = max(8, round(houses.height * _VACANT_SHARE))
    beside = houses[np.sort(rng.permutation(houses.height)[:count])]
    return beside.select(
        (pl.int_range(pl.len(), dtype=pl.Int64) + _VACANT_FROM).alias("_pid"),
        pl.col("grid").alias("grid_code"),
        (pl.col("residence") + "K" + pl.int_range(pl.len()).cast(pl.String).str.zfill(6)).alias("house_no"),
        "residence",
        pl.lit(None, pl.String).alias("name"),
        pl.lit(None, pl.String).alias("id_no"),
        pl.lit(None, pl.String).alias("phone"),
        pl.lit("空置").alias("living_type"),
        pl.Series(days_between(rng, "2023-07-01", "2024-01-30", beside.height)).alias("survey_date"),
    )


def _completed(rows: pl.DataFrame, divisions: Divisions) -> pl.DataFrame:
    places = divisions.villages.select(
        pl.col("code").alias("residence"),
        pl.col("county_code").alias("_county"),
        pl.concat_str("township_name", "short_name").alias("place"),
    )
    officers = divisions.grids.select(
        pl.col("unit_code").alias("grid_code"), pl.col("grid_officer").alias("surveyor")
    )
    return (
        rows.join(places, on="residence", how="left", maintain_order="left")
        .join(officers, on="grid_code", how="left", maintain_order="left")
        .with_columns(
            (pl.lit("DJ") + pl.col("_county") + pl.col("_pid").cast(pl.String).str.zfill(9)).alias(
                "survey_no"
            ),
            (pl.col("place") + pl.col("house_no").str.slice(13) + "号房").alias("house_address"),
        )
        .drop("residence", "place")
        .sort("_county", "grid_code", "house_no", "_pid")
    )
