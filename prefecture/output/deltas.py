"""What a delta carries: the difference of a register's two states.

Belongs here: new, changed and deleted rows. Does not belong here: why they changed.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl


def delta(before: pl.DataFrame, after: pl.DataFrame, keys: Sequence[str], changed_on: date) -> pl.DataFrame:
    """Rows of `after` that differ from `before` (变更, 新增), and of `before` no longer there (删除).

    Columns starting with `_` are carried along but not compared. Rows of a register that dates its rows
    (`updated_date`) bear the day `changed_on`.
    """
    compared = [c for c in after.columns if not c.startswith("_")]
    fresh = after.join(before.select(compared), on=compared, how="anti", nulls_equal=True, maintain_order="left")
    keys = list(keys)
    known = before.select(keys).unique().with_columns(pl.lit("变更").alias("change_type"))
    fresh = fresh.join(known, on=keys, how="left", maintain_order="left").with_columns(
        pl.col("change_type").fill_null("新增")
    )
    if "updated_date" in fresh.columns:
        fresh = fresh.with_columns(pl.lit(changed_on).alias("updated_date"))
    gone = before.join(after, on=keys, how="anti", maintain_order="left")
    gone = gone.with_columns(pl.lit("删除").alias("change_type"))
    return pl.concat([gone.select(fresh.columns), fresh])
