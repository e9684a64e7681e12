"""F10: the old-age allowance paid month by month.

Belongs here: correct payments. Does not belong here: payments that should not have been made (defects/).
"""

from datetime import date

import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.feeds.payments import may_be_paid, start_of
from prefecture.months import Month
from prefecture.output.workbook import Heading
from prefecture.world.ages import completed_years
from prefecture.world.world import World

BANDS = ("80-89岁", "90-99岁", "100岁及以上")
_ALLOWANCE = {"80-89岁": 50.0, "90-99岁": 100.0, "100岁及以上": 500.0}
LAYOUT = (
    Heading("id_no", "身份证号", width=22),
    Heading("name", "姓名"),
    Heading("birth_date", "出生日期"),
    Heading("band_name", "年龄段"),
    Heading("amount", "发放金额(元)"),
    Heading("pay_month", "发放月份"),
    Heading("status_name", "状态", width=8),
    Heading("certified_date", "最近认证日期"),
    Heading("division_code", "村居代码", width=16),
    Heading("remark", "备注", width=24),
)


def allowance(world: World, month: Month) -> pl.DataFrame:
    """Rows of F10 of the round's months: from the month after the 80th birthday, not to those in 特困."""
    months = []
    for paid in month.months:
        entitled = world.people.filter(
            may_be_paid(paid)
            & (pl.col("turned_80") < start_of(paid))
            & (pl.col("assist").is_null() | (pl.col("assist") != "特困"))
            & ~pl.col("is_floating")
        )
        months.append(allowance_rows(entitled, paid))
    return pl.concat(months)


def allowance_rows(people: pl.DataFrame, month: str, remark: str | None = None) -> pl.DataFrame:
    """One month of F10 for all of `people`, in the band of their age when the month began."""
    age = completed_years("birth", start_of(month))
    band = pl.when(age >= 100).then(pl.lit(BANDS[2])).when(age >= 90).then(pl.lit(BANDS[1])).otherwise(pl.lit(BANDS[0]))
    return people.select(
        pl.col("pid").alias("_pid"),
        pl.col("county_code").alias("_county"),
        "id_no",
        "name",
        pl.col("birth").alias("birth_date"),
        band.alias("band_name"),
        band.replace_strict(_ALLOWANCE, return_dtype=pl.Float64).alias("amount"),
        pl.lit(month).alias("pay_month"),
        pl.lit("发放").alias("status_name"),
        (pl.lit(date(2022, 8, 1)) + pl.duration(days=pl.col("pid") % 180)).alias("certified_date"),
        pl.col("village").alias("division_code"),
        pl.lit(remark, pl.String).alias("remark"),
    )


FEED = Feed(
    code="F10",
    title="高龄津贴发放",
    kind="events",
    rows=allowance,
    keys=("id_no", "pay_month"),
    order=("_county", "pay_month", "_pid"),
    layout=LAYOUT,
    format="xlsx",
    split="county",
    by_month=True,
    heading="{county}{year}年{month}月高龄津贴发放明细表",
    footnote="注：津贴标准按所在县（市、区）文件执行。",
)
