"""Which households are on the list of those lifted out of poverty or at risk of falling back.

Belongs here: the list of 脱贫享受政策户 and 监测户. Does not belong here: who is in these households on a day,
and how it is written (feeds/poverty_register.py).
"""

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from prefecture.months import LAST
from prefecture.world.lots import days_between

if TYPE_CHECKING:
    from prefecture.world.world import World

LIFTED, UNSTABLE, MARGINAL, SUDDEN = "脱贫户", "脱贫不稳定户", "边缘易致贫户", "突发严重困难户"
RISKS = ("因病", "因残", "缺劳动力", "因学", "因意外事故", "缺技术")
MEASURES = (
    "低保兜底、医疗救助",
    "公益岗位、产业分红",
    "产业分红",
    "助学补助、产业分红",
    "临时救助、医疗救助",
    "小额信贷",
)
_ASSISTED_SHARE, _SHARE, _MONITORED_SHARE = 0.45, 0.045, 0.1


def draw_poverty(world: "World") -> pl.DataFrame:
    """One row per household ever listed: `household`, `poor_household_no`, `household_type`, `risk_name`,
    `measure_names`, `identified_date`, `relieved_date` (the risk is over; null: not yet)."""
    rng, people = world.stream("poverty"), world.people
    households = people.group_by("household", maintain_order=True).agg(
        pl.col("county_code").first(),
        pl.col("assist").is_not_null().any().alias("is_assisted"),
        (
            (pl.col("village").first().str.slice(9, 1) == "2")
            & ~pl.col("is_floating").any()
            & ~pl.col("is_collective").any()
        ).alias("may"),
    )
    count = households.height
    lot, kind, risk = rng.random(count), rng.random(count), rng.integers(0, len(RISKS), count)
    early = days_between(rng, "2014-01-01", "2016-12-31", count)
    late = days_between(rng, "2020-07-01", str(LAST.as_of), count)
    until = late + rng.integers(200, 900, count).astype("timedelta64[D]")
    monitored = kind < _MONITORED_SHARE
    kinds = np.array([UNSTABLE, MARGINAL, SUDDEN])[np.minimum((kind / _MONITORED_SHARE * 3).astype(int), 2)]
    share = pl.when("is_assisted").then(_ASSISTED_SHARE).otherwise(_SHARE)
    return (
        households.with_columns(
            pl.Series("lot", lot),
            household_no().alias("poor_household_no"),
            pl.Series("household_type", np.where(monitored, kinds, LIFTED)),
            pl.Series("risk", risk),
            pl.Series("identified_date", np.where(monitored, late, early)),
            pl.Series("relieved_date", until),
            pl.Series("monitored", monitored & (kind < _MONITORED_SHARE * 0.7)),
        )
        .filter(pl.col("may") & (pl.col("lot") < share))
        .select(
            "household",
            "poor_household_no",
            "household_type",
            pl.lit(pl.Series(RISKS)).gather("risk").alias("risk_name"),
            pl.lit(pl.Series(MEASURES)).gather("risk").alias("measure_names"),
            "identified_date",
            pl.when("monitored").then("relieved_date").alias("relieved_date"),
        )
    )


def household_no() -> pl.Expr:
    """户编号 of the poverty system: its own, not the police's."""
    serial = (pl.col("household") * 60_607 + 1_733) % 10_000_000
    return pl.concat_str(pl.lit("37"), pl.col("county_code").str.slice(4), serial.cast(pl.String).str.zfill(7))


def newly_listed(households: pl.DataFrame, on: date) -> pl.DataFrame:
    """The same table for households (`household`, `county_code`) found in sudden hardship on a day."""
    return households.select(
        "household",
        household_no().alias("poor_household_no"),
        pl.lit(SUDDEN).alias("household_type"),
        pl.lit(RISKS[0]).alias("risk_name"),
        pl.lit(MEASURES[4]).alias("measure_names"),
        pl.lit(on).alias("identified_date"),
        pl.lit(None, pl.Date).alias("relieved_date"),
    )
