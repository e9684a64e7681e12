"""Whether ids still stand beside the names they had: of an id column that has slipped by a row every id is valid.

Belongs here: a sample of (id, name) by which two deliveries are compared. Does not belong here: what follows
(breakers.py).
"""

import polars as pl

from pipelines.kit.contracts import Feed

SAMPLE = 16_384
# Fewer people in both samples tell nothing.
ENOUGH = 50
_SCHEMA = {"id": pl.UInt64, "name": pl.UInt64}


class People:
    """The (id, name) with the smallest hashes of ids, so that two deliveries sample the same people."""

    def __init__(self, feed: Feed) -> None:
        self._pair = feed.named_id
        self._held = pl.DataFrame(schema=_SCHEMA)

    def add(self, rows: pl.DataFrame) -> None:
        """Typed rows of the feed."""
        if self._pair is None:
            return
        said = rows.select(id=pl.col(self._pair[0]), name=pl.col(self._pair[1])).drop_nulls()
        both = pl.concat([self._held, said.select(pl.all().hash())])
        self._held = both.unique("id", keep="first").bottom_k(SAMPLE, by="id")

    def sample(self) -> pl.DataFrame:
        """Columns id and name, hashes that hold within one polars version, sorted."""
        return self._held.sort("id")


def renamed_share(before: pl.DataFrame | None, now: pl.DataFrame) -> float | None:
    """Share of the people in both samples who have another name; None for too few of them."""
    if before is None:
        return None
    both = now.join(before, on="id", suffix="_before")
    if both.height < ENOUGH:
        return None
    return round((both["name"] != both["name_before"]).mean(), 4)
