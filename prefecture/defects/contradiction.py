"""R02: numbers that contradict the birth date or the sex beside them.

Belongs here: wrong birth dates and sexes next to valid numbers. Does not belong here: wrong numbers
(identity.py).
"""

from datetime import timedelta

import polars as pl

from prefecture.defects.common import (
    Wave,
    is_allowance_delivered,
    plain,
    settled,
    waves,
)
from prefecture.defects.identity import overwrite, overwrite_payment
from prefecture.stage import Stage

_WHAT = "与号码中的生日或性别不符"


def plant_contradictions(stage: Stage) -> None:
    """Plant R02. Birth dates are wrong by ten days inside one month, so that no age moves."""
    early = pl.col("birth").dt.day() <= 15
    other_sex = (3 - pl.col("sex")).cast(pl.String)
    other_day = pl.col("birth") + timedelta(days=10)
    registered, insured = plain() & early & (pl.col("age") < 70), plain() & early & stage.listed("F20")
    for feed, where, column, value, when in (
        ("F01", registered, "sex_code", other_sex, waves(6, 2, 1, fixed=1 / 3)),
        ("F01", registered, "birth_date", other_day, waves(3)),
        ("F20", insured, "sex_code", other_sex, waves(4, later=0.5)),
        ("F20", insured, "birth_date", other_day, waves(4)),
    ):
        for wave in when:
            people = stage.take(where, wave.count(stage))
            overwrite(stage, wave, feed, people, column, people.select(value).to_series(), rule="R02", what=_WHAT)
    payee = settled() & early & pl.col("age").is_between(82, 87) & pl.col("assist").is_null()
    for wave, where in ((Wave(0, 2), payee), (Wave(1, 1), payee & is_allowance_delivered())):
        people = stage.take(where, wave.count(stage))
        overwrite_payment(stage, wave, "F10", people, "birth_date", people.select(other_day).to_series(), "R02", _WHAT)
