"""Empty houses of F31 on which errors are planted, none of them twice.

Belongs here: choosing them. Does not belong here: what is wrong with them.
"""

import polars as pl

from prefecture.players import SILENT_COUNTY
from prefecture.stage import Stage

_NOTED_IN = ("F29", "F31")


class EmptyHouses:
    """Rows 空置 of F31 where the survey is delivered every month and about which nothing was noted so far,
    with their `township`, in random order. The first half of the list is left to those who take its head."""

    def __init__(self, stage: Stage) -> None:
        changes = [c.table for feed in _NOTED_IN for c in stage.log.changes.get(feed, [])]
        noted = [pid for table in changes if "_pid" in table.columns for pid in table["_pid"]]
        rows = stage.truth("F31").filter(pl.col("name").is_null())
        rows = rows.slice(rows.height // 2).filter(
            ~pl.col("grid_code").str.starts_with(SILENT_COUNTY), ~pl.col("_pid").is_in(noted)
        )
        rows = rows.with_columns(pl.col("grid_code").str.head(9).alias("township"))
        self._left = rows[stage.rng("empty houses").permutation(rows.height)]

    def take(self, count: int, where: pl.Expr | None = None) -> pl.DataFrame:
        """Up to `count` houses that meet `where` and were not taken before."""
        found = self._left if where is None else self._left.filter(where)
        chosen = found.head(count)
        self._left = self._left.join(chosen, on="_pid", how="anti", maintain_order="left")
        return chosen
