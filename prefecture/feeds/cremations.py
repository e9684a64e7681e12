"""F05: cremations.

Belongs here: what halls report of a month. Does not belong here: who is cremated (world/cremations.py), or
wrong dates (defects/).
"""

import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.feeds.hukou_events import in_month
from prefecture.months import Month
from prefecture.world.world import World

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


def cremations(world: World, month: Month) -> pl.DataFrame:
    """Rows of F05 of the month, with `_pid`."""
    rows = in_month(world.cremations, "cremation_date", month)
    number = pl.col("pid").cast(pl.String).str.zfill(9)
    return rows.join(world.divisions.counties, on="county_code", how="left", maintain_order="left").select(
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
        "kin_name",
        "kin_relation_name",
        pl.col("phone").alias("kin_phone"),
    )


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
