"""Who owns which dwelling, garage or business premises, and since when.

Belongs here: rights to real estate over all months. Does not belong here: how the registry writes them down
(feeds/property_rights.py). Homes in villages are mostly not registered. Households in 低保 or 特困 own one
home at most and never buy another.
"""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from prefecture.months import LAST, SECOND
from prefecture.world.lots import days_between

if TYPE_CHECKING:
    from prefecture.world.world import World

HOME, GARAGE, SHOP, PLANT = "住宅", "车位", "商业服务", "工业"
NEW, BOUGHT, INHERITED, BUILT = "新建商品房", "存量房转移", "继承", "自建"
_OWNED, _OWNED_IN_VILLAGES, _OWNED_BY_FLOATING = 0.88, 0.28, 0.25
_SECOND_SHARE, _SECOND_SHARE_IN_VILLAGES, _THIRD_SHARE, _GARAGE_SHARE = 0.18, 0.09, 0.03, 0.3
_INHERITED_SHARE, _FIRM_SHARE, _JOINT_SHARE = 0.03, 0.4, 0.55
_NEW_SHARE, _SOLD_SHARE = 0.03, 0.02
_OTHERS_FROM, _OTHERS = 100_000, 200_000


def draw_dwellings(world: "World") -> pl.DataFrame:
    """One row per right: `unit` (number in its village, distinct), `village`, `house_no` (of F31, where the
    household lives in it), `use`, `area`, `acquired`, `owner` and `second` (pids; second null or the spouse or
    co-heir), `_eid` (a company's; its `owner` is null), `is_shared` (by parts, not jointly), `since`, `until`
    (null: for good), `lot` (for habits of the registry)."""
    rng = world.stream("dwellings")
    homes = _households(world.people)
    rights = pl.concat(
        [_first(homes, rng), _further(homes, rng), _garages(homes, rng), _inherited(homes, rng), _firms(world, rng)],
        how="diagonal",
    )
    village = pl.int_range(pl.len()).over("village") + _OTHERS_FROM + world.shard.number * _OTHERS
    own = pl.col("house_no").str.slice(13).cast(pl.Int64)
    rights = rights.with_columns(pl.coalesce(own, village).alias("unit"))
    rights = _sold(rights, homes, rng)
    return rights.with_columns(pl.Series("lot", rng.random(rights.height)))


def _households(people: pl.DataFrame) -> pl.DataFrame:
    """Family households with their head (`owner`) and his spouse (`second`)."""
    return (
        people.filter(~pl.col("is_collective"))
        .group_by("household")
        .agg(
            pl.col("county_code", "residence", "house_no", "is_floating").first(),
            pl.col("pid").filter(pl.col("role") == 0).first().alias("owner"),
            pl.col("pid").filter(pl.col("role") == 1).first().alias("second"),
            pl.col("assist").is_in(["低保", "特困"]).any().alias("is_poor"),
        )
        .sort("household")
        .with_columns((pl.col("residence").str.slice(9, 1) == "0").alias("is_urban"))
    )


def _some(homes: pl.DataFrame, share: pl.Expr, rng: np.random.Generator) -> pl.DataFrame:
    """Households by lot; for some of them the spouse owns the other half."""
    joint = pl.Series(rng.random(homes.height) < _JOINT_SHARE)
    chosen = homes.with_columns(
        pl.when(joint).then("second").alias("second"), pl.Series("lot", rng.random(homes.height))
    )
    return chosen.filter(pl.col("lot") < share).drop("lot")


def _rights(
    units: pl.DataFrame, village: pl.Expr, use: str, acquired: pl.Expr, area: np.ndarray, rng: np.random.Generator
) -> pl.DataFrame:
    since = days_between(rng, "1999-03-01", "2024-01-20", units.height)
    recent = rng.random(units.height) < _NEW_SHARE
    since[recent] = days_between(rng, str(SECOND.start), str(LAST.as_of), int(recent.sum()))
    return units.select(
        village.alias("village"),
        "owner",
        "second",
        pl.lit(use).alias("use"),
        pl.Series("area", area.round(2)),
        acquired.alias("acquired"),
        pl.Series("since", since),
        pl.lit(None, pl.Date).alias("until"),
        pl.lit(False).alias("is_shared"),
    )


