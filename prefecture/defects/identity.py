"""R01: resident numbers that cannot be.

Belongs here: whose number is damaged, in which feed. The damaged row is always one from which nothing else
follows. Does not belong here: the kinds of damage (identity_numbers.py), numbers that only look wrong
(lookalikes.py).
"""

import polars as pl

from prefecture.defects.common import (
    Wave,
    entity_keys,
    is_resurveyed,
    keys_with,
    plain,
    plant_wave,
    record_keys,
    settled,
    waves,
)
from prefecture.defects.identity_numbers import damaged, fifteen_digits
from prefecture.feeds import FEEDS
from prefecture.months import FIRST, MONTHS
from prefecture.stage import ALWAYS, Stage, only, per_person
from prefecture.world.vital import has_left, is_dead

_TYPED = ("checksum", "short", "region", "date", "zeros", "long")
_INVALID = "号码无效"


def plant_identity(stage: Stage) -> None:
    """Plant R01."""
    _in_payments(stage)
    _in_insurance(stage)
    _in_survey(stage)
    _in_register(stage)
    _in_events(stage)
    _in_marriages(stage)
    _in_enterprises(stage)


def overwrite(
    stage: Stage,
    wave: Wave,
    feed: str,
    people: pl.DataFrame,
    column: str,
    values: pl.Series,
    rule: str = "R01",
    what: str = _INVALID,
) -> None:
    """Overwrite `column` in the people's rows for the wave's months and register it."""
    table = per_person(people, values.alias(column))
    plant_wave(stage, wave, rule, feed, people, table, keys_with(stage, feed, people, table), what)


def overwrite_payment(
    stage: Stage,
    wave: Wave,
    feed: str,
    people: pl.DataFrame,
    column: str,
    values: pl.Series,
    rule: str = "R01",
    what: str = _INVALID,
) -> None:
    """Overwrite `column` in one month's payment; what was once paid wrongly stays wrong."""
    month = wave.month.month
    table = per_person(people, values.alias(column), pl.lit(month).alias("pay_month"))
    stage.edit(feed, only(wave.since), table, ("_pid", "pay_month"))
    paid = stage.rows(feed, people, wave.month).filter(pl.col("pay_month") == month)
    stage.register.defect(rule, feed, record_keys(feed, paid), what, people, wave.since)


def _in_payments(stage: Stage) -> None:
    payee = settled() & (pl.col("assist") == "低保") & (pl.col("age") < 75) & (pl.col("birth").dt.year() < 2000)
    for wave in waves(8, 3, 1):
        people = stage.take(payee, wave.count(stage))
        overwrite_payment(stage, wave, "F08", people, "id_no", damaged(people["id_no"]))


def _in_insurance(stage: Stage) -> None:
    jobs = stage.truth("F17").group_by("_pid").len().filter(pl.col("len") == 1)["_pid"]
    employee = plain() & stage.among(jobs) & (pl.col("birth").dt.year() < 2000)
    for wave in waves(8, 3, 1, fixed=1 / 3):
        people = stage.take(employee, wave.count(stage))
        overwrite(stage, wave, "F17", people, "id_no", damaged(people["id_no"], _TYPED))
    people = stage.take(plain() & stage.listed("F20") & (pl.col("birth").dt.year() < 2000), stage.count(10))
    numbers = damaged(people["id_no"], (*_TYPED, "fifteen_digit"))
    overwrite(stage, Wave(0, 0), "F20", people, "id_no", numbers)


def _in_survey(stage: Stage) -> None:
    seen = plain() & is_resurveyed() & stage.listed("F31") & (pl.col("birth").dt.year() < 2000)
    for wave in waves(12, 4, 2, least=2, fixed=1 / 3):
        people = stage.take(seen, wave.count(stage))
        overwrite(stage, wave, "F31", people, "id_no", damaged(people["id_no"], ("scientific", *_TYPED)))


def _in_register(stage: Stage) -> None:
    """Old 15-digit numbers; some are replaced in the delta by deleting the old key and adding a new one."""
    (wave,) = waves(8, least=2, fixed=1 / 3)
    people = stage.take(plain() & pl.col("age").is_between(41, 70) & (pl.col("relation") != "01"), wave.count(stage))
    overwrite(stage, wave, "F01", people, "id_no", fifteen_digits(people["id_no"]), what="15位旧号码")


def _in_events(stage: Stage) -> None:
    """Only people who are dead or gone in every source."""
    gone = is_dead(FIRST.as_of) & ~pl.col("is_collective")
    with_id = stage.truth("F04").filter(pl.col("id_no").is_not_null())["_pid"]
    people = stage.take(gone & stage.among(with_id), stage.count(2))
    _plant_event(stage, "F04", people, damaged(people["id_no"], ("checksum", "short")))
    people = stage.take(has_left(FIRST.as_of) & pl.col("age").is_between(2, 74), stage.count(2))
    _plant_event(stage, "F03", people, damaged(people["id_no"], ("date", "checksum")))
    holders = stage.take(plain() & stage.listed("F11"), stage.count(2))
    cards = stage.rows("F11", holders)["card_no"]
    spoilt = damaged(cards.str.head(18), ("checksum",)) + cards.str.slice(18)
    overwrite(stage, Wave(0, 0), "F11", holders, "card_no", spoilt)


def _plant_event(stage: Stage, feed: str, people: pl.DataFrame, values: pl.Series) -> None:
    stage.edit(feed, only(0), per_person(people, values.alias("id_no")))
    keys = record_keys(feed, FEEDS[feed].finish(stage.rows(feed, people), FIRST))
    stage.register.defect("R01", feed, keys, _INVALID, people)


def _in_marriages(stage: Stage) -> None:
    for since, count in ((0, 3), (1, 2), (9, 1)):
        month = MONTHS[since]
        couples = stage.take(stage.among(stage.truth("F07", month)["_pid"]), stage.count(count))
        half = (couples.height + 1) // 2
        for party, group in (("husband", couples.head(half)), ("wife", couples.slice(half))):
            column = f"{party}_id_no"
            rows = stage.rows("F07", group, month)
            spoilt = damaged(rows[column], ("checksum", "long")).alias(column)
            stage.edit("F07", only(since), per_person(group, spoilt))
            records = record_keys("F07", rows).to_frame("record")
            keys = entity_keys("marriage_party", records, "record", pl.lit(party))
            stage.register.defect("R01", "F07", keys, "婚姻登记当事人号码无效", group, since)


def _in_enterprises(stage: Stage) -> None:
    firms = stage.take_firms(
        (pl.col("status_name") == "存续") & ~pl.col("has_old_code") & ~pl.col("is_employer"), stage.count(4)
    )
    table = firms.select("_eid", damaged(firms["legal_rep_id_no"], _TYPED).alias("legal_rep_id_no"))
    stage.edit("F14", ALWAYS, table, ("_eid",))
    stage.register.defect("R01", "F14", record_keys("F14", firms), "法定代表人号码无效", firms)
