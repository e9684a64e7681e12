"""Ordinary life after the first month: new numbers, new names, moves, arrivals.

Belongs here: changes that are right and that no rule may take for an error. Does not belong here: births,
deaths and departures (world/), or errors (defects/).
"""

from datetime import date, timedelta

import polars as pl

from pipelines.kit.keys import key_expr
from prefecture.feeds.hukou_events import (
    ARRIVAL,
    LEAVING,
    NEW_NUMBER,
    RENAMING,
    event_rows,
)
from prefecture.feeds.old_age_allowance import allowance_rows
from prefecture.feeds.residents import register_rows
from prefecture.months import FIRST, MONTHS, Month
from prefecture.stage import ALWAYS, Span, Stage, only, per_person
from prefecture.world.names import given_names, surname_of

_EARLIER = date(2023, 9, 15)
_BUSY, _QUIET = MONTHS[1], tuple(MONTHS[i] for i in (3, 7, 11, 16, 21))
_QUIET_SHARE = 0.25


def ordinary() -> pl.Expr:
    """Registered people whose household nobody leaves and nobody dies in after the first month, and whose
    row in F01 carries the current code."""
    return pl.col("is_ordinary")


def change_ordinarily(stage: Stage) -> None:
    """Let people change number, name and place; they are ordinary no more afterwards."""
    stage.settle(stage.people.filter(pl.col("is_newborn") | pl.col("has_old_code")))
    _numbers_changed_earlier(stage)
    for month in (_BUSY, *_QUIET):
        share = 1 if month == _BUSY else _QUIET_SHARE
        _new_numbers(stage, month, share)
        _renamings(stage, month, share)
        _moves(stage, month, share)
        _arrivals(stage, month, share)


def _some(stage: Stage, at_one_percent: float, share: float, least: int = 1) -> int:
    return stage.count(at_one_percent * share, least if share == 1 else 0)


def _day(month: Month) -> date:
    return month.as_of.replace(day=20)


def _new_numbers(stage: Stage, month: Month, share: float) -> None:
    """Police give a new number: F01 deletes one key and adds another; F31, F17 and F10 follow at once, F11,
    F20 and F14 keep the old number."""
    spare = ordinary() & pl.col("spare_id_no").is_not_null()
    adults = stage.take(spare & pl.col("age").is_between(20, 70), _some(stage, 16, share))
    aged = stage.take(spare & (pl.col("age") >= 82) & pl.col("assist").is_null(), _some(stage, 3, share))
    changed = pl.concat([adults, aged])
    new_id = per_person(changed, pl.col("spare_id_no").alias("id_no"))
    for feed in ("F01", "F31", "F17", "F10"):
        stage.edit(feed, Span(month.index), new_id)
    events = event_rows(changed, NEW_NUMBER, pl.lit(_day(month)), old_id_no="id_no", id_no="spare_id_no")
    stage.add("F03", only(month.index), events)
    keys = aged.select(key_expr("F01", ["spare_id_no", "household_no"])).to_series()
    stage.register.hard_negative("R22", "F01", keys, "换号前以旧号领取高龄津贴", aged)


def _numbers_changed_earlier(stage: Stage) -> None:
    """Numbers changed in 2023: F20 still has the old one."""
    changed = stage.take(
        ordinary() & pl.col("spare_id_no").is_not_null() & pl.col("age").is_between(18, 75), stage.count(10)
    )
    stage.add("F03", only(0), event_rows(changed, NEW_NUMBER, pl.lit(_EARLIER), old_id_no="spare_id_no"))
    stage.edit("F20", ALWAYS, per_person(changed, pl.col("spare_id_no").alias("id_no")))


def _renamings(stage: Stage, month: Month, share: float) -> None:
    people = stage.take(ordinary() & pl.col("age").is_between(18, 60), _some(stage, 12, share))
    given = given_names(stage.rng("renamings"), people["sex"].to_numpy(), people["birth"].dt.year().to_numpy())
    renamed = people.with_columns((surname_of("name") + pl.Series(given)).alias("new_name"))
    stage.edit("F01", Span(month.index), per_person(renamed, pl.col("new_name").alias("name")))
    events = event_rows(renamed, RENAMING, pl.lit(_day(month)), old_name="name", name="new_name")
    stage.add("F03", only(month.index), events)


def _moves(stage: Stage, month: Month, share: float) -> None:
    """People marry into another household of the prefecture: the old row is 迁出, a new one 正常."""
    movers = stage.take(
        ordinary()
        & pl.col("relation").is_in(["20", "30"])
        & pl.col("age").is_between(20, 45)
        & pl.col("assist").is_null(),
        _some(stage, 10, share, 2),
    )
    hosts = stage.take(ordinary() & (pl.col("relation") == "01") & pl.col("age").is_between(20, 60), movers.height)
    movers = movers.head(hosts.height)
    stage.edit("F01", Span(month.index), per_person(movers, pl.lit("迁出").alias("status_name")))
    stage.add("F01", Span(month.index), second_rows(movers, hosts, month))
    stage.add("F03", only(month.index), event_rows(movers, LEAVING, pl.lit(_day(month))))
    arrived = movers.with_columns(hosts["village"])
    arrivals = event_rows(arrived, ARRIVAL, pl.lit(_day(month) + timedelta(days=3)))
    stage.add("F03", only(month.index), arrivals)
    keys = movers.select(key_expr("person", ["id_no"])).to_series()
    stage.register.hard_negative("R08", "F01", keys, "婚迁：原户已迁出，新户正常", movers)


def second_rows(people: pl.DataFrame, hosts: pl.DataFrame, month: Month) -> pl.DataFrame:
    """Rows of F01 that put each of `people` into the household of the host beside him, as other relative."""
    there = [hosts[c] for c in ("household_no", "village", "hukou_address", "since")]
    since = pl.max_horizontal(pl.lit(date(2023, 8, 1)), pl.col("since")).alias("registered_on")
    placed = (
        people.drop("household_no", "village", "hukou_address", "since")
        .with_columns(*there, pl.lit("97").alias("relation"))
        .with_columns(pl.col("village").alias("division_code"), since)
    )
    return register_rows(placed, month)


def _arrivals(stage: Stage, month: Month, share: float) -> None:
    """People without registration here become registered, each in a household of his own."""
    arrivals = stage.take(
        pl.col("is_floating") & (pl.len().over("household") == 1) & ~pl.col("id_no").str.contains("^8"),
        _some(stage, 6, share),
    )
    registered = arrivals.with_columns(pl.lit(False).alias("is_floating"), pl.lit("01").alias("relation"))
    stage.add("F01", Span(month.index), register_rows(registered, month))
    stage.add("F03", only(month.index), event_rows(arrivals, ARRIVAL, pl.lit(_day(month))))


def left_payees(stage: Stage) -> None:
    """Old people who moved away in the year before: a last row 停发 in January, and no allowance to be
    missed."""
    gone = pl.col("left_date") <= FIRST.as_of
    aged = stage.people.filter(gone & (pl.col("age") >= 81) & ~pl.col("is_floating"))
    rows = allowance_rows(aged, FIRST.month).with_columns(
        pl.lit("停发").alias("status_name"), pl.lit(0.0).alias("amount")
    )
    stage.drop("F10", only(0), rows, on=("_pid", "pay_month"))
    stage.add("F10", only(0), rows)
    keys = aged.select(key_expr("F01", ["id_no", "household_no"])).to_series()
    stage.register.hard_negative("R22", "F01", keys, "户口已迁出，津贴停发", aged)
    stage.settle(aged)
