"""R04: one person under two numbers.

Belongs here: valid numbers that are nobody's, and numbers the police replaced long ago. Does not belong here:
invalid numbers (identity.py), names (names.py).

R04 finds a record (record key)
  a) of F31 or F02 whose number is valid and neither a number in F01 nor an old or new one in F03, when exactly
     one person of F01 has the same normalised name (see names.py), the same first 14 digits (place and birth
     date) and the same sex (digit 17 odd or even);
  b) of F31 or F17 whose number F03 says was replaced (身份证号变更) more than 60 days before.
"""

import polars as pl

from prefecture.defects.common import is_resurveyed, plain, plant_wave, record_keys, settled_elsewhere, waves
from prefecture.feeds.hukou_events import NEW_NUMBER, event_rows
from prefecture.stage import Span, Stage, only, per_person
from prefecture.world.id_numbers import resident_numbers
from prefecture.world.lots import days_between
from prefecture.world.origins import unused_lanes


def plant_two_numbers(stage: Stage) -> None:
    """Plant R04: at 1 % 19 in the stock (a quarter repaired at once), 3 in the second month, 1 in each of five
    later ones."""
    at_home = pl.col("id_no").str.head(6) == pl.col("county_code")
    seen = plain() & is_resurveyed() & at_home & stage.listed("F31")
    abroad = settled_elsewhere() & at_home
    for feed, where, first, second, later in (
        ("F31", seen, 9, 2, 1),
        ("F02", abroad & stage.once("F02") & pl.col("assist").is_null(), 5, 1, 0),
    ):
        for wave in waves(first, second, later, fixed=1 / 4):
            people = stage.take(where, wave.count(stage))
            table = per_person(people, numbers_of_nobody(stage, people).alias("id_no"))
            keys = record_keys(feed, stage.rows(feed, people))
            plant_wave(stage, wave, "R04", feed, people, table, keys, "号码有效但查无此人，与另一号码同名同生日")
    _replaced(stage, seen)
    _two_people(stage, seen)


def numbers_of_nobody(stage: Stage, people: pl.DataFrame) -> pl.Series:
    """A valid number of the same place, birth date and sex for each of `people`, whose own number begins with
    their county's code."""
    county = people["county_code"].cast(pl.Int64).to_numpy()
    offset = stage.rng("numbers of nobody").integers(0, 12, people.height)
    return resident_numbers(county, people["birth"].to_numpy(), people["sex"].to_numpy(), unused_lanes(county), offset)


def _replaced(stage: Stage, seen: pl.Expr) -> None:
    """The survey still has the number of before the change; within 60 days that is no error."""
    for first, last, count, is_late in (
        ("2023-03-01", "2023-11-20", stage.count(5, 2), True),
        ("2023-12-15", "2024-01-20", stage.count(4, 2), False),
    ):
        people = stage.take(seen & (pl.col("age") >= 18), count)
        changed = days_between(stage.rng("number changes"), first, last, people.height)
        people = people.with_columns(
            numbers_of_nobody(stage, people).alias("old_id_no"), pl.Series("changed_on", changed, dtype=pl.Date)
        )
        stage.add("F03", only(0), event_rows(people, NEW_NUMBER, pl.col("changed_on"), old_id_no="old_id_no"))
        span = Span() if is_late else only(0)
        stage.edit("F31", span, per_person(people, pl.col("old_id_no").alias("id_no")))
        keys = record_keys("F31", stage.rows("F31", people))
        if is_late:
            stage.register.defect("R04", "F31", keys, "号码已变更60天以上，仍用旧号", people)
        else:
            stage.register.hard_negative("R04", "F31", keys, "号码变更不足60天", people)


def _two_people(stage: Stage, seen: pl.Expr) -> None:
    twins = stage.take(seen & _alike("birth", "sex", name=pl.col("name").str.slice(1, 1)), stage.count(3, 1))
    fathers = stage.take(seen & _alike("sex", name=pl.col("name")), stage.count(5, 2))
    namesakes = stage.people.filter(pl.col("namesake").is_not_null() & stage.listed("F31")).head(stage.count(6, 4))
    for people, what in (
        (twins, "双胞胎，名字和号码都相近"),
        (fathers, "父子同名"),
        (namesakes, "同名同生日的两个人"),
    ):
        keys = record_keys("F31", stage.rows("F31", people))
        stage.register.hard_negative("R04", "F31", keys, what, people)


def _alike(*columns: str, name: pl.Expr) -> pl.Expr:
    """True for people of a household who are several with the same values of the columns and of `name`."""
    return pl.len().over("household", *columns, name) > 1
