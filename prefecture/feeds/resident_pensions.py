"""F18: basic pensions paid to residents.

Belongs here: correct payments of the month. Does not belong here: who is in which scheme (world/pensions.py).
"""

from datetime import date

import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.feeds.payments import may_be_paid, start_of
from prefecture.months import Month
from prefecture.world.ages import completed_years
from prefecture.world.pensions import RESIDENT
from prefecture.world.world import World

LAYOUT = {
    "id_no": "公民身份号码",
    "name": "姓名",
    "agency_code": "经办机构代码",
    "agency_name": "经办机构",
    "pay_month": "发放月份",
    "basic_amount": "基础养老金",
    "account_amount": "个人账户养老金",
    "amount": "发放金额",
    "status_name": "待遇状态",
    "start_month": "待遇开始年月",
    "certified_date": "最近资格认证日期",
    "division_code": "村居代码",
    "remark": "备注",
}
_BASIC = ((date(2023, 7, 1), 168.0), (date(2024, 7, 1), 188.0), (date(2025, 7, 1), 208.0))
_AGED, _AGED_MORE = 65, 10.0
_SUSPENDED_SHARE = 0.006


def pensions(world: World, month: Month, only: pl.Series | None = None) -> pl.DataFrame:
    """Rows of F18: from the month after the 60th birthday to the month of death. Who was not certified within
    a year is suspended (暂停, nothing paid). With `only` (pids), the rows of these people."""
    lot = pl.Series("lot", world.stream(f"certified {month.as_of.year}").random(world.people.height))
    asked = True if only is None else pl.col("pid").is_in(only.implode())
    due = (pl.col("scheme") == RESIDENT) & (pl.col("turned_60") < start_of(month.month))
    resident = world.pensions.filter(due & asked)
    payees = world.people.with_columns(lot).filter(may_be_paid(month.month) & asked)
    payees = payees.join(resident, on="pid", maintain_order="left")
    return pension_rows(
        payees.join(world.divisions.counties, on="county_code", how="left", maintain_order="left"), month
    )


def pension_rows(payees: pl.DataFrame, month: Month) -> pl.DataFrame:
    """One month of F18 for all of `payees` (people with `turned_60`, `county_name` and `lot`)."""
    on = start_of(month.month)
    basic = [amount for since, amount in _BASIC if since <= on][-1]
    aged = pl.when(completed_years("birth", on) >= _AGED).then(_AGED_MORE).otherwise(0.0)
    account = (pl.col("pid") % 23 * 4.5 + 12).round(2)
    suspended = (pl.col("lot") < _SUSPENDED_SHARE) & (pl.col("pid") % 12 < on.month)

    def paid(amount: pl.Expr) -> pl.Expr:
        return pl.when(suspended).then(0.0).otherwise(amount)

    return payees.select(
        pl.col("pid").alias("_pid"),
        "id_no",
        "name",
        pl.col("county_code").alias("agency_code"),
        pl.concat_str("county_name", pl.lit("居民养老保险中心")).alias("agency_name"),
        pl.lit(month.month).alias("pay_month"),
        paid(basic + aged).alias("basic_amount"),
        paid(account).alias("account_amount"),
        paid(basic + aged + account).round(2).alias("amount"),
        pl.when(suspended).then(pl.lit("暂停")).otherwise(pl.lit("发放")).alias("status_name"),
        pl.col("turned_60").dt.offset_by("1mo").dt.strftime("%Y-%m").alias("start_month"),
        _certified(on, suspended).alias("certified_date"),
        pl.col("village").alias("division_code"),
        pl.lit(None, pl.String).alias("remark"),
    )


def _certified(on: date, suspended: pl.Expr) -> pl.Expr:
    """Everyone is certified in the same month of every year, or was suspended since."""
    month = (pl.col("pid") % 12 + 1).cast(pl.Int8)
    year = on.year - (month > on.month).cast(pl.Int32) - suspended.cast(pl.Int32)
    day = pl.date(year, month, (pl.col("pid") % 20 + 1).cast(pl.Int8))
    return pl.when(day > pl.col("turned_60")).then(day)


FEED = Feed(
    code="F18",
    title="居民养老待遇发放",
    kind="events",
    rows=pensions,
    keys=("id_no", "agency_code", "pay_month"),
    order=("_pid", "agency_code"),
    layout=LAYOUT,
    table="ylbx_jumin_daiyu",
)
