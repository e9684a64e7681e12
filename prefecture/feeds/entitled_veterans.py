"""F12: veterans and survivors who receive regular support.

Belongs here: the list as it stands at the end of a quarter. Does not belong here: people who should no longer
be on it (defects/). Standards are estimates of the right size; they rise every August.
"""

import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.months import Month
from prefecture.output.workbook import Heading
from prefecture.world.ages import completed_years
from prefecture.world.vital import has_left, is_dead
from prefecture.world.world import World

SOLDIER, FIGHTER, ILL, DISABLED, OLD_SOLDIER, SURVIVOR, CHILD = (
    "60周岁以上农村籍退役士兵",
    "参战参试退役人员",
    "带病回乡退役军人",
    "残疾军人",
    "在乡复员军人",
    "三属",
    "烈士老年子女",
)
_STANDARD = {SOLDIER: 58, FIGHTER: 920, ILL: 850, DISABLED: 1150, OLD_SOLDIER: 2350, SURVIVOR: 2900, CHILD: 720}
_RISE, _FIRST_RISE = 0.05, 2023
LAYOUT = (
    Heading("id_no", "身份证号", "对象信息", 22),
    Heading("name", "姓名", "对象信息"),
    Heading("sex_name", "性别", "对象信息", 8),
    Heading("birth_date", "出生日期", "对象信息"),
    Heading("category_name", "优抚类别", "对象信息", 26),
    Heading("relation_name", "与军人关系", "对象信息"),
    Heading("service_year_count", "服义务兵役年限", "待遇信息"),
    Heading("disability_level_name", "残疾等级", "待遇信息"),
    Heading("amount", "月补助金额(元)", "待遇信息"),
    Heading("start_date", "享受起始日期", "待遇信息"),
    Heading("division_code", "村居代码", "待遇信息", 16),
    Heading("remark", "备注", width=20),
)


def veterans(world: World, month: Month) -> pl.DataFrame:
    """Rows of F12 with `_pid` and `_county`; who dies or leaves is off the list."""
    rng, people = world.stream("veterans"), world.people
    lots = people.with_columns(
        pl.Series("lot", rng.random(people.height)),
        pl.Series("years", rng.integers(2, 6, people.height)),
        pl.Series("level", rng.integers(5, 11, people.height)),
        completed_years("birth", month.as_of).alias("now"),
    )
    here = ~is_dead(month.as_of) & ~has_left(month.as_of)
    registered = ~pl.col("is_floating") & ~pl.col("is_newborn") & ~pl.col("is_collective")
    listed = lots.with_columns(_category().alias("category")).filter(
        here & registered & pl.col("category").is_not_null()
    )
    rises = month.as_of.year - _FIRST_RISE - (month.as_of.month < 8)
    standard = pl.col("category").replace_strict(_STANDARD, return_dtype=pl.Int64)
    amount = standard * pl.when(pl.col("category") == SOLDIER).then("years").otherwise(1) * (1 + _RISE * rises)
    survivor = pl.col("category") == SURVIVOR
    parent = pl.when(pl.col("now") >= 75).then(pl.lit("父母")).otherwise(pl.lit("配偶"))
    return listed.select(
        pl.col("pid").alias("_pid"),
        pl.col("county_code").alias("_county"),
        "id_no",
        "name",
        pl.when(pl.col("sex") == 1).then(pl.lit("男")).otherwise(pl.lit("女")).alias("sex_name"),
        pl.col("birth").alias("birth_date"),
        pl.col("category").alias("category_name"),
        pl.when(survivor)
        .then(parent)
        .when(pl.col("category") == CHILD)
        .then(pl.lit("子女"))
        .otherwise(pl.lit("本人"))
        .alias("relation_name"),
        pl.when(pl.col("category") == SOLDIER).then(pl.col("years").cast(pl.String)).alias("service_year_count"),
        pl.when(pl.col("category") == DISABLED)
        .then(pl.col("level").cast(pl.String) + "级")
        .alias("disability_level_name"),
        amount.round(0).cast(pl.Float64).alias("amount"),
        pl.max_horizontal(pl.date(2011 + pl.col("pid") % 12, 8, 1), pl.col("birth").dt.offset_by("20y")).alias(
            "start_date"
        ),
        pl.col("village").alias("division_code"),
        pl.lit(None, pl.String).alias("remark"),
    )


def _category() -> pl.Expr:
    man, lot, age = pl.col("sex") == 1, pl.col("lot"), pl.col("now")
    rural = pl.col("village").str.slice(9, 1) != "0"
    return (
        pl.when(man & (age >= 88) & (lot < 0.04))
        .then(pl.lit(OLD_SOLDIER))
        .when(man & pl.col("birth").dt.year().is_between(1945, 1965) & (lot < 0.018))
        .then(pl.lit(FIGHTER))
        .when(man & (age >= 55) & (lot > 0.994))
        .then(pl.lit(ILL))
        .when(man & rural & (age >= 60) & (lot < 0.22))
        .then(pl.lit(SOLDIER))
        .when(man & age.is_between(22, 87) & (lot > 0.9977))
        .then(pl.lit(DISABLED))
        .when((age >= 50) & (lot.is_between(0.5, 0.5016)))
        .then(pl.lit(SURVIVOR))
        .when((age >= 72) & lot.is_between(0.6, 0.612))
        .then(pl.lit(CHILD))
    )


FEED = Feed(
    code="F12",
    title="优抚对象",
    kind="snapshot",
    rows=veterans,
    keys=("id_no",),
    order=("_county", "_pid"),
    layout=LAYOUT,
    format="xlsx",
    split="county",
    every=3,
    heading="{county}{year}年{month}月优抚对象抚恤补助名册",
    footnote="注：残疾等级、服役年限以退役军人事务部门审核为准。",
)
