"""F01: what the police register holds of every registered person.

Belongs here: the register as it stands on a day. Does not belong here: which rows a delta carries
(deltas.py).
"""

import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.months import Month
from prefecture.world.vital import has_left, is_dead, is_known, relation_at
from prefecture.world.world import World

LAYOUT = {
    "id_no": "公民身份号码",
    "name": "姓名",
    "sex_code": "性别",
    "ethnic_code": "民族",
    "birth_date": "出生日期",
    "household_no": "户号",
    "household_type": "户别",
    "relation_code": "与户主关系",
    "hukou_address": "户籍地址",
    "division_code": "行政区划代码",
    "status_name": "户口状态",
    "updated_date": "登记日期",
    "change_type": "变动类型",
}


def register(world: World, month: Month) -> pl.DataFrame:
    """All rows of F01 as the register stands at the end of the month, with `_pid`."""
    people = world.people.with_columns(relation_at(world.people, month.as_of).alias("now"))
    return register_rows(people.filter(is_known(month.as_of)), month, "now")


def register_rows(people: pl.DataFrame, month: Month, relation: str = "relation") -> pl.DataFrame:
    """Rows of F01 about `people`. Who has come to stand otherwise to the head since the first business date
    has been written anew, with the code now in force."""
    code = pl.when(pl.col(relation) == pl.col("relation")).then("division_code").otherwise("village")
    return people.select(
        pl.col("pid").alias("_pid"),
        "id_no",
        "name",
        pl.col("sex").cast(pl.String).alias("sex_code"),
        "ethnic_code",
        pl.col("birth").alias("birth_date"),
        "household_no",
        pl.when("is_collective").then(pl.lit("集体户")).otherwise(pl.lit("家庭户")).alias("household_type"),
        pl.col(relation).alias("relation_code"),
        "hukou_address",
        code.alias("division_code"),
        pl.when(is_dead(month.as_of))
        .then(pl.lit("死亡注销"))
        .when(has_left(month.as_of))
        .then(pl.lit("迁出"))
        .otherwise(pl.lit("正常"))
        .alias("status_name"),
        pl.col("registered_on").alias("updated_date"),
    )


FEED = Feed(
    code="F01",
    title="户籍人口",
    kind="register",
    rows=register,
    keys=("id_no", "household_no"),
    order=("household_no", "_pid"),
    layout=LAYOUT,
    encoding="gb18030",
    compact_dates=True,
    table="hj_renkou",
)
