"""R31: children of listed households who ought to be at school and are on no roll.

Belongs here: children missing from F21 or there as 退学. Does not belong here: who is listed (F22 is right).

The rule finds the F22 row (its record key) of every member of compulsory age whose number (F22.id_no) has no
row in the latest F21 of any county with status 在读, or 休学 or 缓学 with a document_no. The age is measured on
the day D of that F21 (the last of a January or July): born on or before 31 August of year Y - 6, so that grade =
school year of D - entry year + 1 is 1 to 9 (entry year: year of birth + 6, + 7 if born after 31 August; school
year: the year in whose September it began).
"""

import polars as pl

from prefecture.defects.common import record_keys, settled
from prefecture.feeds.poverty_register import members
from prefecture.feeds.school_rolls import document_no
from prefecture.months import FIRST, MONTHS
from prefecture.stage import ALWAYS, Span, Stage, per_person
from prefecture.world.poverty import newly_listed
from prefecture.world.schooling import grade_at, school_names

_WAVES = ((0, 10, 2, 6), (1, 3, 1, 6), (4, 1, 0, 6), (8, 1, 0, 12), (12, 1, 0, 18), (16, 1, 0, 18), (20, 1, 0, None))
_OLDEST_GRADE = 7
_AWAY = ("370602", "370611")


def plant_schooling(stage: Stage) -> None:
    """Plant R31 at 1 %: 10 in the stock, 3 in the second month, 1 each in five later months, all found out when
    their household is listed; every third goes to school from the next roll on. Two of three are on no roll,
    one is there as 退学."""
    grade = grade_at("birth", FIRST.as_of)
    pupil = _may_be_listed(stage) & grade.is_between(1, _OLDEST_GRADE)
    for since, count, least, until in _WAVES:
        people = stage.take(pupil, stage.count(count, least))
        rows = _list(stage, people, since)
        place = pl.int_range(people.height, eager=True)
        untils = pl.select(pl.when(place % 3 == 0).then(pl.lit(until, pl.Int64))).to_series()
        back = people.filter(untils.is_not_null())
        left = pl.lit("退学").alias("status_name"), pl.lit(None, pl.String).alias("document_no")
        stage.drop("F21", Span(0, until), per_person(back))
        stage.drop("F21", ALWAYS, per_person(people.filter(untils.is_null() & (place % 3 != 1))))
        stage.edit("F21", ALWAYS, per_person(people.filter(place % 3 == 1), *left))
        stage.register.defect("R31", "F22", record_keys("F22", rows), "义务教育阶段未在籍在读", people, since, untils)
    _harmless(stage, grade)


def _may_be_listed(stage: Stage) -> pl.Expr:
    """Rural, on no list so far, and never in two schools."""
    schooling = stage.world.schooling
    stays = schooling.filter(pl.col("moved_from").is_null())["_pid"]
    return (
        settled()
        & (pl.col("village").str.slice(9, 1) == "2")
        & stage.among(stays)
        & ~pl.col("household").is_in(stage.world.poverty["household"].implode())
    )


def _list(stage: Stage, people: pl.DataFrame, since: int) -> pl.DataFrame:
    """List the households of these people; returns their own rows."""
    on = MONTHS[since].start if since else FIRST.as_of.replace(year=2023)
    homes = stage.people.filter(pl.col("household").is_in(people["household"].implode()))
    rows = members(homes, newly_listed(people, on), FIRST)
    stage.add("F22", Span(since), rows)
    return people.select(pl.col("pid").alias("_pid")).join(rows, on="_pid", maintain_order="left")


def _harmless(stage: Stage, grade: pl.Expr) -> None:
    may, register = _may_be_listed(stage), stage.register
    away = stage.take(may & grade.is_between(1, 3), stage.count(5, 2))
    _list(stage, away, 0)
    schools = school_names(stage.world).unique("school_county", keep="first", maintain_order=True)
    there = away.select(
        pl.when(pl.col("county_code") == _AWAY[0]).then(pl.lit(_AWAY[1])).otherwise(pl.lit(_AWAY[0])).alias("_county")
    ).join(schools, left_on="_county", right_on="school_county", how="left", maintain_order="left")
    stage.edit("F21", ALWAYS, per_person(away, *there.get_columns()))
    late = stage.take(may & (grade == 1), stage.count(3))
    _list(stage, late, 0)
    paper = document_no("pid", 2023).alias("document_no")
    stage.edit("F21", Span(0, 12), per_person(late, pl.lit("缓学").alias("status_name"), paper))
    done = stage.take(may & grade.is_between(10, 11), stage.count(4))
    _list(stage, done, 0)
    stage.drop("F21", ALWAYS, per_person(done))
    for people, what in ((away, "在外县（市、区）就读"), (late, "经批准延缓入学"), (done, "已初中毕业")):
        keys = record_keys("F22", stage.rows("F22", people))
        register.hard_negative("R31", "F22", keys, what, people)
