"""F07: marriages and divorces registered.

Belongs here: registrations of the sample's months. Does not belong here: households.
"""

import numpy as np
import polars as pl

from pipelines.prefecture.world import households as roles
from pipelines.prefecture.world.lots import days_between, scaled, stream
from pipelines.prefecture.world.vital import is_present

_PER_MONTH = 37


def registrations(people: pl.DataFrame, month: str, scale: float, seed: int) -> pl.DataFrame:
    """Rows of F07 of one month (YYYY-MM) between couples of the prefecture, with `_pid` of the husband."""
    rng = stream(seed, f"marriages {month}")
    couples = people.filter(
        is_present() & (pl.col("role") <= roles.SPOUSE) & pl.col("age").is_between(23, 45)
    )
    men, women = (couples.filter(pl.col("sex") == s) for s in (1, 2))
    pairs = men.join(women.select("household", "id_no", "name", "pid"), on="household", suffix="_wife")
    pairs = pairs[np.sort(rng.permutation(pairs.height)[: scaled(_PER_MONTH, scale, 10)])]
    last = np.datetime64(month, "M").astype("datetime64[D]") + 24
    number = (pl.int_range(pl.len()) + 1).cast(pl.String).str.zfill(6)
    return pairs.select(
        pl.col("pid").alias("_pid"),
        pl.col("pid_wife").alias("_wife"),
        (pl.lit(f"J3706{month.replace('-', '')}") + number).alias("cert_no"),
        pl.col("id_no").alias("husband_id_no"),
        pl.col("name").alias("husband_name"),
        pl.col("id_no_wife").alias("wife_id_no"),
        pl.col("name_wife").alias("wife_name"),
        pl.Series(days_between(rng, f"{month}-01", str(last), pairs.height)).alias("registered_date"),
        pl.Series(rng.choice(np.array(["结婚", "离婚", "补领"]), pairs.height, p=[0.6, 0.25, 0.15])).alias(
            "registration_type"
        ),
    )
