"""Ordinary life between the turns: new numbers, new names, moves, arrivals.

Belongs here: changes that are right and that no rule may take for an error. Does not belong here: births,
deaths and departures of the year (vital.py), or errors (defects/).
"""

from datetime import date, timedelta

import polars as pl

from pipelines.keys import key_expr
from pipelines.prefecture.feeds import events
from pipelines.prefecture.feeds.benefits import allowance_rows
from pipelines.prefecture.feeds.residents import register
from pipelines.prefecture.months import FIRST, SECOND
from pipelines.prefecture.stage import BOTH, Stage, per_person
from pipelines.prefecture.world.lots import stream
from pipelines.prefecture.world.names import given_names
from pipelines.prefecture.world.vital import is_present

_EARLIER = date(2023, 9, 15)
_EVENT_DAY = date(2024, 2, 20)
_ORDINARY = (
    is_present()
    & pl.col("death_date").is_null()
    & ~pl.col("is_floating")
    & ~pl.col("is_newborn")
    & ~pl.col("has_old_code")
)


def ordinary() -> pl.Expr:
    """Registered people present in both turns whose row in F01 carries the current code."""
    return _ORDINARY


def change_ordinarily(stage: Stage) -> None:
    """Let people change number, name and place between the turns; they are ordinary no more afterwards."""
    stage.settle(
        stage.people.filter(
            pl.col("is_newborn") | pl.col("has_old_code") | (pl.col("death_date") > FIRST.as_of)
        )
    )
    _new_numbers(stage)
    _numbers_changed_earlier(stage)
    _renamings(stage)
    _moves(stage)
    _arrivals(stage)


def _new_numbers(stage: Stage) -> None:
    """Police give a new number in February: F01 deletes one key and adds another; F31, F17 and F10 follow at
    once, F11, F20 and F14 keep the old number."""
    spare = ordinary() & pl.col("spare_id_no").is_not_null()
    adults = stage.take(spare & pl.col("age").is_between(20, 70), stage.count(16))
    aged = stage.take(spare & (pl.col("age") >= 82) & pl.col("assist").is_null(), stage.count(3))
    changed = pl.concat([adults, aged])
    new_id = per_person(changed, pl.col("spare_id_no").alias("id_no"))
    for feed in ("F01", "F31", "F17", "F10"):
        stage.edit(feed, (2,), new_id)
    stage.add(
        "F03",
        (2,),
        events.event_rows(
            changed, events.NEW_NUMBER, pl.lit(_EVENT_DAY), old_id_no="id_no", id_no="spare_id_no"
        ),
    )
    keys = aged.select(key_expr("F01", ["spare_id_no", "household_no"])).to_series()
    stage.register.hard_negative("R22", "F01", keys, "换号前以旧号领取高龄津贴", aged["township"])


def _numbers_changed_earlier(stage: Stage) -> None:
    """Numbers changed in 2023: F20 still has the old one at both turns."""
    changed = stage.take(
        ordinary() & pl.col("spare_id_no").is_not_null() & pl.col("age").is_between(18, 75), stage.count(10)
    )
    stage.add(
        "F03", (1,), events.event_rows(changed, events.NEW_NUMBER, pl.lit(_EARLIER), old_id_no="spare_id_no")
    )
    stage.edit("F20", BOTH, per_person(changed, pl.col("spare_id_no").alias("id_no")))


def _renamings(stage: Stage) -> None:
    people = stage.take(ordinary() & pl.col("age").is_between(18, 60), stage.count(12))
    rng = stream(stage.seed, "renamings")
    given = given_names(rng, people["sex"].to_numpy(), (people["age"] > 44).to_numpy())
    renamed = people.with_columns((pl.col("name").str.head(1) + pl.Series(given)).alias("new_name"))
    stage.edit("F01", (2,), per_person(renamed, pl.col("new_name").alias("name")))
    stage.add(
        "F03",
        (2,),
        events.event_rows(renamed, events.RENAMING, pl.lit(_EVENT_DAY), old_name="name", name="new_name"),
    )


def _moves(stage: Stage) -> None:
    """People marry into another household of the prefecture: the old row is 迁出, a new one 正常."""
    count = stage.count(10, 2)
    movers = stage.take(
        ordinary()
        & pl.col("relation").is_in(["20", "30"])
        & pl.col("age").is_between(20, 45)
        & pl.col("assist").is_null(),
        count,
    )
    hosts = stage.take(
        ordinary() & (pl.col("relation") == "01") & pl.col("age").is_between(20, 60), movers.height
    )
    movers = movers.head(hosts.height)
    rows = second_rows(movers, hosts)
    stage.edit("F01", (2,), per_person(movers, pl.lit("迁出").alias("status_name")))
    stage.add("F01", (2,), rows)
    stage.add("F03", (2,), events.event_rows(movers, events.LEAVING, pl.lit(_EVENT_DAY)))
    arrived = movers.with_columns(hosts["village"])
    stage.add("F03", (2,), events.event_rows(arrived, events.ARRIVAL, pl.lit(_EVENT_DAY + timedelta(days=3))))
    keys = movers.select(key_expr("person", ["id_no"])).to_series()
    stage.register.hard_negative("R08", "F01", keys, "婚迁：原户已迁出，新户正常", movers["township"])


def second_rows(people: pl.DataFrame, hosts: pl.DataFrame) -> pl.DataFrame:
    """Rows of F01 that put each of `people` into the household of the host beside him, as other relative."""
    there = [hosts[c] for c in ("household_no", "village", "hukou_address", "since")]
    since = pl.max_horizontal(pl.lit(date(2023, 8, 1)), pl.col("since")).alias("registered_on")
    placed = (
        people.drop("household_no", "village", "hukou_address", "since")
        .with_columns(*there, pl.lit("97").alias("relation"))
        .with_columns(pl.col("village").alias("division_code"), since)
    )
    return register(placed, SECOND)


def _arrivals(stage: Stage) -> None:
    """People without registration here become registered, each in a household of his own."""
    arrivals = stage.take(
        pl.col("is_floating") & (pl.len().over("household") == 1) & ~pl.col("id_no").str.contains("^8"),
        stage.count(6),
    )
    rows = register(
        arrivals.with_columns(pl.lit(False).alias("is_floating"), pl.lit("01").alias("relation")), SECOND
    )
    stage.add("F01", (2,), rows)
    stage.add("F03", (2,), events.event_rows(arrivals, events.ARRIVAL, pl.lit(_EVENT_DAY)))


def left_payees(stage: Stage) -> None:
    """Old people who moved away in the year: a last row 停发 in January, and no allowance to be missed."""
    aged = stage.people.filter(
        pl.col("left_date").is_not_null() & (pl.col("age") >= 81) & ~pl.col("is_floating")
    )
    rows = allowance_rows(aged, FIRST.month).with_columns(
        pl.lit("停发").alias("status_name"), pl.lit(0.0).alias("amount")
    )
    stage.drop("F10", (1,), rows.select("_pid", "pay_month"), on=("_pid", "pay_month"))
    stage.add("F10", (1,), rows)
    keys = aged.select(key_expr("F01", ["id_no", "household_no"])).to_series()
    stage.register.hard_negative("R22", "F01", keys, "户口已迁出，津贴停发", aged["township"])
    stage.settle(aged)
