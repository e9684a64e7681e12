"""The dated standards benefits are paid by.

Belongs here: looking them up for a day. Does not belong here: who is paid (a file a feed).
"""

from datetime import date
from functools import cache
from pathlib import Path

import polars as pl


@cache
def _table(reference: Path) -> pl.DataFrame:
    return pl.read_csv(
        reference / "benefits" / "standards.csv", schema_overrides={"amount": pl.Float64}, try_parse_dates=True
    )


def standards(reference: Path, scheme: str, on: date) -> dict[str, float]:
    """Amounts in force on a day, by category of the scheme (F08, F10 or F35)."""
    rows = _table(reference).filter((pl.col("scheme") == scheme) & (pl.col("valid_from") <= on))
    last = rows.sort("valid_from").unique("category", keep="last", maintain_order=True)
    return dict(last.select("category", "amount").iter_rows())
