"""R18: sources that disagree about the day of a death.

Belongs here: wrong days in F04 and F05. Does not belong here: deaths a source missed (missed_deaths.py).

R18 finds a person (entity "person", number) for whom the days of death in F03 (死亡注销, event_date), F04
(death_date) and F05 (death_date, never cremation_date) lie more than 3 days apart. Of several F05 rows with one
number (火化证号) the newest counts: corrections are sent again. Certificates without a number are matched as in
R17. Wrong days stay inside the month, so that no payment becomes wrong.
"""

import polars as pl

from prefecture.defects.common import Wave, entity_keys, waves
from prefecture.stage import Stage, only, per_person

_WHAT = "死亡日期相差三天以上"


def plant_death_dates(stage: Stage) -> None:
    """Plant R18: at 1 % 17 in the stock (of F05's a third are sent again, right, the month after), 3 in the
    second month, 2 in each of five later ones."""
    for wave in waves(9, 2, 1):
        people = _dead(stage, "F04", wave, pl.col("death_date").dt.day() <= 15)
        moved = pl.col("death_date") + pl.duration(days=5 + people["pid"] % 5)
        stage.edit("F04", only(wave.since), per_person(people, moved.alias("death_date")))
        _defect(stage, "F04", people, wave)
    for wave in waves(8, 1, 1, fixed=1 / 3):
        people = _dead(stage, "F05", wave, pl.col("death_date").dt.day() >= 12)
        right = stage.rows("F05", people, wave.month)
        moved = pl.col("death_date") - pl.duration(days=5 + people["pid"] % 5)
        stage.edit("F05", only(wave.since), per_person(people, moved.alias("death_date")))
        if wave.until:
            stage.add("F05", only(wave.until), right.head(wave.fixed_of(people.height)).drop("_touched"))
        _defect(stage, "F05", people, wave)
    _harmless(stage)


def _dead(stage: Stage, feed: str, wave: Wave, where: pl.Expr) -> pl.DataFrame:
    """People of families with a row with number in the feed in the wave's month, and one in F03 of the same."""
    known = stage.truth(feed, wave.month).filter(pl.col("id_no").is_not_null())["_pid"]
    same_month = pl.col("death_date") <= wave.month.as_of
    if wave.since:
        same_month &= pl.col("death_date") >= wave.month.start
    listed = stage.among(known) & ~pl.col("is_collective") & pl.col("namesake").is_null()
    return stage.take(listed & same_month & where, wave.count(stage))


def _defect(stage: Stage, feed: str, people: pl.DataFrame, wave: Wave) -> None:
    keys = entity_keys("person", people, "id_no")
    stage.register.defect("R18", feed, keys, _WHAT, people, wave.since, wave.untils(people.height))


def _harmless(stage: Stage) -> None:
    wave = Wave(0, 4, 2)
    near = _dead(stage, "F04", wave, pl.col("death_date").dt.day() <= 20)
    moved = pl.col("death_date") + pl.duration(days=1 + near["pid"] % 3)
    stage.edit("F04", only(0), per_person(near, moved.alias("death_date")))
    late = _dead(stage, "F05", wave, pl.col("death_date").dt.day() <= 10)
    cremated = pl.col("death_date") + pl.duration(days=8 + late["pid"] % 10)
    stage.edit("F05", only(0), per_person(late, cremated.alias("cremation_date")))
    for feed, people, what in (("F04", near, "死亡日期相差三天以内"), ("F05", late, "公安检验后火化，死亡日期一致")):
        stage.register.hard_negative("R18", feed, entity_keys("person", people, "id_no"), what, people)
