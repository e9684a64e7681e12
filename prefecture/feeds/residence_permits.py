"""F02: residence permits and registrations of people who live away from where they are registered.

Belongs here: the register of permits as it stands. Does not belong here: who lives where (world/places.py).
"""

import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.months import Month
from prefecture.world.lots import days_between
from prefecture.world.names import officers
from prefecture.world.world import World

_LATE_SHARE, _PERMIT_SHARE, _DORMITORY_SHARE, _BACK_SHARE, _YOUNGEST = 0.08, 0.75, 0.15, 0.045, 16
LAYOUT = {
    "permit_no": "证件编号",
    "permit_type": "登记类别",
    "id_no": "公民身份号码",
    "name": "姓名",
    "sex_code": "性别",
    "origin_division_code": "户籍地区划",
    "residence_address": "居住地址",
    "division_code": "居住地区划",
    "housing_type": "住所类型",
    "landlord_name": "房主姓名",
    "landlord_phone": "房主电话",
    "employer_name": "就业单位",
    "from_date": "登记日期",
    "valid_to": "有效期至",
    "status_name": "状态",
    "cancelled_date": "注销日期",
    "change_type": "变动类型",
}


def permits(world: World, month: Month) -> pl.DataFrame:
    """The register at the end of the month, with `_pid`. A permit is endorsed every year on its day and
    cancelled when its holder dies or leaves; some are back home for years."""
    rng, people, at = world.stream("permits"), world.people, month.as_of
    count = people.height
    late = rng.random(count) < _LATE_SHARE
    since = days_between(rng, "2017-01-01", "2023-12-31", count)
    since[late] = days_between(rng, "2024-02-01", "2025-12-20", late.sum())
    back = pl.Series(rng.random(count) < _BACK_SHARE) & pl.col("stays") & ~pl.col("is_floating")
    stay, place = pl.Series(rng.integers(120, 900, count)), pl.Series(rng.permutation(count))
    gone = pl.min_horizontal("death_date", "left_date")
    lots = people.with_columns(
        pl.when(back)
        .then(pl.Series(days_between(rng, "2017-01-01", "2021-06-30", count)))
        .otherwise(pl.max_horizontal(pl.Series(since), pl.col("birth") + pl.duration(days=30)))
        .alias("from_date"),
        pl.Series("lot", rng.random(count)),
        *(pl.when(back).then(pl.col(c).gather(place)).otherwise(c).alias(c) for c in ("residence", "house_no")),
        (pl.col("is_floating") | ~pl.col("stays") | (back & pl.col("age").is_between(5, 80))).alias("is_away"),
        pl.Series("dormitory", rng.random(count) < _DORMITORY_SHARE),
        pl.Series("phone", rng.integers(0, 10**8, count)),
        pl.Series("landlord", officers(rng, people["household"].max() + 1)).gather(people["household"]),
    ).with_columns(
        pl.when(back).then(pl.col("from_date") + pl.duration(days=stay)).otherwise(gone).alias("gone"),
    )
    registered = (pl.col("from_date") <= at) & (pl.col("gone").is_null() | (pl.col("gone") > pl.col("from_date")))
    rows = lots.filter(pl.col("is_away") & registered & ~pl.col("is_newborn"))
    return _written(_dated(rows, month), world)


def _dated(rows: pl.DataFrame, month: Month) -> pl.DataFrame:
    """`cancelled_date`, and `valid_to` by the last yearly endorsement before it."""
    cancelled = pl.when(pl.col("gone") <= month.as_of).then("gone").alias("cancelled_date")
    rows = rows.with_columns(cancelled).with_columns(pl.col("cancelled_date").fill_null(month.as_of).alias("last"))
    passed = pl.col("last").dt.year() - pl.col("from_date").dt.year()
    months = pl.col("last").dt.month().cast(pl.Int32) - pl.col("from_date").dt.month()
    days = pl.col("last").dt.day().cast(pl.Int32) - pl.col("from_date").dt.day()
    before = (months < 0) | ((months == 0) & (days < 0))
    years = (passed - before.cast(pl.Int32) + 1).cast(pl.String) + "y"
    return rows.with_columns(pl.col("from_date").dt.offset_by(years).dt.offset_by("-1d").alias("valid_to"))


def _written(rows: pl.DataFrame, world: World) -> pl.DataFrame:
    current = world.employment.filter(pl.col("stop_date").is_null())
    employers = current.join(
        world.enterprises.select("_eid", pl.col("name").alias("employer_name")), on="_eid", maintain_order="left"
    ).select("_pid", "employer_name")
    places = world.divisions.villages.select(
        pl.col("code").alias("residence"),
        pl.concat_str(pl.lit("山东省烟台市"), "county_name", "township_name", "short_name").alias("place"),
    )
    rows = rows.join(employers, left_on="pid", right_on="_pid", how="left", maintain_order="left").join(
        places, on="residence", how="left", maintain_order="left"
    )
    dormitory = pl.col("is_floating") & pl.col("dormitory") & pl.col("employer_name").is_not_null()
    rents = pl.col("is_floating") & ~dormitory
    crosses = pl.col("is_floating") | (pl.col("residence").str.head(6) != pl.col("county_code"))
    permit = crosses & (pl.col("lot") < _PERMIT_SHARE) & (pl.col("age") >= _YOUNGEST)
    return rows.select(
        pl.col("pid").alias("_pid"),
        pl.concat_str(pl.lit("JZ"), pl.col("residence").str.head(6), pl.col("pid").cast(pl.String).str.zfill(9)).alias(
            "permit_no"
        ),
        pl.when(permit).then(pl.lit("居住证")).otherwise(pl.lit("居住登记")).alias("permit_type"),
        "id_no",
        "name",
        pl.col("sex").cast(pl.String).alias("sex_code"),
        pl.when("is_floating").then(pl.col("id_no").str.head(6)).otherwise("county_code").alias("origin_division_code"),
        (pl.col("place") + pl.col("house_no").str.slice(13) + "号房").alias("residence_address"),
        pl.col("residence").alias("division_code"),
        pl.when(dormitory)
        .then(pl.lit("单位宿舍"))
        .when(rents)
        .then(pl.lit("租赁房屋"))
        .otherwise(pl.lit("自有住房"))
        .alias("housing_type"),
        pl.when(rents).then("landlord").alias("landlord_name"),
        pl.when(rents)
        .then(pl.lit("128") + pl.col("phone").first().over("household").cast(pl.String).str.zfill(8))
        .alias("landlord_phone"),
        "employer_name",
        "from_date",
        "valid_to",
        pl.when(pl.col("cancelled_date").is_null()).then(pl.lit("有效")).otherwise(pl.lit("注销")).alias("status_name"),
        "cancelled_date",
    )


FEED = Feed(
    code="F02",
    title="流动人口居住登记",
    kind="register",
    rows=permits,
    keys=("permit_no",),
    order=("_pid",),
    layout=LAYOUT,
    encoding="gb18030",
)