def _first(homes: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """The home people live in."""
    share = pl.when("is_floating").then(_OWNED_BY_FLOATING).when("is_urban").then(_OWNED)
    units = _some(homes, share.otherwise(_OWNED_IN_VILLAGES), rng)
    kind = pl.when(pl.col("is_urban")).then(
        pl.when(pl.col("household") % 3 == 0).then(pl.lit(BOUGHT)).otherwise(pl.lit(NEW))
    )
    area = np.clip(rng.normal(96, 24, units.height), 38, 260)
    rows = _rights(units, pl.col("residence"), HOME, kind.otherwise(pl.lit(BUILT)), area, rng)
    return rows.with_columns(units["house_no"])


def _further(homes: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Second and third homes, in towns of the same county."""
    rich = homes.filter(~pl.col("is_poor") & ~pl.col("is_floating"))
    share = pl.when("is_urban").then(_SECOND_SHARE).otherwise(_SECOND_SHARE_IN_VILLAGES)
    units = pl.concat([_some(rich, share, rng), _some(rich, pl.lit(_THIRD_SHARE), rng)])
    town = pl.Series(_towns(homes, units["county_code"].to_numpy(), rng), dtype=pl.String)
    area = np.clip(rng.normal(88, 26, units.height), 35, 260)
    kind = pl.when(pl.col("household") % 5 < 3).then(pl.lit(NEW)).otherwise(pl.lit(BOUGHT))
    return _rights(units, pl.lit(town), HOME, kind, area, rng)


def _towns(homes: pl.DataFrame, counties: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """For each county code a village in a town there, where many live more often."""
    urban = homes.filter("is_urban")
    place = urban["county_code"].to_numpy()
    lived = urban["residence"].to_numpy()
    chosen = np.empty(len(counties), dtype=object)
    for county in np.unique(counties):
        here = counties == county
        pool = lived[place == county] if (place == county).any() else lived
        chosen[here] = rng.choice(pool, here.sum())
    return chosen


def _garages(homes: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    urban = homes.filter(pl.col("is_urban") & ~pl.col("is_poor") & ~pl.col("is_floating"))
    units = _some(urban, pl.lit(_GARAGE_SHARE), rng)
    area = np.clip(rng.normal(15, 4, units.height), 8, 40)
    return _rights(units, pl.col("residence"), GARAGE, pl.lit(NEW), area, rng)


def _inherited(homes: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Homes of dead parents, shared by two heads of households."""
    heirs = homes.filter(~pl.col("is_poor") & ~pl.col("is_floating"))
    heirs = heirs[rng.permutation(heirs.height)[: round(heirs.height * _INHERITED_SHARE)]]
    half = heirs.height // 2
    units = heirs.head(half).with_columns(heirs["owner"].slice(half, half).alias("second"))
    area = np.clip(rng.normal(82, 22, units.height), 35, 200)
    rows = _rights(units, pl.col("residence"), HOME, pl.lit(INHERITED), area, rng)
    return rows.with_columns(pl.lit(True).alias("is_shared"))


def _firms(world: "World", rng: np.random.Generator) -> pl.DataFrame:
    """Premises of companies; now and then the legal representative owns half."""
    firms = world.enterprises.filter((pl.col("entity_type") == "有限责任公司") & (pl.col("status_name") == "存续"))
    lots = pl.DataFrame({"lot": rng.random(firms.height), "with_rep": rng.random(firms.height)})
    units = pl.concat([firms, lots], how="horizontal").filter(pl.col("lot") < _FIRM_SHARE)
    units = units.with_columns(
        pl.lit(None, pl.Int64).alias("owner"), pl.when(pl.col("with_rep") < 0.05).then("_rep").alias("second")
    )
    area = np.clip(rng.lognormal(5.6, 0.9, units.height), 30, 30_000)
    rows = _rights(units, pl.col("village"), SHOP, pl.lit(BOUGHT), area, rng)
    plant = pl.when(units["lot"] < _FIRM_SHARE / 4).then(pl.lit(PLANT)).otherwise(pl.col("use"))
    return rows.with_columns(units["_eid"], plant.alias("use"))


def _sold(rights: pl.DataFrame, homes: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Some homes change hands in the months after the first."""
    old = (pl.col("use") == HOME) & ~pl.col("is_shared") & (pl.col("since") < SECOND.start)
    sold = rights.select(old).to_series().to_numpy() & (rng.random(rights.height) < _SOLD_SHARE)
    day = days_between(rng, str(SECOND.start), str(LAST.as_of), rights.height)
    rights = rights.with_columns(pl.when(pl.Series(sold)).then(pl.Series(day)).otherwise("until").alias("until"))
    buyers = homes.filter(~pl.col("is_poor") & ~pl.col("is_floating"))
    chosen = buyers[rng.integers(0, buyers.height, int(sold.sum()))]
    bought = rights.filter(pl.Series(sold)).with_columns(
        chosen["owner"],
        pl.lit(None, pl.Int64).alias("second"),
        pl.col("until").alias("since"),
        pl.lit(None, pl.Date).alias("until"),
        pl.lit(BOUGHT).alias("acquired"),
        pl.lit(None, pl.String).alias("house_no"),
    )
    return pl.concat([rights, bought])
