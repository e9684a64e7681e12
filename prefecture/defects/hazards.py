"""R41 and R42: hazards not put right, and places inspected twice over.

R41 finds a hazard (key: "hazard", `record_no`) by its last record in F25 of type 隐患整改: not closed on the
business date though `due_date` lies before it; or closed without `evidence_no`; or with `reopen_count` of 2 or more.

R42 finds a place and item (key: "inspected_item", credit code or else `place_no`, `item_code`) that records of type
检查记录 of two departments name within 30 days of each other, unless both bear the same `joint_no`.

Belongs here: planting these. Does not belong here: inspections as they ought to be (world/inspections.py).
"""

from datetime import date, timedelta

import polars as pl

from prefecture.defects.common import entity_keys, waves
from prefecture.defects.places import take_places
from prefecture.feeds.inspections import AGAIN, hazard_rows, inspection_rows
from prefecture.months import MONTHS
from prefecture.stage import ALWAYS, Stage, only
from prefecture.world.inspections import CITY, FIRE, ITEMS, JOINT_ITEM, SAFETY

_ANY = pl.lit(True)
_FIRE_ITEM, _SAFETY_ITEM = ITEMS[0][:2], ITEMS[4][:2]


def plant_hazards(stage: Stage) -> None:
    """Plant R41: 7 overdue, 6 without evidence and 5 reopened in the stock of the 1 % prefecture, 2 each in the
    second month, 5 each later; R42: 8, 3 and 5."""
    _overdue(stage)
    _without_evidence(stage)
    _reopened(stage)
    _put_right(stage)
    _inspected_twice(stage)
    _inspected_rightly(stage)


