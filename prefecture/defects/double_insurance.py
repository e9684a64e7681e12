"""R29: two medical insurances in one period.

What the rule finds: a person (entity `person`, id; numbers followed through F03) with a row 居民 and a row 职工,
both 正常, in the last F20 that was accepted. One of them 暂停, or one after the other, is right. F20 of the second
month is refused as a whole (R47), so nothing begins or ends there.

Belongs here: F20. Does not belong here: who works (world/employment.py).
"""

import polars as pl

from prefecture.defects.common import Wave, entity_keys, plain
from prefecture.feeds.medical_enrolments import EMPLOYEE, PAUSED, RESIDENT, RUNNING
from prefecture.stage import ALWAYS, Span, Stage, per_person

_WAVES = (Wave(0, 20, 3, 1 / 4, 2), Wave(2, 4, 1), *(Wave(i, 1, 0, 1 / 2, i + 2) for i in (6, 10, 14, 18)))
_CHANGED = 3


def plant_double_insurance(stage: Stage) -> None:
    """At 1 %: 20 in the stock (a quarter ended in the third month), 4 from the third month, 4 later; 12 lookalikes of
    two kinds."""
    for wave in _WAVES:
        people = stage.take(_enrolled(stage), wave.count(stage))
        rows, fixed = _other_kind(stage, people, RUNNING), wave.fixed_of(people.height)
        stage.add("F20", Span(wave.since, wave.until), rows.head(fixed))
        stage.add("F20", Span(wave.since), rows.slice(fixed))
        keys, untils = entity_keys("person", people, "id_no"), wave.untils(people.height)
        stage.register.defect("R29", "F20", keys, "居民和职工医保同时有效", people, wave.since, untils)
    paused = stage.take(_enrolled(stage), stage.count(6))
    stage.add("F20", ALWAYS, _other_kind(stage, paused, PAUSED))
    changed = stage.take(_enrolled(stage), stage.count(6))
    other = _other_kind(stage, changed, RUNNING)["insurance_kind"]
    stage.edit("F20", Span(_CHANGED), per_person(changed, other))
    for people, what in ((paused, "另一险种已暂停"), (changed, "就业后由居民转为职工或反之")):
        stage.register.hard_negative("R29", "F20", entity_keys("person", people, "id_no"), what, people)


def _enrolled(stage: Stage) -> pl.Expr:
    running = stage.truth("F20").filter(pl.col("status_name") == RUNNING)["_pid"]
    return plain() & stage.among(running) & pl.col("age").is_between(18, 70)


def _other_kind(stage: Stage, people: pl.DataFrame, status: str) -> pl.DataFrame:
    """The rows of these people under the other kind of insurance."""
    other = pl.when(pl.col("insurance_kind") == EMPLOYEE).then(pl.lit(RESIDENT)).otherwise(pl.lit(EMPLOYEE))
    rows = people.select(pl.col("pid").alias("_pid")).join(
        stage.truth("F20"), on="_pid", how="left", maintain_order="left"
    )
    nothing = pl.lit(None, pl.Date).alias("last_visit_date")
    return rows.with_columns(other.alias("insurance_kind"), pl.lit(status).alias("status_name"), nothing)
