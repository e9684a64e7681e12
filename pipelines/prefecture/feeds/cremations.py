"""F05: cremations.

Belongs here: cremations that follow from people's deaths. Does not belong here: wrong dates (defects/).
"""

import numpy as np
import polars as pl

from pipelines.prefecture.feeds.feed import Feed
from pipelines.prefecture.feeds.hukou_events import in_month
from pipelines.prefecture.months import Month
from pipelines.prefecture.world import households as roles
from pipelines.prefecture.world.names import officers
from pipelines.prefecture.world.world import World

_CREMATED_SHARE = 0.95
_ADULT, _NEVER = 18, pl.date(9999, 1, 1)
LAYOUT = {
    "cremation_no": "火化证号",
    "name": "逝者姓名",
    "sex_name": "性别",
    "id_no": "逝者身份证号",
    "death_date": "死亡日期",
    "cremation_date": "火化日期",
    "hall_name": "殡仪馆",
    "division_code": "户籍地区划",
    "kin_name": "家属姓名",
    "kin_relation_name": "与逝者关系",
    "kin_phone": "家属电话",
}


def cremated(world: World) -> pl.DataFrame:
    """Those of `people` who are cremated in these years, with `cremation_date`."""
    rng, people = world.stream("cremations"), world.people
    delay = rng.choice(np.arange(1, 6), people.height, p=[0.1, 0.35, 0.35, 0.15, 0.05])
    lots = people.with_columns(
        pl.Series("is_cremated", rng.random(people.height) < _CREMATED_SHARE),
        (pl.col("death_date") + pl.duration(days=pl.Series(delay))).alias("cremation_date"),
        pl.Series("phone", rng.integers(0, 10**8, people.height)),
        pl.Series("other_kin", officers(rng, people.height)),
    )
    return lots.filter(pl.col("is_cremated") & pl.col("death_date").is_not_null())


def cremations(world: World, month: Month) -> pl.DataFrame:
    """Rows of F05 of the month, with `_pid`."""
    rows = in_month(cremated(world), "cremation_date", month)
    counties = world.divisions.villages.select("county_code", "county_name").unique()
    number = pl.col("pid").cast(pl.String).str.zfill(9)
    return (
        rows.join(_kin(world.people, rows), on="pid", how="left", maintain_order="left")
        .join(counties, on="county_code", how="left", maintain_order="left")
        .select(
            pl.col("pid").alias("_pid"),
            pl.concat_str(pl.lit("HH"), "county_code", pl.col("cremation_date").dt.strftime("%Y%m"), number).alias(
                "cremation_no"
            ),
            "name",
            pl.when(pl.col("sex") == 1).then(pl.lit("男")).otherwise(pl.lit("女")).alias("sex_name"),
            "id_no",
            "death_date",
            "cremation_date",
            (pl.col("county_name") + "殡仪馆").alias("hall_name"),
            pl.col("village").alias("division_code"),
            pl.coalesce("kin_name", "other_kin").alias("kin_name"),
            pl.col("kin_relation_name").fill_null("亲属"),
            (pl.lit("128") + pl.col("phone").cast(pl.String).str.zfill(8)).alias("kin_phone"),
        )
    )


def _kin(people: pl.DataFrame, dead: pl.DataFrame) -> pl.DataFrame:
    """Who sees to the cremation: an adult of the household, the nearest by role."""
    adults = people.filter((pl.col("age") >= _ADULT) & ~pl.col("is_collective") & ~pl.col("is_newborn")).select(
        "household",
        pl.col("pid").alias("kin"),
        pl.col("role").alias("kin_role"),
        pl.col("name").alias("kin_name"),
        pl.min_horizontal("death_date", "left_date").fill_null(_NEVER).alias("gone"),
    )
    found = dead.select("pid", "household", "role", "death_date").join(adults, on="household", maintain_order="left")
    found = found.filter((pl.col("kin") != pl.col("pid")) & (pl.col("gone") > pl.col("death_date")))
    generation = {roles.PARENT: 0, roles.OTHER_PARENT: 0, roles.HEAD: 1, roles.SPOUSE: 1}
    own, other = (
        pl.col(c).replace_strict(generation, default=2, return_dtype=pl.Int64).alias(c) for c in ("role", "kin_role")
    )
    relation = (
        pl.when(own < other)
        .then(pl.lit("子女"))
        .when(own > other)
        .then(pl.lit("父母"))
        .when(own == 2)
        .then(pl.lit("兄弟姐妹"))
        .otherwise(pl.lit("配偶"))
    )
    nearest = found.sort("pid", "kin_role", "kin").unique("pid", keep="first", maintain_order=True)
    return nearest.select("pid", "kin_name", relation.alias("kin_relation_name"))


FEED = Feed(
    code="F05",
    title="殡葬火化",
    kind="events",
    rows=cremations,
    keys=("cremation_no",),
    order=("cremation_date", "_pid"),
    layout=LAYOUT,
    encoding="gb18030",
)
