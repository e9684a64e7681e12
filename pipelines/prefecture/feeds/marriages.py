"""F07: marriages and divorces registered.

Belongs here: registrations of the sample's months. Does not belong here: households.
"""

from datetime import date

import numpy as np
import polars as pl

from pipelines.prefecture.feeds.feed import Feed
from pipelines.prefecture.months import FIRST
from pipelines.prefecture.world import households as roles
from pipelines.prefecture.world.lots import days_between
from pipelines.prefecture.world.vital import is_present
from pipelines.prefecture.world.world import World

_PER_MONTH = 37
LAYOUT = {
    "cert_no": "登记证号",
    "husband_id_no": "男方身份号码",
    "husband_name": "男方姓名",
    "wife_id_no": "女方身份号码",
    "wife_name": "女方姓名",
    "registered_date": "登记日期",
    "registration_type": "登记类型",
}


def registrations(world: World, month: str) -> pl.DataFrame:
    """Rows of F07 of one month (YYYY-MM) between couples of the prefecture, with `_pid` of the husband."""
    rng, at = world.stream(f"marriages {month}"), date.fromisoformat(f"{month}-01")
    couples = world.people.filter(
        is_present(max(at, FIRST.as_of)) & (pl.col("role") <= roles.SPOUSE) & pl.col("age").is_between(23, 45)
    )
    men, women = (couples.filter(pl.col("sex") == s) for s in (1, 2))
    pairs = men.join(women.select("household", "id_no", "name", "pid"), on="household", suffix="_wife")
    pairs = pairs[np.sort(rng.permutation(pairs.height)[: world.scaled(_PER_MONTH, 10)])]
    last = np.datetime64(month, "M").astype("datetime64[D]") + 24
    number = pl.col("pid").cast(pl.String).str.zfill(9)
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


FEED = Feed(
    code="F07",
    title="婚姻登记",
    kind="events",
    rows=lambda world, month: registrations(world, month.month),
    keys=("cert_no",),
    order=("registered_date", "_pid"),
    layout=LAYOUT,
    encoding="utf-8-sig",
    people=(("husband_id_no", "_pid"), ("wife_id_no", "_wife")),
    table="hy_dengji",
)
