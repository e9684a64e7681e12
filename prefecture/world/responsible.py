"""Who answers for stores, teams and risk points.

Belongs here: the few people of a township who are named in such lists. Does not belong here: what they answer
for. All of them live, and live here, through all months: whoever is found dead in a list was planted.
"""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from prefecture.world.world import World

_SHARE, _LEAST = 0.006, 1


def can_answer() -> pl.Expr:
    """Registered adults of working age who neither die nor leave in any month."""
    return (
        pl.col("age").is_between(28, 58)
        & pl.col("death_date").is_null()
        & pl.col("left_date").is_null()
        & ~pl.col("is_floating")
        & ~pl.col("is_collective")
        & ~pl.col("is_newborn")
        & ~pl.col("has_old_code")
        & pl.col("namesake").is_null()
    )


def draw_responsible(world: "World") -> pl.DataFrame:
    """`pid`, `name`, `id_no`, `phone`, `township` of one adult in 170 and at least one of a township, township
    by township."""
    lots = world.stream("responsible").random(world.people.height)
    pool = world.people.with_columns(pl.Series("lot", lots)).filter(can_answer())
    rank, size = pl.col("lot").rank("ordinal").over("township"), pl.len().over("township")
    chosen = pool.filter(rank <= (size * _SHARE).ceil().clip(_LEAST)).sort("township", "pid")
    return responsible_columns(chosen)


def responsible_columns(people: pl.DataFrame) -> pl.DataFrame:
    """What lists say of these people."""
    return people.select("pid", "name", "id_no", "phone", "township")


def someone_of(world: "World", township: pl.Series, lots: np.ndarray, further: np.ndarray | int = 0) -> pl.DataFrame:
    """One responsible person of each township, row by row; of any township where there is none. With `further`, the
    person so many places further on in the list, who may be of the next township."""
    people = world.responsible
    spans = people.with_row_index("first").group_by("township").agg(pl.col("first").min(), pl.len().alias("size"))
    found = township.to_frame("township").join(spans, on="township", how="left", maintain_order="left")
    first = found["first"].fill_null(0).to_numpy().astype(np.int64)
    size = found["size"].fill_null(people.height).to_numpy().astype(np.int64)
    return people.drop("township")[(first + np.floor(lots * size).astype(np.int64) + further) % people.height]
