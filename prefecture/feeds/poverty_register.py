"""F22: households lifted out of poverty and households watched lest they fall back, member by member.

Belongs here: the list as it stands. Does not belong here: which households are on it (world/poverty.py). Only
those are members who live; the household number is the poverty system's own.
"""

import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.months import Month
from prefecture.output.workbook import Heading
from prefecture.world.vital import is_known, is_present, relation_at
from prefecture.world.world import World

_RELATIONS = {"01": "户主", "10": "配偶", "20": "之子", "30": "之女", "50": "之父母", "97": "其他亲属"}
LAYOUT = (
    Heading("poor_household_no", "户编号", "户信息", 16),
    Heading("head_name", "户主姓名", "户信息"),
    Heading("head_id_no", "户主证件号码", "户信息", 22),
    Heading("member_count", "家庭人口数", "户信息", 10),
    Heading("household_type", "户类型", "户信息"),
    Heading("risk_name", "致贫（返贫）风险", "户信息"),
    Heading("measure_names", "帮扶措施", "户信息", 24),
    Heading("identified_date", "识别时间", "户信息"),
    Heading("risk_status_name", "风险是否消除", "户信息"),
    Heading("division_code", "村居代码", "户信息", 16),
    Heading("name", "姓名", "成员信息"),
    Heading("id_no", "证件号码", "成员信息", 22),
    Heading("relation_name", "与户主关系", "成员信息", 10),
)


def listed(world: World, month: Month) -> pl.DataFrame:
    """All rows of F22 with `_pid` and `_county`."""
    known = world.poverty.filter(pl.col("identified_date") <= month.as_of)
    return members(world.people, known, month)


def members(people: pl.DataFrame, households: pl.DataFrame, month: Month) -> pl.DataFrame:
    """Rows of F22 about the members of some households (a table as world.poverty is)."""
    rows = people.filter(pl.col("household").is_in(households["household"].implode()))
    rows = rows.with_columns(relation_at(rows, month.as_of).alias("now"))
    rows = rows.filter(is_present(month.as_of) & is_known(month.as_of))
    heads = rows.filter(pl.col("now") == "01").select(
        "household", pl.col("name").alias("head_name"), pl.col("id_no").alias("head")
    )
    sizes = rows.group_by("household").agg(pl.len().cast(pl.Int64).alias("member_count"))
    rows = rows.join(households, on="household", how="left", maintain_order="left")
    rows = rows.join(heads, on="household", how="left", maintain_order="left")
    rows = rows.join(sizes, on="household", how="left", maintain_order="left")
    return rows.select(
        pl.col("pid").alias("_pid"),
        pl.col("county_code").alias("_county"),
        "poor_household_no",
        "head_name",
        pl.col("head").alias("head_id_no"),
        "member_count",
        "household_type",
        "risk_name",
        "measure_names",
        "identified_date",
        pl.when(pl.col("household_type") == "脱贫户")
        .then(None)
        .when(pl.col("relieved_date") <= month.as_of)
        .then(pl.lit("是"))
        .otherwise(pl.lit("否"))
        .alias("risk_status_name"),
        pl.col("village").alias("division_code"),
        "name",
        "id_no",
        pl.col("now").replace_strict(_RELATIONS, default="其他亲属").alias("relation_name"),
    )


FEED = Feed(
    code="F22",
    title="脱贫监测户",
    kind="snapshot",
    rows=listed,
    keys=("poor_household_no", "id_no"),
    order=("_county", "poor_household_no", "_pid"),
    layout=LAYOUT,
    format="xlsx",
    split="county",
    heading="{county}{year}年{month}月脱贫享受政策户、监测户明细表",
    footnote="注：户编号为防止返贫监测系统编号，与户口簿户号不同。",
)
