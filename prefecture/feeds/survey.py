"""F31: what grid workers found house by house.

Belongs here: the survey as it stands. Does not belong here: which grids exist (divisions.py).
"""

from datetime import date

import numpy as np
import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.months import MONTHS, Month
from prefecture.output.workbook import Heading
from prefecture.world.divisions import Divisions
from prefecture.world.lots import days_between
from prefecture.world.vital import has_left, is_dead
from prefecture.world.world import World

_SEEN_SHARE, _BLANK_ID_SHARE, _RENTED_SHARE, _VACANT_SHARE = 0.985, 0.02, 0.05, 0.03
_VACANT_FROM, _SHRUNK = 900_000_000, 10
_LINGERS_DAYS = 75
_ROUND = 3
_ASKED = 14
DORMITORY = "集体宿舍"
LAYOUT = (
    Heading("survey_no", "登记编号", width=20),
    Heading("grid_code", "网格编码", "房屋信息", 18),
    Heading("house_no", "房屋编号", "房屋信息", 22),
    Heading("house_address", "房屋地址", "房屋信息", 30),
    Heading("name", "姓名", "人员信息"),
    Heading("id_no", "身份证号", "人员信息", 22),
    Heading("phone", "联系电话", "人员信息"),
    Heading("living_type", "居住类型", "人员信息", 10),
    Heading("survey_date", "摸排日期", "摸排情况"),
    Heading("surveyor", "摸排人", "摸排情况"),
)


def survey(world: World, month: Month) -> pl.DataFrame:
    """All rows of F31 of all counties, with `_pid` (from 900000000 for vacant houses) and `_county`."""
    rng, people, at = world.stream("survey"), world.people, month.as_of
    lots = pl.DataFrame(
        {
            "seen": rng.random(people.height),
            "blank": rng.random(people.height),
            "rented": rng.random(people.height),
            "linger": rng.random(people.height),
            "surveyed": days_between(rng, "2023-07-01", "2024-01-30", people.height),
            "again": rng.random(people.height),
            "again_day": rng.integers(0, 27, people.height),
        }
    )
    rented = (pl.col("rented").first().over("household") < _RENTED_SHARE) & ~pl.col("is_collective")
    rows = pl.concat([people, lots], how="horizontal").with_columns(rented.alias("is_rented"))
    missed = (pl.lit(at) - pl.col("death_date")).dt.total_days() < _LINGERS_DAYS
    lists_dead = (pl.col("linger") < 0.5) & missed
    rows = rows.filter(
        ~has_left(at)
        & (~is_dead(at) | lists_dead)
        & (pl.col("seen") < _SEEN_SHARE)
        & (~pl.col("is_newborn") | (pl.col("registered_on") <= at))
    )
    alone = (pl.len().over("household") == 1) & (pl.col("age") >= 65)
    residents = rows.select(
        pl.col("pid").alias("_pid"),
        pl.col("grid").alias("grid_code"),
        "house_no",
        "residence",
        "is_collective",
        "name",
        pl.when((pl.col("blank") >= _BLANK_ID_SHARE) | (pl.col("age") >= 75)).then("id_no").alias("id_no"),
        pl.when((pl.col("age") >= _ASKED) | ~pl.col("has_own_phone")).then("phone").alias("phone"),
        pl.when("is_floating")
        .then(pl.lit("租住"))
        .when(alone)
        .then(pl.lit("独居"))
        .when("is_rented")
        .then(pl.lit("租住"))
        .otherwise(pl.lit("自有"))
        .alias("living_type"),
        pl.when("is_newborn")
        .then("registered_on")
        .when(alone)
        .then(pl.lit(month.start) + pl.duration(days=pl.col("again_day")))
        .otherwise(_last_seen(month))
        .alias("survey_date"),
    )
    vacant = _vacant(people, world.shard.first_number, world.stream("vacant"))
    return _completed(pl.concat([residents, vacant]), world.divisions)


def _last_seen(month: Month) -> pl.Expr:
    """Grid workers go round in three months (old people on their own are looked in on every month); one
    household in ten is never met again."""
    turn = (pl.col("again") / 0.3).floor().cast(pl.Int64)
    back = (month.index - 1 - turn) % _ROUND
    seen = month.index - back
    starts = pl.lit(pl.Series([m.start for m in MONTHS]))
    again = starts.gather(seen.clip(0)) + pl.duration(days=pl.col("again_day"))
    first = pl.max_horizontal("surveyed", pl.col("birth").clip(None, date(2024, 1, 30)))
    return pl.when((turn < _ROUND) & (seen >= 1)).then(again).otherwise(first)


def _vacant(people: pl.DataFrame, first_number: int, rng: np.random.Generator) -> pl.DataFrame:
    houses = people.filter(~pl.col("is_collective")).unique("household", keep="first", maintain_order=True)
    count = max(8, round(houses.height * _VACANT_SHARE))
    beside = houses[np.sort(rng.permutation(houses.height)[:count])]
    return beside.select(
        (pl.int_range(pl.len(), dtype=pl.Int64) + _VACANT_FROM + first_number // _SHRUNK).alias("_pid"),
        pl.col("grid").alias("grid_code"),
        (pl.col("residence") + "K" + pl.int_range(pl.len()).cast(pl.String).str.zfill(6)).alias("house_no"),
        "residence",
        "is_collective",
        pl.lit(None, pl.String).alias("name"),
        pl.lit(None, pl.String).alias("id_no"),
        pl.lit(None, pl.String).alias("phone"),
        pl.lit("空置").alias("living_type"),
        pl.Series(days_between(rng, "2023-07-01", "2024-01-30", beside.height)).alias("survey_date"),
    )


def survey_no() -> pl.Expr:
    """The number of a row, from whom it is about."""
    return (pl.lit("DJ") + pl.col("_county") + pl.col("_pid").cast(pl.String).str.zfill(9)).alias("survey_no")


def _completed(rows: pl.DataFrame, divisions: Divisions) -> pl.DataFrame:
    places = divisions.villages.select(
        pl.col("code").alias("residence"),
        pl.col("county_code").alias("_county"),
        pl.concat_str("township_name", "short_name").alias("place"),
    )
    dormitory = pl.when("is_collective").then(pl.lit(DORMITORY)).otherwise(pl.lit(""))
    officers = divisions.grids.select(pl.col("unit_code").alias("grid_code"), pl.col("grid_officer").alias("surveyor"))
    return (
        rows.join(places, on="residence", how="left", maintain_order="left")
        .join(officers, on="grid_code", how="left", maintain_order="left")
        .with_columns(
            survey_no(),
            (pl.col("place") + dormitory + pl.col("house_no").str.slice(13) + "号房").alias("house_address"),
        )
        .drop("residence", "place", "is_collective")
    )


FEED = Feed(
    code="F31",
    title="网格摸排",
    kind="snapshot",
    rows=survey,
    keys=("survey_no",),
    order=("_county", "grid_code", "house_no", "_pid"),
    layout=LAYOUT,
    format="xlsx",
    split="county",
    heading="{county}{year}年{month}月网格摸排明细表",
    footnote="填表人：各村（社区）网格员",
)
