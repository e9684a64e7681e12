"""R26: benefits that exclude each other, paid to one person for one month.

What the rule finds: a payee of F08 (entity `payee`, F08, id) with two different ones of 低保, 特困, 低边, amount
above 0, for the same `pay_month`, in anything delivered so far: what is paid is paid, so it stays found.
临时救助 and the two disability subsidies go with any of them, and so does one after the other.

Belongs here: F08. Does not belong here: 高龄津贴 beside 特困 (the allowance's own condition).
"""

import polars as pl

from prefecture.defects.common import payee_keys, settled
from prefecture.feeds.social_assistance import assistance_rows
from prefecture.months import MONTHS, Month
from prefecture.stage import Span, Stage, only, per_person

_BEGINNINGS = ((0, 14, 2), (1, 4, 1), *((i, 0.6, 0) for i in (3, 7, 11, 15, 19)))
_LASTING, _CHANGED = 3, 3


def plant_exclusive_benefits(stage: Stage) -> None:
    """At 1 %: 14 in the stock, 4 from the second month, 5 later, for up to three months each; 14 lookalikes."""
    for since, count, least in _BEGINNINGS:
        people = stage.take(_poor(), stage.count(count, least))
        other = pl.when(pl.int_range(pl.len()) % 3 == 0).then(pl.lit("低边")).otherwise(pl.lit("特困"))
        for month in MONTHS[since : since + _LASTING]:
            pay(stage, people.with_columns(other.alias("assist")), month)
        stage.register.defect("R26", "F08", payee_keys("F08", people), "同月重复享受互斥救助", people, since)
    _rightly(stage)


def _poor() -> pl.Expr:
    return settled() & (pl.col("assist") == "低保") & (pl.col("age") < 78)


def pay(stage: Stage, people: pl.DataFrame, month: Month) -> None:
    """One more payment of F08 to `people`, of their `assist`, in the month (in the first one: three)."""
    if people.is_empty():
        return
    for paid in month.months:
        stage.add("F08", only(month.index), assistance_rows(people, paid))


def _rightly(stage: Stage) -> None:
    register = stage.register
    paid = stage.truth("F11").filter(pl.col("subsidy_status") == "发放")["_pid"]
    carded = stage.take(_poor() & stage.among(paid), stage.count(4))
    register.hard_negative("R26", "F08", payee_keys("F08", carded), "低保并享残疾人两项补贴", carded)
    helped = stage.take(_poor(), stage.count(5))
    rows = assistance_rows(helped.with_columns(pl.lit("低保").alias("assist")), MONTHS[0].month)
    once = rows.with_columns(pl.lit("临时救助").alias("category"), pl.lit(1500.0).alias("amount"))
    stage.add("F08", only(0), once)
    register.hard_negative("R26", "F08", payee_keys("F08", helped), "低保并享一次性临时救助", helped)
    changed = stage.take(_poor() & (pl.col("age") >= 60), stage.count(5))
    stage.drop("F08", Span(_CHANGED), per_person(changed))
    for month in MONTHS[_CHANGED:]:
        pay(stage, changed.with_columns(pl.lit("特困").alias("assist")), month)
    register.hard_negative("R26", "F08", payee_keys("F08", changed), "由低保转为特困", changed)
