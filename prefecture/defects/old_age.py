"""R21 and R22: the old-age allowance in the wrong band, or not paid at all.

Belongs here: errors of F10 about the living. Does not belong here: payments to the dead (paid_dead.py).
"""

from datetime import date

import polars as pl

from prefecture.answers import Replies, record_answers
from prefecture.defects.common import (
    is_allowance_delivered,
    payee_keys,
    plant_wave,
    record_keys,
    settled,
    waves,
)
from prefecture.feeds.old_age_allowance import BANDS, allowance_rows
from prefecture.months import FIRST, MONTHS, Month
from prefecture.stage import ALWAYS, Span, Stage, only, per_person

INFORMED, NOT_ELIGIBLE, DECLINED = "已通知申领", "不符合条件", "本人放弃"
_REPLIES = Replies(
    "R22",
    "F01",
    truth=(INFORMED, NOT_ELIGIBLE, INFORMED, DECLINED),
    behaviour=("right", "right", "right", "right", "late", "none"),
)


def plant_old_age(stage: Stage) -> None:
    """Plant R21 and R22."""
    _bands(stage)
    _right_bands(stage)
    _not_paid(stage)
    _rightly_not_paid(stage)


def _bands(stage: Stage) -> None:
    payee = settled() & pl.col("assist").is_null()
    oldest = stage.take(payee & (pl.col("age") >= 101), stage.count(3))
    stage.edit("F10", ALWAYS, per_person(oldest, pl.lit(BANDS[1]).alias("band_name")))
    stage.register.defect("R21", "F10", payee_keys("F10", oldest), "满百岁未调档", oldest)
    for wave in waves(8, later=0.5, least=2, fixed=1 / 4):
        older = stage.take(payee & pl.col("age").is_between(91, 97) & is_allowance_delivered(), wave.count(stage))
        table = per_person(older, pl.lit(BANDS[0]).alias("band_name"), pl.lit(50.0).alias("amount"))
        keys = payee_keys("F10", older)
        plant_wave(stage, wave, "R21", "F10", older, table, keys, "满九十岁未调档")
    for since, count in ((0, 8), (1, 3), (9, 1)):
        young = stage.take(payee & pl.col("age").is_between(66, 77) & is_allowance_delivered(), stage.count(count))
        for month in MONTHS[since:]:
            _pay(stage, young, month)
        stage.register.defect("R21", "F10", payee_keys("F10", young), "未满八十岁领取", young, since)


def _pay(stage: Stage, people: pl.DataFrame, month: Month) -> None:
    for paid in month.months:
        stage.add("F10", only(month.index), allowance_rows(people, paid))


def _right_bands(stage: Stage) -> None:
    """In the month of a birthday both bands are right."""
    register = stage.register
    payee = settled() & pl.col("assist").is_null()
    birthday = pl.col("birth").dt.offset_by("90y")
    ninety = stage.take(payee & birthday.is_between(date(2023, 11, 1), date(2024, 1, 30)), stage.count(5))
    early = ninety.head((ninety.height + 1) // 2)
    that_month = birthday.dt.strftime("%Y-%m").alias("pay_month")
    moved = per_person(early, pl.lit(BANDS[1]).alias("band_name"), that_month)
    stage.edit("F10", only(0), moved, ("_pid", "pay_month"))
    register.hard_negative("R21", "F10", payee_keys("F10", ninety), "九十岁生日当月", ninety)
    nearly = stage.take(payee & pl.col("age").is_between(88, 89) & is_allowance_delivered(), stage.count(4, 1))
    register.hard_negative("R21", "F10", payee_keys("F10", nearly), "将满九十岁，仍按原档", nearly)
    in_january = pl.col("birth").is_between(date(1944, 1, 1), date(1944, 1, 30))
    eighty = stage.take(payee & in_january, stage.count(4))
    stage.add("F10", only(0), allowance_rows(eighty, FIRST.month))
    register.hard_negative("R21", "F10", payee_keys("F10", eighty), "八十岁生日当月起发", eighty)


def _not_paid(stage: Stage) -> None:
    register = stage.register
    entitled = settled() & (pl.col("age") >= 81) & pl.col("assist").is_null() & is_allowance_delivered()
    people = stage.take(entitled, stage.count(32, 8), playing=stage.count(14, 6))
    stopped = people.filter(pl.int_range(pl.len()) % 3 == 0)
    never = people.filter(pl.int_range(pl.len()) % 3 != 0)
    plays = people["township"].is_in(stage.players)
    playing = people.filter(plays)
    answered = record_answers(stage, playing, _REPLIES, record_keys("F01", playing))
    applied = answered.filter((pl.col("answer_code") == INFORMED) & (pl.col("behaviour") == "right"))["pid"]
    paid_again = pl.concat([applied.head((len(applied) + 1) // 2), people.filter(~plays)["pid"].head(stage.count(4))])
    stage.drop("F10", only(0), per_person(never))
    for month in FIRST.months[1:]:
        unpaid = per_person(stopped, pl.lit(month).alias("pay_month"))
        stage.drop("F10", only(0), unpaid, ("_pid", "pay_month"))
    ends = people["pid"].is_in(paid_again.implode())
    stage.drop("F10", Span(1), per_person(people.filter(~ends)))
    untils = pl.select(pl.when(ends).then(1)).to_series().cast(pl.Int64)
    register.defect("R22", "F01", record_keys("F01", people), "应享未享高龄津贴", people, 0, untils)
    for since, until, count in ((1, None, 4), (5, 8, 1), (10, 13, 1), (15, None, 1), (19, 22, 1)):
        ended = stage.take(entitled, stage.count(count, 1 if since == 1 else 0))
        stage.drop("F10", Span(since, until), per_person(ended))
        what = f"{MONTHS[since].month}起漏发"
        register.defect("R22", "F01", record_keys("F01", ended), what, ended, since, until)


def _rightly_not_paid(stage: Stage) -> None:
    """Just turned 80: nothing is missed for 60 days. Those of December are missed at the second business
    date and paid from the third on, like January's."""
    register = stage.register
    person = settled() & pl.col("assist").is_null()
    december = stage.take(
        person & pl.col("turned_80").is_between(date(2023, 12, 6), date(2023, 12, 27)), stage.count(3)
    )
    stage.drop("F10", Span(0, 2), per_person(december))
    what = "满八十岁已过60天仍未发放"
    register.defect("R22", "F01", record_keys("F01", december), what, december, 1, 2)
    january = stage.take(person & pl.col("turned_80").is_between(date(2024, 1, 3), date(2024, 1, 28)), stage.count(4))
    stage.drop("F10", Span(0, 2), per_person(january))
    register.hard_negative("R22", "F01", record_keys("F01", january), "满八十岁不足60天", january)
    poor = stage.take(settled() & (pl.col("assist") == "特困") & (pl.col("age") >= 81), stage.count(6))
    register.hard_negative("R22", "F01", record_keys("F01", poor), "特困供养，不另享", poor)
