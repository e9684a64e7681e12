"""The real divisions of Yantai 2016-2023, with invented grids below the villages.

Belongs here: which unit was in force when, what replaced it, and its grids. Does not belong here: who lives
there.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl

from prefecture.world.lots import stream
from prefecture.world.names import officers
from prefecture.world.reorganised import meant, named, reorganise

CITY = "370600"
ALWAYS = date(1949, 10, 1)
_LEVELS = {2: "市", 3: "县", 4: "乡镇", 5: "村"}
_MERGED_COUNTIES = {"370634": "370614", "370684": "370614"}
_LAST_RETIREMENT = date(2023, 6, 30)


@dataclass(frozen=True)
class Divisions:
    """`units`: one row a code above the grids, as it was last. `villages`: the 6,509 of 2023 with names upwards,
    `since` and, where the code is new, `old_code`, `old_since`, `old_until`. `grids`: rows of F36 with
    `village_code`. `versions`: the other rows of F36, one a name of each unit, and units that took up a code.
    `meant`: what a dated code means (reorganised.py)."""

    units: pl.DataFrame
    villages: pl.DataFrame
    grids: pl.DataFrame
    versions: pl.DataFrame
    meant: pl.DataFrame

    @cached_property
    def counties(self) -> pl.DataFrame:
        """`county_code`, `county_name` of the 13 counties, by code."""
        return self.villages.select("county_code", "county_name").unique().sort("county_code")

    def feed(self) -> pl.DataFrame:
        """All rows of F36, upper units first."""
        columns = [
            "unit_code",
            "name",
            "level_name",
            "parent_code",
            "valid_from",
            "valid_to",
            "successor_code",
            "predecessor_code",
            "grid_officer",
        ]
        grids = self.grids.with_columns(pl.lit(None, pl.String).alias("predecessor_code"))
        return pl.concat([self.versions.select(columns), grids.select(columns)])


def read_divisions(reference: Path, seed: int) -> Divisions:
    """Build the divisions from `divisions/yantai_by_snapshot.parquet` and `yantai_changes.csv`."""
    folder = reference / "divisions"
    changes = pl.read_csv(folder / "yantai_changes.csv", infer_schema=False)
    snapshots = pl.read_parquet(folder / "yantai_by_snapshot.parquet").sort("snapshot")
    dates = snapshots["snapshot"].unique().sort().str.to_date()
    number = {str(day): i for i, day in enumerate(dates)}
    seen = snapshots.with_columns(pl.col("snapshot").replace_strict(number).alias("at"))
    units = _units(seen, dates, changes)
    villages = _villages(units)
    grids = _grids(villages, stream(seed, "grids"))
    became = reorganise(units, villages)
    versions = named(became.units, seen, pl.Series([ALWAYS, *dates[1:]])).with_columns(
        pl.lit(None, pl.String).alias("grid_officer")
    )
    versions = pl.concat([versions, became.added.select(versions.columns)])
    return Divisions(became.units, villages, grids, versions, meant(versions, villages, became.became))


def _units(seen: pl.DataFrame, dates: pl.Series, changes: pl.DataFrame) -> pl.DataFrame:
    recoded = changes.filter(pl.col("change") == "recoded")
    successors = dict(zip(recoded["old_code"], recoded["new_code"], strict=True)) | _MERGED_COUNTIES
    spans = seen.group_by("code", "level", maintain_order=True).agg(
        pl.col("name").last(),
        pl.col("parent").last(),
        pl.col("at").min().alias("first"),
        pl.col("at").max().alias("last"),
    )
    starts = pl.Series([ALWAYS, *dates[1:]])
    ends = pl.Series([*dates[1:], None], dtype=pl.Date)
    return spans.sort("level", "code").select(
        pl.when(pl.col("level") == 2).then(pl.lit(CITY)).otherwise("code").alias("unit_code"),
        "name",
        pl.col("level").replace_strict(_LEVELS, return_dtype=pl.String).alias("level_name"),
        pl.when(pl.col("level") == 2)
        .then(None)
        .when(pl.col("level") == 3)
        .then(pl.lit(CITY))
        .otherwise("parent")
        .alias("parent_code"),
        starts.gather(spans.sort("level", "code")["first"]).alias("valid_from"),
        ends.gather(spans.sort("level", "code")["last"]).alias("valid_to"),
        pl.col("code").replace_strict(successors, default=None, return_dtype=pl.String).alias("successor_code"),
    )


def _villages(units: pl.DataFrame) -> pl.DataFrame:
    current = units.filter(pl.col("valid_to").is_null())

    def named(level: str, prefix: str) -> pl.DataFrame:
        return current.filter(pl.col("level_name") == level).select(
            pl.col("unit_code").alias(f"{prefix}_code"),
            pl.col("name").alias(f"{prefix}_name"),
            pl.col("parent_code").alias(f"{prefix}_parent"),
        )

    old = units.filter(pl.col("successor_code").is_not_null() & (pl.col("level_name") == "村")).select(
        pl.col("successor_code").alias("code"),
        pl.col("unit_code").alias("old_code"),
        pl.col("valid_from").alias("old_since"),
        pl.col("valid_to").alias("old_until"),
    )
    return (
        current.filter(pl.col("level_name") == "村")
        .select(
            pl.col("unit_code").alias("code"),
            "name",
            pl.col("parent_code").alias("township_code"),
            pl.col("valid_from").alias("since"),
        )
        .join(named("乡镇", "township"), on="township_code", how="left")
        .join(named("县", "county"), left_on="township_parent", right_on="county_code", how="left")
        .rename({"township_parent": "county_code"})
        .drop("county_parent")
        .join(old, on="code", how="left")
        .with_columns(
            pl.col("name").str.replace("(居民|村民|居|村)?(委员会|委会)$", "").alias("short_name"),
            pl.col("name").str.contains("虚拟").alias("is_virtual"),
        )
        .sort("code")
    )


def _grids(villages: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """One to six grids in every village; some more were retired by June 2023, half of them with a
    successor."""
    counts = np.clip(1 + rng.poisson(np.where(villages["code"].str.slice(9, 1) == "0", 3.2, 2.4)), 1, 6)
    place = np.repeat(np.arange(villages.height), counts)
    serial = np.arange(len(place)) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    current = _grid_rows(villages[place], serial).with_columns(
        pl.max_horizontal(pl.lit(date(2021, 1, 1)), "since").alias("valid_from"),
        pl.lit(None, pl.Date).alias("valid_to"),
        pl.lit(None, pl.String).alias("successor_code"),
    )
    settled = villages.filter(pl.col("since") <= date(2020, 6, 30))
    settled = settled.filter(pl.Series(rng.random(settled.height) < 0.12))
    ends = pl.Series([date(2022, 12, 31), date(2023, 3, 31), _LAST_RETIREMENT])
    retired = _grid_rows(settled, np.full(settled.height, 91)).with_columns(
        pl.lit(date(2020, 7, 1)).alias("valid_from"),
        ends.gather(rng.integers(0, 3, settled.height)).alias("valid_to"),
        pl.when(pl.Series(rng.random(settled.height) < 0.5)).then(pl.col("code") + "001").alias("successor_code"),
    )
    moved = villages.filter(pl.col("old_until") == _LAST_RETIREMENT)
    renumbered = _grid_rows(moved, np.ones(moved.height, dtype=int)).with_columns(
        (pl.col("old_code") + "001").alias("unit_code"),
        pl.col("old_code").alias("parent_code"),
        pl.max_horizontal(pl.lit(date(2021, 1, 1)), "old_since").alias("valid_from"),
        pl.lit(_LAST_RETIREMENT).alias("valid_to"),
        (pl.col("code") + "001").alias("successor_code"),
    )
    rows = pl.concat([current, retired, renumbered]).with_columns(pl.lit("网格").alias("level_name"))
    return rows.with_columns(pl.Series("grid_officer", officers(rng, rows.height))).sort("unit_code")


def _grid_rows(villages: pl.DataFrame, serial: np.ndarray) -> pl.DataFrame:
    number = pl.Series(serial).cast(pl.String)
    return villages.select(
        (pl.col("code") + number.str.zfill(3)).alias("unit_code"),
        (pl.col("short_name") + "第" + number + "网格").alias("name"),
        pl.col("code").alias("parent_code"),
        pl.col("code").alias("village_code"),
        "township_code",
        "code",
        "since",
        "old_code",
        "old_since",
    )
