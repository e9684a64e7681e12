"""What monthly payments have in common.

Belongs here: who is there when a month begins. Does not belong here: any one benefit.
"""

from datetime import date

import polars as pl


def start_of(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def may_be_paid(month: str) -> pl.Expr:
    """True for people alive and registered when the month began: the month of death is still paid."""
    start = start_of(month)
    gone = (pl.col("death_date") < start) | (pl.col("left_date") < start)
    return ~gone.fill_null(False)
