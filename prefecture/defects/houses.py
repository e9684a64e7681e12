"""R12: houses said to be empty that are not, and lived in without anyone living there.

Belongs here: the state of houses in F31. Does not belong here: their numbers (house_numbers.py), or how many
live in one (crowding.py).

R12 finds a house (entity `house`, house_no) of F31 as last delivered, when
  * one of its rows says 空置 and another names a person and does not say 空置; or
  * none of its rows names anybody, and one says 自有, 租住 or 独居; or
  * it has a row 空置, and a ticket of F29 bears its house_address word for word, received after that row's
    survey_date and in the 90 days up to the business date.
An owner noted on the row 空置 itself is no resident of the house.
"""

from datetime import date

import polars as pl

from prefecture.defects.common import Wave, entity_keys, is_resurveyed, plant_wave, settled, waves
from prefecture.defects.empty_houses import EmptyHouses
from prefecture.feeds.hotline_tickets import ticket_rows
from prefecture.feeds.survey import survey_no
from prefecture.months import FIRST, Month
from prefecture.stage import ALWAYS, Span, Stage, only
from prefecture.world.incidents import HOTLINE
from prefecture.world.names import officers
from prefecture.world.phones import phone_of

_DOUBLE_FROM = 1_000_000_000
_FORGOTTEN_AFTER = 3
_WATER, _SERIAL = "10", 6_000_000
_NOBODY = tuple(pl.lit(None, pl.String).alias(c) for c in ("name", "id_no", "phone"))


def plant_houses(stage: Stage) -> None:
    """Plant R12: at 1 % 8 houses listed twice, 6 without people and 6 with tickets in the first month, 2 of
    each in the second, one every fourth month after it. Some of the first two kinds are put right; tickets
    are forgotten after 90 days."""
    empty = EmptyHouses(stage)
    for wave in waves(8, 2, 1, fixed=1 / 4):
        _listed_twice(stage, wave)
    for wave in waves(6, 2, 1, fixed=1 / 3):
        houses = empty.take(wave.count(stage))
        table = houses.select("_pid", pl.lit("自有").alias("living_type"))
        plant_wave(stage, wave, "R12", "F31", _who(houses), table, _keys(houses), "登记为自住，但无任何居住人")
    for wave in waves(6, 2, 1):
        _complained_of(stage, wave, empty.take(wave.count(stage), pl.col("survey_date") < date(2024, 1, 10)))
    _harmless(stage, empty)


def _keys(houses: pl.DataFrame) -> pl.Series:
    return entity_keys("house", houses, "house_no")


def _who(houses: pl.DataFrame) -> pl.DataFrame:
    return houses.select(pid="_pid", township="township")


def _listed_twice(stage: Stage, wave: Wave) -> None:
    people = stage.take(settled() & is_resurveyed() & stage.listed("F31"), wave.count(stage))
    rows = stage.rows("F31", people).with_columns(
        pl.col("_pid") + _DOUBLE_FROM, *_NOBODY, pl.lit("空置").alias("living_type")
    )
    rows = rows.with_columns(survey_no())
    fixed = wave.fixed_of(people.height)
    stage.add("F31", Span(wave.since, wave.until), rows.head(fixed))
    stage.add("F31", Span(wave.since), rows.slice(fixed))
    untils = wave.untils(people.height)
    stage.register.defect("R12", "F31", _keys(people), "同一房屋既登记空置又登记有人", people, wave.since, untils)


def _complained_of(stage: Stage, wave: Wave, houses: pl.DataFrame) -> None:
    """The water does not run in a house where nobody is said to live."""
    turn = pl.int_range(pl.len()) % 15
    received = pl.lit(wave.month.start).cast(pl.Datetime("ms")) + pl.duration(days=9 + turn, hours=10)
    _call(stage, wave.month, houses.with_columns(received.alias("reported")))
    until = wave.since + _FORGOTTEN_AFTER
    stage.register.defect("R12", "F31", _keys(houses), "登记空置，近期却有热线诉求", _who(houses), wave.since, until)


def _call(stage: Stage, month: Month, houses: pl.DataFrame) -> None:
    """A ticket about each of the houses, from someone nobody has on a list."""
    reports = houses.select(
        "_pid",
        "grid_code",
        "house_no",
        "reported",
        pl.col("house_no").str.head(12).alias("residence"),
        pl.Series("name", officers(stage.rng("callers"), houses.height), dtype=pl.String),
        phone_of("_pid").alias("phone"),
        (_SERIAL + pl.col("_pid") % 1_000_000).alias("serial"),
        pl.lit(HOTLINE).alias("platform"),
        pl.lit(_WATER).alias("class_code"),
        pl.lit(1).alias("sex"),
        pl.lit(False).alias("is_collective"),
        pl.lit(0).alias("part_no"),
        *(pl.lit(0.5).alias(lot) for lot in ("lot", "lot_2", "lot_3")),
        pl.lit(None, pl.String).alias("first_platform"),
        pl.lit(None, pl.Int64).alias("first_serial"),
        pl.lit(None, pl.Datetime("ms")).alias("first_reported"),
    )
    stage.add(HOTLINE, only(month.index), ticket_rows(reports, stage.world, month))


def _harmless(stage: Stage, empty: EmptyHouses) -> None:
    owned = empty.take(stage.count(6, 2))
    stage.edit("F31", ALWAYS, _owners(stage, owned))
    stage.register.hard_negative("R12", "F31", _keys(owned), "空置，注明了在外的房主", _who(owned))
    holiday = empty.take(stage.count(6, 2))
    stage.edit("F31", ALWAYS, _owners(stage, holiday).with_columns(pl.lit("自有").alias("living_type")))
    stage.register.hard_negative("R12", "F31", _keys(holiday), "外地业主的度假房，无身份证号", _who(holiday))
    since = empty.take(stage.count(5, 1), pl.col("survey_date") >= date(2023, 12, 15))
    turn = pl.int_range(pl.len()) % 25
    received = pl.lit(date(2023, 11, 10)).cast(pl.Datetime("ms")) + pl.duration(days=turn, hours=9)
    _call(stage, FIRST, since.with_columns(received.alias("reported")))
    stage.register.hard_negative("R12", "F31", _keys(since), "热线诉求在先，摸排时已搬空", _who(since))


def _owners(stage: Stage, houses: pl.DataFrame) -> pl.DataFrame:
    names = pl.Series("name", officers(stage.rng("owners"), houses.height), dtype=pl.String)
    return houses.select("_pid", names, phone_of("_pid").alias("phone"))
