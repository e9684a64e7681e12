"""Rows of deliveries that are odd as a whole: a late month of marriages, a survey with fewer rows.

Belongs here: what such files hold. Does not belong here: what is done to files (output/deliveries.py).
"""

import polars as pl

from pipelines.prefecture.feeds.marriages import registrations
from pipelines.prefecture.months import FIRST, SECOND
from pipelines.prefecture.output.deliveries import LATE_MARRIAGES, SHRUNK_SURVEY_COUNTY
from pipelines.prefecture.output.parts import CITY
from pipelines.prefecture.stage import Stage, only, per_person

_MISSING = 0.05


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
