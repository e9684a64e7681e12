"""Contracted land: which household farms which parcel, and where it lies.

Belongs here: parcels, contracts and the squares of villages. Does not belong here: subsidies paid for them
(feeds/land_contracts.py). Every rural household registered here has one contract (家庭承包), in the name of
whoever headed it when contracts were drawn up, dead or alive.
"""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from prefecture.world.divisions import Divisions
from prefecture.world.lots import days_between

if TYPE_CHECKING:
    from prefecture.world.world import World

_PARCELS_PER_CONTRACT, _MOST_PARCELS = 5.5, 12
_HIGH_STANDARD_SHARE, _IRRIGATED_SHARE = 0.55, 0.62
_LEAST_AREA, _MOST_AREA = 0.12, 3.0
_REMEASURED_SHARE = 0.01
SQUARE_METRES = 10_000 / 15
METRES_PER_DEGREE = 111_320.0
_COS = 0.795
BOXES = {
    "370602": (121.28, 37.50, 121.50, 37.62),
    "370611": (121.06, 37.20, 121.28, 37.48),
    "370612": (121.50, 37.00, 121.88, 37.40),
    "370613": (121.30, 37.30, 121.48, 37.48),
    "370614": (120.64, 37.50, 121.00, 37.84),
    "370671": (121.50, 37.42, 121.60, 37.48),
    "370676": (121.02, 37.50, 121.26, 37.62),
    "370681": (120.22, 37.50, 120.62, 37.74),
    "370682": (120.45, 36.64, 120.92, 37.06),
    "370683": (119.70, 36.98, 120.20, 37.42),
    "370685": (120.22, 37.10, 120.60, 37.48),
    "370686": (120.62, 37.08, 121.04, 37.48),
    "370687": (120.94, 36.64, 121.42, 37.06),
}
"""Where a county's villages are laid out: invented boxes near the county, none upon another."""


def draw_contracts(world: "World") -> pl.DataFrame:
    """One row per contract: `contract`, `_pid` (in whose name), `household`, `village`, `county_code`,
    `contract_code` (GB/T 35958: 发包方 14, 承包方 4, J), `signed_date`, `gone_date` (the day after which
    nobody of the household is left, or null)."""
    rng, people = world.stream("contracts"), world.people
    rural = (pl.col("village").str.slice(9, 1) == "2") & ~pl.col("is_floating") & ~pl.col("is_collective")
    signed = pl.Series("signed_date", days_between(rng, "1998-06-01", "2019-06-30", people.height))
    rows = people.with_columns(signed).filter(rural & ~pl.col("is_newborn"))
    departs = pl.min_horizontal("death_date", "left_date")
    rows = rows.with_columns(
        pl.when(departs.is_null().any().over("household"))
        .then(None)
        .otherwise(departs.max().over("household"))
        .alias("gone_date")
    )
    heads = rows.sort("household", "role", "pid").unique("household", keep="first", maintain_order=True)
    number = pl.int_range(1, pl.len() + 1).over("village")
    return heads.select(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("contract"),
        pl.col("pid").alias("_pid"),
        "household",
        "village",
        "county_code",
        pl.concat_str("village", pl.lit("00"), number.cast(pl.String).str.zfill(4), pl.lit("J")).alias("contract_code"),
        "signed_date",
        "gone_date",
    )


def draw_parcels(world: "World") -> pl.DataFrame:
    """One row per parcel: `contract`, `parcel_code` (发包方 14, serial 5), `area` (mu), `map_area` (of every hundredth
    parcel the map tells another one), `is_irrigated`, `is_high_standard`, `operator` (row of world.enterprises
    that farms it, or null), `_geometry`."""
    rng, contracts = world.stream("parcels"), world.contracts
    counts = np.clip(1 + rng.poisson(_PARCELS_PER_CONTRACT - 1, contracts.height), 1, _MOST_PARCELS)
    owner = np.repeat(np.arange(contracts.height), counts)
    area = np.clip(np.exp(rng.normal(-0.25, 0.55, len(owner))), _LEAST_AREA, _MOST_AREA).round(2)
    parcels = contracts.select("contract", "village")[owner].with_columns(
        pl.int_range(1, pl.len() + 1).over("village").alias("serial"),
        pl.Series("area", area),
        pl.Series("is_irrigated", rng.random(len(owner)) < _IRRIGATED_SHARE),
        pl.Series("is_high_standard", rng.random(len(owner)) < _HIGH_STANDARD_SHARE),
        pl.Series("operator", _operators(world, len(owner), rng)),
    )
    measured = pl.Series(world.stream("measured parcels").random(len(owner)) < _REMEASURED_SHARE)
    return parcels.with_columns(
        pl.when(measured).then((pl.col("area") * 1.08 + 0.02).round(2)).otherwise("area").alias("map_area"),
        pl.concat_str("village", pl.lit("00"), pl.col("serial").cast(pl.String).str.zfill(5)).alias("parcel_code"),
        _polygons(parcels, world.divisions).alias("_geometry"),
    ).drop("village", "serial")


