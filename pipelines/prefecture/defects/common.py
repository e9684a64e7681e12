"""Who may carry a planted error.

Belongs here: conditions shared by several subjects. Does not belong here: errors.
"""

import polars as pl

from pipelines.prefecture.changes import ordinary
from pipelines.prefecture.deliveries import BROKEN_ALLOWANCE_COUNTY
from pipelines.prefecture.players import SILENT_COUNTY


def settled() -> pl.Expr:
    """Registered in a family, present in both turns, living in the township of registration: every source
    names the same township."""
    return ordinary() & pl.col("stays") & ~pl.col("is_collective") & pl.col("namesake").is_null()


def plain() -> pl.Expr:
    """Settled, younger than 75 and without social assistance."""
    return settled() & (pl.col("age") < 75) & pl.col("assist").is_null()


def is_resurveyed() -> pl.Expr:
    """Lives where the survey is delivered again in the second turn."""
    return ~pl.col("residence").str.starts_with(SILENT_COUNTY)


def is_allowance_delivered() -> pl.Expr:
    """Registered where the second turn's allowance file is readable."""
    return pl.col("county_code") != BROKEN_ALLOWANCE_COUNTY


def turns_of(count: int, fixed: int) -> pl.Series:
    """Found at the second turn? All but the first `fixed` of `count`."""
    return pl.Series([i >= fixed for i in range(count)], dtype=pl.Boolean)
