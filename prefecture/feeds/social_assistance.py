"""F08: social assistance paid month by month.

Belongs here: correct payments, and the four books counties keep. Does not belong here: payments that should
not have been made (defects/).
"""

import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.feeds.payments import may_be_paid
from prefecture.months import MONTHS, Month
from prefecture.output.workbook import Heading
from prefecture.world.world import World

_TEMPORARY = ("2023-11", "2023-12", *(month.month for month in MONTHS))
_NAMES = (
    "id_no",
    "name",
    "head_id_no",
    "category",
    "amount",
    "pay_month",
    "start_date",
    "stop_date",
    "division_code",
    "bank_tail",
    "remark",
)
_WORDS = (
    (
        "身份证号",
        "姓名",
        "户主身份证号",
        "救助类别",
        "发放金额(元)",
        "发放月份",
        "享受开始日期",
        "停发日期",
        "村居代码",
        "银行卡后四位",
        "备注",
    ),
    (
        "公民身份号码",
        "救助对象姓名",
        "户主公民身份号码",
        "救助类型",
        "发放金额（元）",
        "发放年月",
        "享受起始日期",
        "停止发放日期",
        "所属村居代码",
        "银行卡号后四位",
        "备注",
    ),
    (
        "身份证号码",
        "姓名",
        "户主身份证号码",
        "保障类别",
        "实发金额(元)",
        "所属月份",
        "开始日期",
        "终止日期",
        "村(居)代码",
        "卡号后四位",
        "备注说明",
    ),
    (
        "居民身份证号",
        "享受人姓名",
        "申请人身份证号",
        "救助种类",
        "金额(元)",
        "发放期",
        "纳入日期",
        "停发日期",
        "区划代码",
        "账号后四位",
        "说明",
    ),
)
_ORDERS = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
    (1, 0, 3, 2, 8, 5, 4, 9, 6, 7, 10),
    (8, 1, 0, 2, 3, 6, 7, 5, 4, 9, 10),
    (5, 8, 1, 0, 3, 4, 9, 2, 6, 7, 10),
)


def layout(county: str) -> tuple[Heading, ...]:
    """Headings of F08 in one county: four counties out of four keep four different books."""
    which = int(county) % len(_WORDS)
    words, order = _WORDS[which], _ORDERS[which]
    return tuple(Heading(_NAMES[i], words[i], width=22 if "id_no" in _NAMES[i] else 14) for i in order)


def assistance(world: World, month: Month) -> pl.DataFrame:
    """Rows of F08 of the round's months, with `_pid` and `_county`; paid to those alive when the month
    began."""
    helped = world.people.filter(pl.col("assist").is_not_null())
    return pl.concat([assistance_rows(helped.filter(may_be_paid(paid)), paid) for paid in month.months])


def assistance_rows(people: pl.DataFrame, month: str, remark: str | None = None) -> pl.DataFrame:
    """One month of F08 for everyone of `people` with a category; one-off help in a single month of four."""
    temporary = pl.Series(_TEMPORARY).gather((people["pid"] % len(_TEMPORARY)).cast(pl.UInt32))
    base = pl.col("assist").replace_strict({"低保": 480, "特困": 1160, "低边": 210, "临时救助": 1500}, default=None)
    rows = people.with_columns(temporary.alias("temporary"))
    return rows.filter(
        pl.col("assist").is_not_null() & ((pl.col("assist") != "临时救助") | (pl.col("temporary") == month))
    ).select(
        pl.col("pid").alias("_pid"),
        pl.col("county_code").alias("_county"),
        "id_no",
        "name",
        "head_id_no",
        pl.col("assist").alias("category"),
        (base + pl.col("pid") % 13 * 20).cast(pl.Float64).alias("amount"),
        pl.lit(month).alias("pay_month"),
        pl.max_horizontal(pl.date(2016 + pl.col("pid") % 7, 1 + pl.col("pid") % 12, 1), "birth").alias("start_date"),
        pl.lit(None, pl.Date).alias("stop_date"),
        pl.col("village").alias("division_code"),
        (pl.col("pid") * 7919 % 10000).cast(pl.String).str.zfill(4).alias("bank_tail"),
        pl.lit(remark, pl.String).alias("remark"),
    )


FEED = Feed(
    code="F08",
    title="社会救助发放",
    kind="events",
    rows=assistance,
    keys=("id_no", "category", "pay_month"),
    order=("_county", "pay_month", "_pid"),
    layout=layout,
    format="xlsx",
    split="county",
    by_month=True,
    heading="{county}{year}年{month}月社会救助发放明细表",
    footnote="注：发放金额单位为元，由县级民政部门审核。",
    people=(("id_no", "_pid"),),
)
