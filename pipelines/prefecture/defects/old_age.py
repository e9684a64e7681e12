"""R21 and R22: the old-age allowance in the wrong band, or not paid at all.

Belongs here: errors of F10 about the living. Does not belong here: payments to the dead (death.py).
"""

from datetime import date

import polars as pl

from pipelines.prefecture.answers import Replies, record_answers
from pipelines.prefecture.defects.common import (
    is_allowance_delivered,
    payee_keys,
    record_keys,
    settled,
    turns_of,
)
from pipelines.prefecture.feeds.benefits import BANDS, allowance_rows
from pipelines.prefecture.months import FIRST, SECOND
from pipelines.prefecture.stage import BOTH, Stage, per_person

INFORMED, NOT_ELIGIBLE, DECLINED = "已通知申领", "不符合条件", "本人放弃"


def plant_old_age(stage: Stage) -> None:
    """Plant R21 and R22."""
    _bands(stage)
    _right_bands(stage)
    _not_paid(stage)
    _rightly_not_paid(stage)


def _bands(stage: Stage) -> None:
    register = stage.register
    payee = settled() & pl.col("assist").is_null()
    oldest = stage.take(payee & (pl.col("age") >= 101), stage.count(3))
    stage.edit("F10", BOTH, per_person(oldest, pl.lit(BANDS[1]).alias("band_name")))
    register.defect("R21", "F10", payee_keys("F10", oldest), "满百岁未调档", True, True, oldest["township"])
    older = stage.take(payee & pl.col("age").is_between(91, 98) & is_allowance_delivered(), stage.count(8, 2))
    table = per_person(older, pl.lit(BANDS[0]).alias("band_name"), pl.lit(50.0).alias("amount"))
    fixed = older.height // 4
    stage.edit("F10", (1,), table)
    stage.edit("F10", (2,), table.slice(fixed))
    register.defect(
        "R21",
        "F10",
        payee_keys("F10", older),
        "满九十岁未调档",
        True,
        turns_of(older.height, fixed),
        older["township"],
    )
    for turns, count in ((BOTH, 8), ((2,), 3)):
        young = stage.take(
            settled()
            & pl.col("assist").is_null()
            & pl.col("age").is_between(66, 77)
            & is_allowance_delivered(),
            stage.count(count),
        )
        for turn in (FIRST, SECOND):
            if turn.number in turns:
                for month in turn.months:
                    stage.add("F10", (turn.number,), allowance_rows(young, month))
        register.defect(
            "R21", "F10", payee_keys("F10", young), "未满八十岁领取", 1 in turns, True, young["township"]
        )


def _right_bands(stage: Stage) -> None:
    """In the month of a birthday both bands are right."""
    register = stage.register
    in_january = (pl.col("birth").dt.month() == 1) & (pl.col("birth").dt.day() <= 30)
    ninety = stage.take(
        settled() & in_january & (pl.col("birth").dt.year() == 1934) & pl.col("assist").is_null(),
        stage.count(5),
    )
    early = ninety.head((ninety.height + 1) // 2)
    moved = per_person(early, pl.lit(BANDS[1]).alias("band_name"), pl.lit(FIRST.month).alias("pay_month"))
    stage.edit("F10", (1,), moved, ("_pid", "pay_month"))
    register.hard_negative("R21", "F10", payee_keys("F10", ninety), "九十岁生日当月", ninety["township"])
    eighty = stage.take(
        settled() & in_january & (pl.col("birth").dt.year() == 1944) & pl.col("assist").is_null(),
        stage.count(4),
    )
    stage.add("F10", (1,), allowance_rows(eighty, FIRST.month))
    register.hard_negative("R21", "F10", payee_keys("F10", eighty), "八十岁生日当月起发", eighty["township"])


def _not_paid(stage: Stage) -> None:
    register = stage.register
    entitled = settled() & (pl.col("age") >= 81) & pl.col("assist").is_null()
    people = stage.take(entitled & is_allowance_delivered(), stage.count(32, 8), playing=stage.count(14, 6))
    stopped = people.filter(pl.int_range(pl.len()) % 3 == 0)
    never = people.filter(pl.int_range(pl.len()) % 3 != 0)
    plays = people["township"].is_in(stage.players)
    playing = people.filter(plays)
    replies = Replies(
        "R22",
        "F01",
        truth=(INFORMED, NOT_ELIGIBLE, INFORMED, DECLINED),
        behaviour=("right", "right", "right", "right", "late", "none"),
    )
    answered = record_answers(stage, playing, replies, record_keys("F01", playing))
    applied = answered.filter((pl.col("answer_code") == INFORMED) & (pl.col("behaviour") == "right"))["pid"]
    paid_again = pl.concat(
        [applied.head((len(applied) + 1) // 2), people.filter(~plays)["pid"].head(stage.count(4))]
    )
    stage.drop("F10", (1,), never.select(pl.col("pid").alias("_pid")))
    for month in FIRST.months[1:]:
        stage.drop("F10", (1,), per_person(stopped, pl.lit(month).alias("pay_month")), ("_pid", "pay_month"))
    unpaid = people.filter(~pl.col("pid").is_in(paid_again.implode()))
    stage.drop("F10", (2,), per_person(unpaid))
    later = ~people["pid"].is_in(paid_again.implode())
    register.defect(
        "R22", "F01", record_keys("F01", people), "应享未享高龄津贴", True, later, people["township"]
    )
    ended = stage.take(entitled & is_allowance_delivered(), stage.count(4))
    stage.drop("F10", (2,), per_person(ended))
    register.defect("R22", "F01", record_keys("F01", ended), "二月起漏发", False, True, ended["township"])


def _rightly_not_paid(stage: Stage) -> None:
    """Just turned 80: nothing is missed for 60 days. Those of December are missed at the second turn."""
    register = stage.register
    person = settled() & pl.col("assist").is_null()
    december = stage.take(
        person & pl.col("turned_80").is_between(date(2023, 12, 6), date(2023, 12, 27)), stage.count(3)
    )
    stage.drop("F10", BOTH, per_person(december))
    register.defect(
        "R22",
        "F01",
        record_keys("F01", december),
        "满八十岁已过60天仍未发放",
        False,
        True,
        december["township"],
    )
    january = stage.take(
        person & pl.col("turned_80").is_between(date(2024, 1, 3), date(2024, 1, 28)), stage.count(4)
    )
    stage.drop("F10", BOTH, per_person(january))
    register.hard_negative("R22", "F01", record_keys("F01", january), "满八十岁不足60天", january["township"])
    poor = stage.take(settled() & (pl.col("assist") == "特困") & (pl.col("age") >= 81), stage.count(6))
    register.hard_negative("R22", "F01", record_keys("F01", poor), "特困供养，不另享", poor["township"])
