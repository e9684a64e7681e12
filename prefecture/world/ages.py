"""Ages and dates counted the way laws count them.

Belongs here: whole years, for columns. Does not belong here: who is entitled to what at which age.
"""

from datetime import date

import polars as pl


def completed_years(birth: str, at: date) -> pl.Expr:
    """Age in whole years of a birth date column on a day."""
    day = pl.col(birth)
    had_birthday = day.dt.month().cast(pl.Int32) * 100 + day.dt.day() <= at.month * 100 + at.day
    return at.year - day.dt.year() - pl.when(had_birthday).then(0).otherwise(1)
