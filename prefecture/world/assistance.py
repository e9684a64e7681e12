"""Who is entitled to social assistance.

Belongs here: the category people are in for the whole time. Does not belong here: payments (feeds/).
"""

import numpy as np
import polars as pl

_ASSISTED_SHARE, _ALONE_SHARE = 0.013, 0.05


def with_assistance(people: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Add `assist` (category of F08 or null), `head_id_no` and `turned_80` (80th birthday)."""
    lot, kind = rng.random(people.height), rng.random(people.height)
    may = ~(people["is_newborn"] | people["is_floating"]).to_numpy()
    alone = people.select((pl.len().over("household") == 1) & (pl.col("age") >= 60)).to_series().to_numpy()
    assist = np.full(people.height, "", dtype="U4")
    chosen = may & (lot < _ASSISTED_SHARE)
    assist[chosen] = np.select([kind < 0.72, kind < 0.86], ["低保", "低边"], "临时救助")[chosen]
    assist[may & alone & (lot > 1 - _ALONE_SHARE)] = "特困"
    heads = people.filter(pl.col("relation") == "01").select("household", pl.col("id_no").alias("head_id_no"))
    return people.with_columns(
        pl.Series("assist", assist).replace("", None), pl.col("birth").dt.offset_by("80y").alias("turned_80")
    ).join(heads, on="household", how="left", maintain_order="left")
