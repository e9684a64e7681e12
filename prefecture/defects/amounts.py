"""R33: an amount that is not the dated standard times the months.

What the rule finds: payments (record key of their own feed) in F08, F10 and F35, in anything delivered so far, that
do not keep to `data/reference/benefits/standards.csv`. The standard of n months is the sum of those in force on
the first days of the n months that end with `pay_month`; n is `quantity` in F35, in F08 and F10 the number in a
remark 「补发n个月…」, else 1; for units other than 月 it is n times the standard of that day.
  F08: the amount is more than the standard of the category (income is made up to it, so less is right).
  F10: status 发放, and the amount is the standard neither of the band named (a wrong band is R21's) nor of the age on
  the first or the last day of the month.
  F35: 成功 or 退回; items marked `fixed` must equal the standard, items marked `cap` not exceed it.
Being paid, they stay found.

Belongs here: wrong sums. Does not belong here: wrong bands (old_age.py), wrong payees.
"""

import polars as pl

from prefecture.defects.common import is_allowance_delivered, record_keys, settled
from prefecture.months import MONTHS
from prefecture.stage import Stage, only, per_person

_OLD_AGE = ((0, 5, 1), (1, 1, 0), (5, 1, 0), (14, 1, 0))
_ASSISTANCE = ((0, 4, 1), (1, 2, 1), (9, 1, 0), (17, 1, 0))
_SUBSIDY = ((0, 6, 1), (1, 3, 1), (3, 1, 0), (10, 1, 0), (16, 1, 0), (22, 1, 0))
_RAISED, _BACK = 6, 4
_RAISED_ITEMS, _OTHER_ITEMS = ("C01", "C02", "N01", "N02"), ("J01", "G01", "G02")
_BEFORE_RAISE = {"C01": 171.0, "C02": 142.0, "N01": 155.0, "N02": 129.0}


def plant_amounts(stage: Stage) -> None:
    """At 1 %: 15 in the stock, 6 in the second month, 13 later; 17 lookalikes of four kinds."""
    _old_age(stage)
    _assistance(stage)
    _subsidies(stage)
    _rightly(stage)


def _wrong(stage: Stage, feed: str, month: int, people: pl.DataFrame, amount: pl.Expr, item: str, what: str) -> None:
    """Write `amount` into the rows of the people (one each) in the month; `item` tells rows of a person apart."""
    rows = _rows(stage, feed, month, people)
    table = rows.with_columns(amount.round(2).alias("amount")).select("_pid", item, "amount")
    stage.edit(feed, only(month), table, ("_pid", item))
    stage.register.defect("R33", feed, record_keys(feed, rows), what, people, month)


def _rows(stage: Stage, feed: str, month: int, people: pl.DataFrame, items: tuple[str, ...] = ()) -> pl.DataFrame:
    """One true row of the feed about each of the people: the month's own."""
    rows = stage.truth(feed, MONTHS[month]).filter(pl.col("pay_month") == MONTHS[month].month)
    rows = rows.filter(pl.col("item_code").is_in(items)) if items else rows
    rows = rows.unique("_pid", keep="first", maintain_order=True)
    return people.select(pl.col("pid").alias("_pid")).join(rows, on="_pid", how="left", maintain_order="left")


def _old_age(stage: Stage) -> None:
    payee = settled() & pl.col("assist").is_null() & pl.col("age").is_between(82, 87) & is_allowance_delivered()
    for month, count, least in _OLD_AGE:
        people = stage.take(payee, stage.count(count, least))
        wrong = pl.when(pl.col("_pid") % 2 == 0).then(75.0).otherwise(150.0)
        _wrong(stage, "F10", month, people, wrong, "pay_month", "高龄津贴金额与标准不符")


def _poor() -> pl.Expr:
    return settled() & (pl.col("assist") == "低保") & (pl.col("age") < 78)


def _assistance(stage: Stage) -> None:
    for month, count, least in _ASSISTANCE:
        people = stage.take(_poor(), stage.count(count, least))
        _wrong(stage, "F08", month, people, pl.col("amount") * 10, "pay_month", "低保金额超过标准")


def _subsidy_payee(stage: Stage, months: tuple[int, ...], items: tuple[str, ...]) -> pl.Expr:
    """Is paid one of the items, once, in each of the months."""
    where = settled() & pl.col("assist").is_null() & (pl.col("age") < 88)
    for month in months:
        rows = stage.truth("F35", MONTHS[month])
        once = rows.filter(pl.len().over("_pid") == 1).filter(pl.col("item_code").is_in(items))["_pid"]
        where &= stage.among(once)
    return where


def _subsidies(stage: Stage) -> None:
    for month, count, least in _SUBSIDY:
        people = stage.take(_subsidy_payee(stage, (month,), _OTHER_ITEMS), stage.count(count, least))
        wrong = pl.when(pl.col("_pid") % 2 == 0).then(pl.col("amount") + 30).otherwise(pl.col("amount") * 2)
        _wrong(stage, "F35", month, people, wrong, "item_code", "补贴金额与标准和月数不符")
    people = stage.take(_subsidy_payee(stage, (_RAISED,), _RAISED_ITEMS), stage.count(5))
    old = pl.col("item_code").replace_strict(_BEFORE_RAISE, default=None, return_dtype=pl.Float64)
    _wrong(stage, "F35", _RAISED, people, old, "item_code", "提标后仍按原标准发放")


def _rightly(stage: Stage) -> None:
    register = stage.register
    two_before = (_BACK - 2, _BACK - 1)
    people = stage.take(_subsidy_payee(stage, (*two_before, _BACK), _OTHER_ITEMS), stage.count(5))
    rows = _rows(stage, "F35", _BACK, people)
    for month in two_before:
        stage.drop("F35", only(month), per_person(people))
    late = rows.select("_pid", "item_code", pl.lit(3.0).alias("quantity"), pl.col("amount") * 3)
    stage.edit("F35", only(_BACK), late, ("_pid", "item_code"))
    register.hard_negative("R33", "F35", record_keys("F35", rows), "补发三个月", people)
    people = stage.take(_subsidy_payee(stage, (_RAISED - 1, _RAISED), _RAISED_ITEMS), stage.count(4))
    keys = record_keys("F35", _rows(stage, "F35", _RAISED, people))
    register.hard_negative("R33", "F35", keys, "提标后按新标准发放", people)
    people = stage.take(_poor(), stage.count(4))
    rows = _rows(stage, "F08", _BACK, people)
    for month in two_before:
        stage.drop("F08", only(month), per_person(people))
    late = rows.select("_pid", "pay_month", pl.col("amount") * 3, pl.lit("补发3个月").alias("remark"))
    stage.edit("F08", only(_BACK), late, ("_pid", "pay_month"))
    register.hard_negative("R33", "F08", record_keys("F08", rows), "低保补发三个月", people)
    birthday = (pl.col("birth").dt.year() == 1934) & (pl.col("birth").dt.month() == 3) & is_allowance_delivered()
    people = stage.take(settled() & birthday & pl.col("assist").is_null(), stage.count(4))
    keys = record_keys("F10", _rows(stage, "F10", 2, people))
    register.hard_negative("R33", "F10", keys, "九十岁生日当月按原档发放", people)
