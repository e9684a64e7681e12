"""The reference files as typed tables: one reader each, in English column names.

Belongs here: what each file means. Does not belong here: writing the lake, or correcting a source beyond what
its README documents. Readers raise FileNotFoundError on a missing file, ColumnNotFoundError of polars on a
missing column.
"""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.kit.working_days import FIRST_YEAR, arranged_until, is_working_day

_LEVEL_NAMES = {2: "市", 3: "县", 4: "乡镇", 5: "村"}


def _text(file: Path) -> pl.DataFrame:
    return pl.read_csv(file, infer_schema=False)


def division_2023(folder: Path) -> pl.DataFrame:
    """13 counties, 159 townships, 6,509 villages in force on 2023-06-30.

    Columns: division_code, division_name, level_name, parent_code.
    """
    parts = [
        _text(folder / "divisions" / f"yantai_{part}_2023.csv").select(
            division_code="code", division_name="name", level_name=pl.lit(level), parent_code="parent"
        )
        for part, level in (("counties", "县"), ("townships", "乡镇"), ("villages", "村"))
    ]
    return pl.concat(parts)


def division_snapshot(folder: Path) -> pl.DataFrame:
    """Units of Yantai at each yearly cut-off since 2016.

    Columns: snapshot_date, level_name, division_code, division_name, parent_code.
    """
    return pl.read_parquet(folder / "divisions" / "yantai_by_snapshot.parquet").select(
        snapshot_date=pl.col("snapshot").str.to_date(),
        level_name=pl.col("level").replace_strict(_LEVEL_NAMES, return_dtype=pl.String),
        division_code="code",
        division_name="name",
        parent_code="parent",
    )


def division_change(folder: Path) -> pl.DataFrame:
    """What changed between two yearly snapshots. Not a table of the lake: models resolve codes by GB/T 2260 and F36.

    Columns: snapshot_date (of the later one), level_name, change (added, removed, removed_ambiguous, renamed,
    recoded), old_code, new_code.
    """
    return _text(folder / "divisions" / "yantai_changes.csv").select(
        "change",
        "old_code",
        "new_code",
        snapshot_date=pl.col("to_snapshot").str.to_date(),
        level_name=pl.col("level").cast(pl.Int64).replace_strict(_LEVEL_NAMES, return_dtype=pl.String),
    )


def gbt2260(folder: Path) -> pl.DataFrame:
    """One row per code ever in GB/T 2260.

    Columns: code, name (the latest), province_name, level_name, first_year, last_year (null: in use).
    """
    history = _text(folder / "codes" / "gbt2260_history_1981_2024.csv").select(
        code="代码",
        name="名称",
        province_name="一级行政区",
        level_name="级别",
        in_use=pl.col("状态") == "在用",
        first_year=pl.col("启用时间").cast(pl.Int64),
        last_year=pl.col("变更/弃用时间").cast(pl.Int64),
    )
    return (
        history.sort("code", "first_year", "name")
        .group_by("code", maintain_order=True)
        .agg(
            pl.col("name", "province_name", "level_name").last(),
            pl.col("first_year").min(),
            pl.when(pl.col("in_use").any())
            .then(None)
            .otherwise(pl.col("last_year").max())
            .alias("last_year"),
        )
    )


def ethnic(folder: Path) -> pl.DataFrame:
    """GB/T 3304, 56 groups: code (two digits), name, romanization."""
    return _text(folder / "codes" / "gbt3304_ethnic.csv").select(
        code="digitalCode", name="name", romanization="romanization"
    )


def industry(folder: Path) -> pl.DataFrame:
    """GB/T 4754-2017: code, name, parent_code, level. Of a code printed twice the first row stays."""
    return (
        _text(folder / "codes" / "gbt4754_2017_industry.csv")
        .select(code="code", name="name", parent_code="parent", level=pl.col("level").cast(pl.Int64))
        .unique("code", keep="first", maintain_order=True)
    )


def retired_industry(folder: Path) -> pl.DataFrame:
    """Classes of GB/T 4754-2011 that GB/T 4754-2017 has under another code: code, name, successor_code."""
    return _text(folder / "codes" / "gbt4754_2011_retired.csv").select(
        code="old_code", name="old_name", successor_code="new_code"
    )


def incident_class(folder: Path) -> pl.DataFrame:
    """Kinds of incidents and the words each platform has for them: code and name, then a column a platform."""
    names = {"class_code": "incident_class_code", "class_name": "incident_class_name"}
    return _text(folder / "codes" / "incident_classes.csv").drop("part_class").rename(names)


def county_census(folder: Path) -> pl.DataFrame:
    """Counties and the city in the censuses of 2010 and 2020.

    Columns: census_year, county_code, county_name, population, men, women, households (family households),
    household_population (persons in them).
    """
    census = folder / "census"
    early = _text(census / "yantai_counties_census2010.csv").select(
        census_year=pl.lit(2010, pl.Int64),
        county_code="区划代码",
        # The source spells 招远市 with U+5DFF (fú, an apron) for U+5E02 (shì, a city).
        county_name=pl.col("地区").str.strip_chars().str.replace("巿", "市", literal=True),
        population="合计",
        men="男",
        women="女",
        households="户数",
        household_population="人口数",
    )
    late = _text(census / "yantai_counties_census2020.csv").select(
        census_year=pl.lit(2020, pl.Int64),
        county_code="区划代码",
        county_name=pl.col("区县").str.strip_chars(),
        population="人口数_合计",
        men="人口数_男",
        women="人口数_女",
        households="家庭户数",
        household_population="家庭户人口数",
    )
    figures = ["population", "men", "women", "households", "household_population"]
    return pl.concat([early, late]).with_columns(pl.col(figures).cast(pl.Int64))


def working_day(folder: Path) -> pl.DataFrame:
    """Every day of the years whose holidays are arranged, and of the year after them. Whoever is given ten working days
    has until the working day whose number is ten more than that of the day it was given.

    Columns: day, is_working_day, working_day_number (working days since the first year, up to and with this day).
    """
    days = pl.date_range(date(FIRST_YEAR, 1, 1), date(arranged_until().year + 1, 12, 31), eager=True)
    works = pl.Series([is_working_day(day) for day in days])
    return pl.DataFrame({"day": days, "is_working_day": works, "working_day_number": works.cum_sum().cast(pl.Int64)})


READERS: Mapping[str, Callable[[Path], pl.DataFrame]] = {
    "division_2023": division_2023,
    "division_snapshot": division_snapshot,
    "gbt2260": gbt2260,
    "ethnic": ethnic,
    "industry": industry,
    "retired_industry": retired_industry,
    "incident_class": incident_class,
    "county_census": county_census,
    "working_day": working_day,
}