def _operators(world: "World", count: int, rng: np.random.Generator) -> pl.Series:
    """Every fifth parcel is farmed by a cooperative."""
    kind = world.enterprises["entity_type"] == "农民专业合作社"
    live = np.flatnonzero((kind & (world.enterprises["status_name"] == "存续")).to_numpy())
    chosen = rng.integers(0, max(1, len(live)), count)
    farms = (rng.random(count) < 0.2) & (len(live) > 0)
    rows = pl.Series(live[chosen] if len(live) else np.zeros(count, dtype=np.int64))
    return pl.select(pl.when(pl.Series(farms)).then(rows)).to_series()


def village_squares(divisions: Divisions) -> pl.DataFrame:
    """`village`, `west`, `south` (degrees, CGCS2000) and `side` (metres) of the square each village has to
    itself, in order of code."""
    villages = divisions.villages.filter(~pl.col("is_virtual")).select(pl.col("code").alias("village"), "county_code")
    rows = villages.with_columns(
        *(
            pl.col("county_code").replace_strict({c: box[i] for c, box in BOXES.items()}).alias(name)
            for i, name in enumerate(("west", "south", "east", "north"))
        ),
        pl.int_range(pl.len()).over("county_code").alias("number"),
        pl.len().over("county_code").alias("count"),
    )
    wide, high = (pl.col("east") - pl.col("west")) * _COS, pl.col("north") - pl.col("south")
    columns = (pl.col("count") * wide / high).sqrt().ceil().cast(pl.Int64)
    rows = rows.with_columns(columns.alias("columns"))
    lines = (pl.col("count") / pl.col("columns")).ceil()
    step_x, step_y = (pl.col("east") - pl.col("west")) / pl.col("columns"), high / lines
    return rows.select(
        "village",
        (pl.col("west") + step_x * (pl.col("number") % pl.col("columns"))).alias("west"),
        (pl.col("south") + step_y * (pl.col("number") // pl.col("columns"))).alias("south"),
        (pl.min_horizontal(step_x * _COS, step_y) * METRES_PER_DEGREE * 0.92).alias("side"),
    )


def _polygons(parcels: pl.DataFrame, divisions: Divisions) -> pl.Series:
    """GeoJSON polygons: rectangles of the parcels' areas in the cells of their village's square."""
    placed = parcels.join(village_squares(divisions), on="village", how="left", maintain_order="left").select(
        "west",
        "south",
        "side",
        "area",
        (pl.col("serial") - 1).alias("place"),
        pl.len().over("village").cast(pl.Float64).sqrt().ceil().cast(pl.Int64).alias("lines"),
    )
    cell = pl.col("side") / pl.col("lines")
    metres = (pl.col("area") * SQUARE_METRES).sqrt()
    placed = placed.with_columns(
        (cell * (pl.col("place") % pl.col("lines")) + 1).alias("x"),
        (cell * (pl.col("place") // pl.col("lines")) + 1).alias("y"),
        pl.min_horizontal(metres, cell - 2).alias("size"),
    )
    east = METRES_PER_DEGREE * _COS
    corners = placed.select(
        _degrees(pl.col("west") + pl.col("x") / east).alias("w"),
        _degrees(pl.col("south") + pl.col("y") / METRES_PER_DEGREE).alias("s"),
        _degrees(pl.col("west") + (pl.col("x") + pl.col("size")) / east).alias("e"),
        _degrees(pl.col("south") + (pl.col("y") + pl.col("size")) / METRES_PER_DEGREE).alias("n"),
    )
    ring = (("w", "s"), ("e", "s"), ("e", "n"), ("w", "n"), ("w", "s"))
    points = [pl.concat_str(pl.lit("["), x, pl.lit(","), y, pl.lit("]")) for x, y in ring]
    text = pl.concat_str(
        pl.lit('{"type":"Polygon","coordinates":[['), pl.concat_str(points, separator=","), pl.lit("]]}")
    )
    return corners.select(text.alias("_geometry")).to_series()


def _degrees(value: pl.Expr) -> pl.Expr:
    return value.round(7).cast(pl.String)
