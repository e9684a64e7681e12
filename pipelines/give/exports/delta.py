"""What changed between two states of an export, and the way back.

Belongs here: `difference` and `applied`, inverse to each other. Does not belong here: which two states
(issue.py).
"""

from collections.abc import Sequence

import polars as pl

from pipelines.give.exports.contract import CHANGE

ADDED, CHANGED, REMOVED = CHANGE.code_list


def difference(
    before: pl.DataFrame, after: pl.DataFrame, keys: Sequence[str], order: Sequence[str]
) -> pl.DataFrame:
    """Rows to tell, in `order`: 新增 and 变更 as they are now, 删除 as they were; `change_type` first.

    Both states have the same columns and no key twice.
    """
    keys = list(keys)
    fresh = after.join(before, on=after.columns, how="anti", nulls_equal=True)
    is_known = fresh.join(before.select(keys), on=keys, how="semi")
    parts = [
        (ADDED, fresh.join(before.select(keys), on=keys, how="anti")),
        (CHANGED, is_known),
        (REMOVED, before.join(after.select(keys), on=keys, how="anti")),
    ]
    told = pl.concat([rows.select(pl.lit(kind).alias(CHANGE.name), pl.all()) for kind, rows in parts])
    return told.sort(order, nulls_last=True)


def applied(
    before: pl.DataFrame, told: pl.DataFrame, keys: Sequence[str], order: Sequence[str]
) -> pl.DataFrame:
    """The state after `told`, in `order`."""
    kept = before.join(told.select(keys), on=list(keys), how="anti")
    now = told.filter(pl.col(CHANGE.name) != REMOVED).drop(CHANGE.name)
    return pl.concat([kept, now]).sort(order, nulls_last=True)
