"""F35: subsidies paid through the one-card system (一卡通).

Belongs here: correct payments of the month, and into which account. Does not belong here: who is entitled to what
(subsidy_items.py). Habits of the treasury: counties call items by different names; a
payment the bank returns (退回) is made again in the same month.
"""

import polars as pl
import polars_hash  # noqa: F401  registers the `chash` namespace

from prefecture.feeds.feed import Feed
from prefecture.feeds.subsidy_items import entitlements
from prefecture.months import Month
from prefecture.world.world import World

LAYOUT = {
    "payment_no": "发放流水号",
    "id_no": "身份证号",
    "name": "姓名",
    "account_hash": "收款账号摘要",
    "account_type": "账户类型",
    "item_code": "项目编码",
    "item_name": "补贴项目",
    "pay_month": "发放月份",
    "quantity": "数量",
    "unit_name": "计量单位",
    "amount": "发放金额",
    "result_name": "发放结果",
    "fail_reason": "失败原因",
    "paid_date": "发放日期",
    "division_code": "村居代码",
}
PERSONAL, FAMILY, INSTITUTION, VILLAGE = "个人账户", "家庭账户", "供养机构账户", "村集体账户"
ITEMS = {
    "G01": ("高龄津贴", "80周岁以上老年人高龄津贴", "长寿补贴"),
    "G02": ("高龄津贴", "90周岁以上老年人高龄津贴", "长寿补贴"),
    "G03": ("高龄津贴", "百岁老人长寿补贴", "百岁补贴"),
    "C01": ("困难残疾人生活补贴", "残疾人生活补贴", "残疾人两项补贴(生活)"),
    "C02": ("困难残疾人生活补贴", "残疾人生活补贴", "残疾人两项补贴(生活)"),
    "N01": ("重度残疾人护理补贴", "残疾人护理补贴", "残疾人两项补贴(护理)"),
    "N02": ("重度残疾人护理补贴", "残疾人护理补贴", "残疾人两项补贴(护理)"),
    "J01": ("计划生育家庭奖励扶助", "农村计生奖扶", "计生奖扶资金"),
    "L01": ("耕地地力保护补贴", "农业支持保护补贴", "地力补贴"),
    "S01": ("困难群众节日一次性补贴", "春节一次性生活补贴", "节日慰问补贴"),
    "D01": ("最低生活保障金", "低保金", "城乡低保"),
    "D02": ("特困人员救助供养金", "特困供养金", "特困供养"),
    "D03": ("低保边缘家庭补助", "低边补助", "低边家庭补贴"),
}
_FAMILY_SHARE, _IN_CARE_SHARE = 0.25, 0.35


def payments(world: World, month: Month) -> pl.DataFrame:
    """Rows of F35 of the month; as everywhere, the month of death is still paid."""
    rows = entitlements(world, month)
    about = ("pid", "id_no", "name", "village", "township", "county_code", "household_no")
    payees = world.of(rows["_pid"], *about).with_columns(
        _account_types(world).gather(rows["_pid"] - world.shard.first_number)
    )
    rows = pl.concat([rows, payees.with_columns(_account())], how="horizontal")
    return _with_returns(payment_rows(rows, month), month)


def payment_rows(rows: pl.DataFrame, month: Month) -> pl.DataFrame:
    """Rows of F35 from `_pid`, `item_code`, `quantity`, `unit_name`, `amount` and the payee's columns."""
    which = (pl.col("county_code").cast(pl.Int64) % 3).cast(pl.UInt32)
    names = pl.coalesce(
        pl.when(which == i).then(pl.col("item_code").replace_strict({k: v[i] for k, v in ITEMS.items()}))
        for i in range(3)
    )
    return rows.select(
        "_pid",
        pl.concat_str(
            pl.lit("YK"), pl.lit(month.period), "item_code", pl.col("_pid").cast(pl.String).str.zfill(9), pl.lit("1")
        ).alias("payment_no"),
        "id_no",
        "name",
        account_hash(pl.col("_account")).alias("account_hash"),
        "account_type",
        "item_code",
        names.alias("item_name"),
        pl.lit(month.month).alias("pay_month"),
        "quantity",
        "unit_name",
        pl.col("amount").round(2),
        pl.lit("成功").alias("result_name"),
        pl.lit(None, pl.String).alias("fail_reason"),
        pl.lit(month.start.replace(day=15)).alias("paid_date"),
        pl.col("village").alias("division_code"),
    )


def account_hash(account: pl.Expr) -> pl.Expr:
    """What the treasury gives instead of an account number."""
    return (pl.lit("6217|") + account).chash.sha2_256().str.head(24)  # ty: ignore[missing-attribute]


def _account_types(world: World) -> pl.Series:
    """Whose account a person's subsidies go to (`account_type`): his own, his family's, or that of the
    institution that cares for him. Families with 低保 have one account."""
    people = world.people
    rng = world.stream("accounts")
    by_household = pl.Series(rng.random(people["household"].max() + 1)).gather(people["household"])
    in_care = pl.Series(rng.random(people.height) < _IN_CARE_SHARE)
    poor = pl.col("assist").eq_missing("低保").any().over("household")
    family = poor | (by_household < _FAMILY_SHARE)
    cared_for = pl.col("assist").eq_missing("特困") & in_care
    kind = pl.when(cared_for).then(pl.lit(INSTITUTION)).when(family).then(pl.lit(FAMILY)).otherwise(pl.lit(PERSONAL))
    return people.select(kind.alias("account_type")).to_series()


def _account() -> pl.Expr:
    """Tells accounts apart: the institution's, the family's, the person's."""
    return (
        pl.when(pl.col("account_type") == INSTITUTION)
        .then(pl.lit("T") + pl.col("township"))
        .when(pl.col("account_type") == FAMILY)
        .then(pl.lit("H") + pl.col("household_no"))
        .otherwise(pl.lit("P") + pl.col("pid").cast(pl.String))
        .alias("_account")
    )


def _with_returns(rows: pl.DataFrame, month: Month) -> pl.DataFrame:
    """The bank returns a few payments; they are made again ten days later."""
    returned = (pl.col("_pid") * 31 + month.index * 17) % 211 == 0
    again = rows.filter(returned).with_columns(
        (pl.col("payment_no").str.head(-1) + "2").alias("payment_no"),
        pl.lit(month.start.replace(day=25)).alias("paid_date"),
    )
    failed = rows.with_columns(
        pl.when(returned).then(pl.lit("退回")).otherwise("result_name").alias("result_name"),
        pl.when(returned).then(pl.lit("账户状态异常")).otherwise("fail_reason").alias("fail_reason"),
    )
    return pl.concat([failed, again])


FEED = Feed(
    code="F35",
    title="惠民补贴发放",
    kind="events",
    rows=payments,
    keys=("payment_no",),
    order=("item_code", "_pid", "payment_no"),
    layout=LAYOUT,
    encoding="gb18030",
)
