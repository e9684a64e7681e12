"""F08 and F10: who is paid social assistance and the old-age allowance, month by month.

Belongs here: correct payments. Does not belong here: payments that should not have been made (defects/).
"""

from datetime import date

import numpy as np
import polars as pl

from pipelines.prefecture.months import Turn
from pipelines.prefecture.world.people import completed_years

_ASSISTED_SHARE, _ALONE_SHARE = 0.013, 0.05
BANDS = ("80-89岁", "90-99岁", "100岁及以上")
_ALLOWANCE = {"80-89岁": 50.0, "90-99岁": 100.0, "100岁及以上": 500.0}
_TEMPORARY = ("2023-11", "2023-12", "2024-01", "2024-02")


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


def assistance(people: pl.DataFrame, turn: Turn) -> pl.DataFrame:
    """Rows of F08 of the turn's months, with `_pid` and `_county`; paid to those alive when the month
    began."""
    months = [assistance_rows(_present(people, month), month) for month in turn.months]
    return pl.concat(months).sort("_county", "pay_month", "division_code", "_pid")


def assistance_rows(people: pl.DataFrame, month: str, remark: str | None = None) -> pl.DataFrame:
    """One month of F08 for everyone of `people` with a category; one-off help in a single month of four."""
    temporary = pl.Series(_TEMPORARY).gather((people["pid"] % len(_TEMPORARY)).cast(pl.UInt32))
    base = pl.col("assist").replace_strict(
        {"低保": 480, "特困": 1160, "低边": 210, "临时救助": 1500}, default=None
    )
    rows = people.with_columns(temporary.alias("temporary"))
    return rows.filter(
        pl.col("assist").is_not_null() & ((pl.col("assist") != "临时救助") | (pl.col("temporary") == month))
    ).select(
        pl.col("pid").alias("_pid"),
        pl.col("county_code").alias("_county"),
        "id_no",
        "name",
        "head_id_no",
        pl.col("assist").alias("category"),
        (base + pl.col("pid") % 13 * 20).cast(pl.Float64).alias("amount"),
        pl.lit(month).alias("pay_month"),
        pl.max_horizontal(pl.date(2016 + pl.col("pid") % 7, 1 + pl.col("pid") % 12, 1), "birth").alias(
            "start_date"
        ),
        pl.lit(None, pl.Date).alias("stop_date"),
        pl.col("village").alias("division_code"),
        (pl.col("pid") * 7919 % 10000).cast(pl.String).str.zfill(4).alias("bank_tail"),
        pl.lit(remark, pl.String).alias("remark"),
    )


def allowance(people: pl.DataFrame, turn: Turn) -> pl.DataFrame:
    """Rows of F10 of the turn's months: from the month after the 80th birthday, not to those in 特困."""
    months = []
    for month in turn.months:
        entitled = _present(people, month).filter(
            (pl.col("turned_80") < _start(month))
            & (pl.col("assist").is_null() | (pl.col("assist") != "特困"))
            & ~pl.col("is_floating")
        )
        months.append(allowance_rows(entitled, month))
    return pl.concat(months).sort("_county", "pay_month", "division_code", "_pid")


def allowance_rows(people: pl.DataFrame, month: str, remark: str | None = None) -> pl.DataFrame:
    """One month of F10 for all of `people`, in the band of their age when the month began."""
    age = completed_years("birth", _start(month))
    band = (
        pl.when(age >= 100)
        .then(pl.lit(BANDS[2]))
        .when(age >= 90)
        .then(pl.lit(BANDS[1]))
        .otherwise(pl.lit(BANDS[0]))
    )
    return people.select(
        pl.col("pid").alias("_pid"),
        pl.col("county_code").alias("_county"),
        "id_no",
        "name",
        pl.col("birth").alias("birth_date"),
        band.alias("band_name"),
        band.replace_strict(_ALLOWANCE, return_dtype=pl.Float64).alias("amount"),
        pl.lit(month).alias("pay_month"),
        pl.lit("发放").alias("status_name"),
        (pl.lit(date(2022, 8, 1)) + pl.duration(days=pl.col("pid") % 180)).alias("certified_date"),
        pl.col("village").alias("division_code"),
        pl.lit(remark, pl.String).alias("remark"),
    )


def _start(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _present(people: pl.DataFrame, month: str) -> pl.DataFrame:
    """Those alive and registered when the month began: the month of death is still paid."""
    start = _start(month)
    gone = (pl.col("death_date") < start) | (pl.col("left_date") < start)
    return people.filter(~gone.fill_null(False))
