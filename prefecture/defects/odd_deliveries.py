"""Rows of deliveries that are odd as a whole: a late month of marriages, a survey with fewer rows, mass changes.

Belongs here: what such files hold. Does not belong here: what is done to files (output/deliveries.py).
"""

import polars as pl

from prefecture.feeds.marriages import registrations
from prefecture.months import FIRST, MONTHS, SECOND
from prefecture.output.mishaps import LARGE_CHANGE, LATE_MARRIAGES, SHRUNK_SURVEY_COUNTY
from prefecture.output.parts import CITY
from prefecture.stage import Span, Stage, only, per_person

_MISSING = 0.05
_REISSUED_COUNTY = "370613"


def send_late_marriages(stage: Stage) -> None:
    """December's marriages come a month late, and once more when the first file was refused."""
    rows = registrations(stage.world, f"{LATE_MARRIAGES[:4]}-{LATE_MARRIAGES[4:]}")
    for month in (FIRST, SECOND):
        stage.send_also("F07", month, CITY, LATE_MARRIAGES, rows)


def shrink_survey(stage: Stage) -> None:
    """One county's survey of the second month lacks one in twenty of its rows, all about ordinary
    households: no error. Comes last, as it uses up households of the county."""
    seen = pl.col("residence").str.starts_with(SHRUNK_SURVEY_COUNTY) & stage.listed("F31", SECOND)
    here = stage.people.filter(seen)
    free = here.filter(pl.Series(stage.free[here["household"].to_numpy()]))
    missing = free.head(round(here.height * _MISSING))
    stage.drop("F31", only(1), per_person(missing))
    stage.settle(missing)


def tidy_up(stage: Stage) -> None:
    """Two registers change much at once, and rightly: shares of rights are written anew, and one county's
    residence permits get new numbers, the old ones being deleted. Only rows about ordinary households."""
    month = MONTHS[LARGE_CHANGE]
    rights = _ordinary(stage, stage.truth("F13", month)).filter(pl.col("share_text") == "100%")
    stage.edit("F13", Span(LARGE_CHANGE), rights.select("right_no", share_text=pl.lit("1/1")), ("right_no",))
    here = pl.col("division_code").str.starts_with(_REISSUED_COUNTY)
    permits = _ordinary(stage, stage.truth("F02", month)).filter(here)
    numbers = pl.col("permit_no").str.replace("JZ", "JZX", literal=True)
    stage.edit("F02", Span(LARGE_CHANGE), permits.select("_pid", numbers))


def _ordinary(stage: Stage, rows: pl.DataFrame) -> pl.DataFrame:
    free = stage.people.filter(pl.Series(stage.free[stage.people["household"].to_numpy()]))
    return rows.filter(pl.col("_pid").is_in(free["pid"].implode()))
