"""R20: subsidies paid after death.

Belongs here: payments to people dead in every register. Does not belong here: people whose death the police
register missed (missed_deaths.py).
"""

from datetime import date

import polars as pl

from prefecture.answers import Replies, record_answers
from prefecture.defects.common import is_allowance_delivered, payee_keys
from prefecture.feeds.old_age_allowance import allowance_rows
from prefecture.feeds.social_assistance import assistance_rows
from prefecture.months import FIRST, MONTHS
from prefecture.stage import ALWAYS, Stage, only
from prefecture.world.vital import is_dead

DEAD, ALIVE = "确认已死亡", "确认健在"
_CARD_VALID_TO = date(2030, 6, 30)
_REPLIES = Replies(
    "R20",
    None,
    truth=(DEAD,),
    behaviour=("right", "late", "right", "none", "wrong"),
    instead={"wrong": ALIVE},
)


def plant_paid_dead(stage: Stage) -> None:
    """Plant R20, and payments in the month of death or for the time before it."""
    _paid_after_death(stage)
    _paid_on(stage)
    _paid_rightly(stage)


def _paid_after_death(stage: Stage) -> None:
    """R20 in F10, F08 and F11; history cannot be undone, so it stays found."""
    long_dead = (
        is_dead(date(2023, 12, 20))
        & (pl.col("death_date") >= date(2023, 6, 1))
        & pl.col("stays")
        & ~pl.col("is_collective")
    )

    def note(feed: str, people: pl.DataFrame, what: str) -> None:
        keys = payee_keys(feed, people)
        plays = people["township"].is_in(stage.players)
        record_answers(stage, people.filter(plays), _REPLIES, keys.filter(plays), feed)
        stage.register.defect("R20", feed, keys, what, people)

    aged = stage.take(
        long_dead & (pl.col("age") >= 81) & pl.col("assist").is_null(),
        stage.count(16, 3),
        playing=stage.count(6, 2),
    )
    for month in FIRST.months:
        unpaid = aged.filter(pl.col("death_date") < date.fromisoformat(f"{month}-01"))
        stage.add("F10", only(0), allowance_rows(unpaid, month))
    note("F10", aged, "身故后仍发高龄津贴")
    poor = stage.take(
        long_dead & pl.col("assist").is_null() & pl.col("age").is_between(40, 78),
        stage.count(7, 2),
        playing=stage.count(3),
    )
    poor = poor.with_columns(pl.lit("低保").alias("assist"))
    for month in FIRST.months:
        stage.add("F08", only(0), assistance_rows(poor, month))
    note("F08", poor, "身故后仍发低保")
    carded = stage.take(
        long_dead & pl.col("assist").is_null() & (pl.col("age") < 78) & ~stage.listed("F11"),
        stage.count(4),
        playing=1,
    )
    stage.add("F11", ALWAYS, _paid_cards(carded))
    note("F11", carded, "身故后仍发残疾人补贴")


def _paid_on(stage: Stage) -> None:
    """Deaths of one month, paid for in the next one, and now and then in two more."""
    for since in (1, 4, 8, 12, 16, 20):
        before = MONTHS[since - 1]
        died = (pl.col("death_date") >= before.start) & (pl.col("death_date") <= before.as_of)
        people = stage.take(
            died & pl.col("stays") & (pl.col("age") >= 81) & pl.col("assist").is_null() & is_allowance_delivered(),
            stage.count(4 if since == 1 else 1, 1 if since == 1 else 0),
        )
        for month in MONTHS[since : since + (1 if since == 1 else 3)]:
            stage.add("F10", only(month.index), allowance_rows(people, month.month))
        stage.register.defect("R20", "F10", payee_keys("F10", people), "上月死亡，次月仍发", people, since)


def _paid_cards(people: pl.DataFrame) -> pl.DataFrame:
    return people.select(
        pl.col("pid").alias("_pid"),
        (pl.col("id_no") + "43").alias("card_no"),
        "name",
        pl.lit("4").alias("class_code"),
        pl.lit("3").alias("level_code"),
        pl.lit(_CARD_VALID_TO).alias("valid_to"),
        pl.lit("生活补贴").alias("subsidy_type"),
        pl.lit("发放").alias("subsidy_status"),
        pl.col("village").alias("division_code"),
    )


def _paid_rightly(stage: Stage) -> None:
    register = stage.register
    in_window = (
        is_dead(FIRST.as_of)
        & (pl.col("death_date") >= date(2023, 11, 1))
        & (pl.col("age") >= 81)
        & pl.col("assist").is_null()
    )
    december = stage.take(in_window & (pl.col("death_date") < date(2024, 1, 1)), stage.count(4))
    stage.add("F10", only(0), allowance_rows(december, FIRST.month, remark="补发2023年10月津贴"))
    register.hard_negative("R20", "F10", payee_keys("F10", december), "身故后补发以前月份", december)
    paid = stage.truth("F10").join(stage.people.select(pl.col("pid").alias("_pid"), "death_date"), on="_pid")
    same_month = paid.filter(pl.col("pay_month") == pl.col("death_date").dt.strftime("%Y-%m"))["_pid"]
    month_of_death = stage.take(in_window & stage.among(same_month), stage.count(6))
    keys = payee_keys("F10", month_of_death)
    register.hard_negative("R20", "F10", keys, "死亡当月照发", month_of_death)
    stopped = stage.take(is_dead(FIRST.as_of) & stage.listed("F11"), stage.count(4))
    register.hard_negative("R20", "F11", payee_keys("F11", stopped), "残疾人补贴已停发", stopped)