def _day(month: int, day: int) -> date:
    """A day of the month with this index; negative ones lie before the first."""
    total = 2024 * 12 + month
    return date(total // 12, total % 12 + 1, day)


def _inspection(places: pl.DataFrame, on: date, who: str, item: tuple[str, str], digit: int) -> pl.DataFrame:
    number = pl.lit(f"{on:%Y%m%d}") + pl.col("_eid").cast(pl.String).str.zfill(9) + str(digit)
    return places.with_columns(
        (pl.lit("JC") + number).alias("inspection_no"),
        pl.lit(None, pl.String).alias("joint_no"),
        pl.lit(who).alias("department"),
        pl.lit(item[0]).alias("item_code"),
        pl.lit(item[1]).alias("item_name"),
        pl.lit(on).alias("checked_date"),
        pl.lit(None, pl.String).alias("hazard_no"),
    )


def _hazard(
    places: pl.DataFrame, on: date, due: date, closed: date | None = None, again: date | None = None
) -> pl.DataFrame:
    days = {"due_date": due, "closed_date": closed, "reopened_date": again}
    found = _inspection(places, on, FIRE, _FIRE_ITEM, 3)
    return found.with_columns(
        (pl.lit("YH") + pl.col("inspection_no").str.slice(2)).alias("hazard_no"),
        pl.lit("较大隐患").alias("level_name"),
        *(pl.lit(day, pl.Date).alias(name) for name, day in days.items()),
    )


def _send(stage: Stage, month: int, hazards: pl.DataFrame, *changes: pl.Expr) -> None:
    """Send the hazards as they stand at the end of the month, and the inspection if it was then."""
    rows = hazard_rows(stage.world, hazards, MONTHS[month]).with_columns(*changes)
    stage.add("F25", only(month), rows)
    found = hazards.filter((pl.col("checked_date") >= MONTHS[month].start) | (month == 0))
    stage.add("F25", only(month), inspection_rows(stage.world, found))


def _keys(hazards: pl.DataFrame) -> pl.Series:
    return entity_keys("hazard", hazards, "hazard_no")


def _defect(stage: Stage, hazards: pl.DataFrame, what: str, since: int, untils: pl.Series | None = None) -> None:
    who = hazards.select("_eid", "township")
    stage.register.defect("R41", "F25", _keys(hazards), what, who, since, untils)


def _overdue(stage: Stage) -> None:
    for wave in waves(7, 2, later=1, fixed=0.3):
        places = take_places(stage, _ANY, wave.count(stage))
        first = wave.since == 0
        on, due = (_day(-3, 16), _day(-2, 15)) if first else (_day(wave.since - 1, 11), _day(wave.since, 10))
        hazards = _hazard(places, on, due)
        _send(stage, max(0, wave.since - 1), hazards)
        _defect(stage, hazards, "隐患逾期未整改", wave.since, wave.untils(places.height))
        fixed = hazards.head(wave.fixed_of(places.height))
        if fixed.height:
            closed = fixed.with_columns(pl.lit(_day(wave.until, 6)).alias("closed_date"))
            _send(stage, wave.until, closed)


def _without_evidence(stage: Stage) -> None:
    for wave in waves(6, 2, later=1, fixed=0.3):
        places = take_places(stage, _ANY, wave.count(stage))
        hazards = _hazard(places, _day(wave.since, 4), _day(wave.since, 25), closed=_day(wave.since, 19))
        _send(stage, wave.since, hazards, pl.lit(None, pl.String).alias("evidence_no"))
        _defect(stage, hazards, "隐患已销号，无整改证明材料", wave.since, wave.untils(places.height))
        fixed = hazards.head(wave.fixed_of(places.height))
        if fixed.height:
            _send(stage, wave.until, fixed, pl.lit(_day(wave.until, 5)).alias("updated_date"))


def _reopened(stage: Stage) -> None:
    for wave in waves(5, 2, later=1):
        places = take_places(stage, _ANY, wave.count(stage))
        twice = pl.lit(2, pl.Int64).alias("reopen_count")
        hazards = _hazard(places, _day(wave.since, 3), _day(wave.since + 1, 20), again=_day(wave.since, 22))
        _send(stage, wave.since, hazards, twice, pl.lit(AGAIN).alias("status_name"))
        closed = hazards.with_columns(pl.lit(_day(wave.since + 1, 12)).alias("closed_date"))
        _send(stage, wave.since + 1, closed, twice)
        _defect(stage, hazards, "同一隐患反复两次以上", wave.since)


def _put_right(stage: Stage) -> None:
    def harmless(hazards: pl.DataFrame, what: str) -> None:
        who = hazards.select("_eid", "township")
        stage.register.hard_negative("R41", "F25", _keys(hazards), what, who)

    running = _hazard(take_places(stage, _ANY, stage.count(5, 2)), _day(0, 17), _day(2, 26))
    _send(stage, 0, running)
    _send(stage, 2, running.with_columns(pl.lit(_day(2, 20)).alias("closed_date")))
    harmless(running, "整改期限未到")
    late = _hazard(take_places(stage, _ANY, stage.count(5, 2)), _day(-3, 9), _day(-2, 9), closed=_day(-2, 24))
    _send(stage, 0, late)
    harmless(late, "超期整改，有证明材料")
    once = take_places(stage, _ANY, stage.count(5, 2))
    once = _hazard(once, _day(-1, 5), _day(-1, 28), closed=_day(-1, 25), again=_day(-1, 15))
    _send(stage, 0, once)
    harmless(once, "重新整改一次")


def _alone(stage: Stage, count: int) -> pl.DataFrame:
    """Places of which F25 has nothing but what is planted."""
    places = take_places(stage, _ANY, count)
    stage.drop("F25", ALWAYS, places, ("_eid",))
    return places


def _inspect(stage: Stage, places: pl.DataFrame, visits: tuple[tuple[date, str, tuple[str, str]], ...]) -> pl.DataFrame:
    """Add the visits, each in its month; returns the first."""
    made = [_inspection(places, on, who, item, 4 + i) for i, (on, who, item) in enumerate(visits)]
    for (on, _, _), frame in zip(visits, made, strict=True):
        _add_inspection(stage, on, frame)
    return made[0]


def _add_inspection(stage: Stage, on: date, frame: pl.DataFrame) -> None:
    month = max(0, (on.year - 2024) * 12 + on.month - 1)
    stage.add("F25", only(month), inspection_rows(stage.world, frame))


def _item_keys(inspections: pl.DataFrame) -> pl.Series:
    return entity_keys("inspected_item", inspections, "uscc", "item_code")


def _inspected_twice(stage: Stage) -> None:
    for wave in waves(8, 3, later=1):
        places = _alone(stage, wave.count(stage))
        first = _day(wave.since, 8) if wave.since % 2 == 0 else _day(wave.since - 1, 20)
        visits = ((first, FIRE, _FIRE_ITEM), (first + timedelta(days=15), SAFETY, _FIRE_ITEM))
        seen = _inspect(stage, places, visits)
        who = seen.select("_eid", "township")
        stage.register.defect("R42", "F25", _item_keys(seen), "30日内两个部门检查同一事项", who, wave.since)


def _inspected_rightly(stage: Stage) -> None:
    on = _day(-1, 7)
    again, later = on + timedelta(days=14), on + timedelta(days=45)
    cases = {
        "同一部门复查": ((on, FIRE, _FIRE_ITEM), (again, FIRE, _FIRE_ITEM)),
        "不同检查事项": ((on, FIRE, _FIRE_ITEM), (again, SAFETY, _SAFETY_ITEM)),
        "相隔45日": ((on, FIRE, _FIRE_ITEM), (later, CITY, _FIRE_ITEM)),
    }
    for what, visits in cases.items():
        seen = _inspect(stage, _alone(stage, stage.count(4, 1)), visits)
        stage.register.hard_negative("R42", "F25", _item_keys(seen), what, seen.select("_eid", "township"))
    places = _alone(stage, stage.count(4, 1))
    number = (pl.lit(f"LH{on:%Y%m}") + pl.col("_eid").cast(pl.String).str.zfill(9) + "9").alias("joint_no")
    for digit, who in enumerate((FIRE, SAFETY, CITY), start=4):
        seen = _inspection(places, on, who, JOINT_ITEM, digit).with_columns(number)
        _add_inspection(stage, on, seen)
    stage.register.hard_negative("R42", "F25", _item_keys(seen), "联合检查，同一编号", seen.select("_eid", "township"))
