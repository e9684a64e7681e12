"""Licences of places and registrations of special equipment.

Belongs here: which there are, and until when they hold at a time. Does not belong here: the register's rows
(feeds/licences.py). Whoever is in business renews in time: no licence of an open place is out of force.
"""

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from prefecture.world.handwriting import at_door
from prefecture.world.premises import FOOD

if TYPE_CHECKING:
    from prefecture.world.world import World

_CODES = {
    "食品经营许可证": "JY137",
    "小餐饮登记证": "XCY37",
    "食品小作坊登记证": "SZF37",
    "特种行业许可证": "TX37",
    "公共场所卫生许可证": "WG37",
    "网络文化经营许可证": "WW37",
    "娱乐经营许可证": "YL37",
    "诊所备案凭证": "PDY37",
    "民办学校办学许可证": "MB37",
    "药品经营许可证": "LDB37",
}
_EQUIPMENT = (
    ("电梯", "3000", "梯11鲁F", 1),
    ("叉车", "5110", "车11鲁F", 2),
    ("压力容器", "2100", "容15鲁F", 3),
    ("锅炉", "1000", "锅10鲁F", 1),
)
_EQUIPMENT_SHARES = [0.5, 0.24, 0.2, 0.06]
EQUIPMENT_KIND = "特种设备使用登记证"
_LARGE_PER_ONE_PERCENT, _EQUIPMENT_PER_ONE_PERCENT = 950, 1_230
_YEARS = 5
# One licence in so many has no code of its division.
_NO_DIVISION = 8


def draw_licences(world: "World") -> pl.DataFrame:
    """One row per licence: `licence_no`, `licence_kind`, `scope_name`, `equipment_no`, `holder_name`, `uscc`,
    `holder_id_no`, `premises_area`, `door`, `address`, `division_code` (null where the clerk left it out),
    `_village`, `_eid`, `_pid`, `_county`, `place_no` (of the
    small place it is for), `first_from`, `years`, `ended_date`."""
    places = world.premises.filter(pl.col("licence_kind").is_not_null()).select(
        "licence_kind",
        pl.col("business_type").alias("scope_name"),
        pl.lit(None, pl.String).alias("equipment_no"),
        pl.col("firm_name").alias("holder_name"),
        pl.when((pl.col("entity_type") != "个体工商户") | (pl.col("lot") > 0.3)).then("uscc").alias("uscc"),
        pl.when(pl.col("entity_type") == "个体工商户").then("owner_id_no").alias("holder_id_no"),
        pl.col("area").cast(pl.Int64).alias("premises_area"),
        "door",
        pl.col("village").alias("_village"),
        "_eid",
        "_pid",
        "_county",
        "place_no",
        pl.lit(_YEARS).alias("years"),
        pl.col("opened_date").alias("opened"),
        pl.col("closed_date").alias("ended_date"),
    )
    rng = world.stream("licences")
    rows = pl.concat([places, _large(world, rng), _equipment(world, rng)], how="diagonal_relaxed")
    before = pl.Series(rng.random(rows.height)) * pl.col("years") * 365
    recent = pl.lit(date(2024, 1, 30)) - pl.duration(days=before.floor())
    number = pl.int_range(pl.len(), dtype=pl.Int64) + world.shard.first_number
    rows = rows.with_columns(pl.max_horizontal("opened", recent).alias("first_from"), number.alias("number"))
    return rows.with_columns(
        pl.coalesce(
            pl.col("prefix") + pl.col("number").cast(pl.String).str.zfill(8),
            pl.col("licence_kind").replace_strict(_CODES, default="XK37")
            + pl.col("_county").str.slice(2)
            + pl.col("number").cast(pl.String).str.zfill(8),
        ).alias("licence_no"),
        (pl.col("equipment_no") + pl.col("number").cast(pl.String).str.zfill(8)).alias("equipment_no"),
        pl.when(pl.col("number") % _NO_DIVISION != 0).then("_village").alias("division_code"),
        at_door(rows.rename({"_village": "village"}), world, "licences"),
    ).drop("prefix", "number", "opened")


def _large(world: "World", rng: np.random.Generator) -> pl.DataFrame:
    """Supermarkets, canteens and chemists: too large for a 九小场所, or none by kind."""
    kinds = np.array([FOOD, FOOD, "药品经营许可证"])
    which = rng.integers(0, 3, world.scaled(_LARGE_PER_ONE_PERCENT, 30))
    firms = _holders(world, rng, len(which))
    area = 320 + np.floor(rng.gamma(2, 300, len(which))).astype(np.int64)
    return firms.with_columns(
        pl.Series("licence_kind", kinds[which]),
        pl.Series("scope_name", np.array(["超市", "食堂", "药品零售"])[which]),
        pl.Series("premises_area", area),
        pl.lit(_YEARS).alias("years"),
    )


def _equipment(world: "World", rng: np.random.Generator) -> pl.DataFrame:
    which = rng.choice(len(_EQUIPMENT), world.scaled(_EQUIPMENT_PER_ONE_PERCENT, 40), p=_EQUIPMENT_SHARES)
    firms = _holders(world, rng, len(which))
    kinds = [np.array([e[i] for e in _EQUIPMENT])[which] for i in range(4)]
    return firms.with_columns(
        pl.lit(EQUIPMENT_KIND).alias("licence_kind"),
        pl.Series("scope_name", kinds[0]),
        (pl.Series(kinds[1]) + pl.col("_county")).alias("equipment_no"),
        pl.Series("prefix", kinds[2]),
        pl.Series("years", kinds[3]).cast(pl.Int32),
    )


def _holders(world: "World", rng: np.random.Generator, count: int) -> pl.DataFrame:
    live = world.enterprises.filter((pl.col("status_name") == "存续") & (pl.col("entity_type") == "有限责任公司"))
    firms = live[rng.integers(0, live.height, count)]
    return firms.select(
        pl.col("name").alias("holder_name"),
        "uscc",
        "door",
        pl.col("village").alias("_village"),
        "_eid",
        pl.col("village").str.head(6).alias("_county"),
        pl.max_horizontal("established_date", pl.lit(date(2015, 1, 1))).alias("opened"),
    )


def holds_on(at: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """First and last day of the term in which the day falls, counted from `first_from` in `years`."""
    days = pl.col("years").cast(pl.Int64) * 365
    term = (at - pl.col("first_from")).dt.total_days() // days
    start = pl.col("first_from") + pl.duration(days=term * days)
    return start, start + pl.duration(days=days - 1)
