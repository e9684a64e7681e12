"""Emergency stores, what lies in them, and rescue teams.

Belongs here: stores, goods and members, the same in all months. Does not belong here: how much there is in a
month (feeds/emergency_stock.py).
"""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from prefecture.world.responsible import someone_of

if TYPE_CHECKING:
    from prefecture.world.world import World

GOODS = (
    ("WZ0101", "编织袋", "条", 2000, None),
    ("WZ0102", "铁锹", "把", 50, None),
    ("WZ0103", "救生衣", "件", 30, 1825),
    ("WZ0104", "抽水泵", "台", 2, None),
    ("WZ0105", "发电机", "台", 1, None),
    ("WZ0201", "干粉灭火器", "具", 40, 1825),
    ("WZ0202", "风力灭火机", "台", 10, None),
    ("WZ0203", "二号工具", "把", 60, None),
    ("WZ0301", "瓶装饮用水", "箱", 60, 365),
    ("WZ0302", "方便食品", "箱", 50, 180),
    ("WZ0303", "压缩饼干", "箱", 20, 730),
    ("WZ0401", "急救包", "个", 20, 1095),
    ("WZ0402", "医用口罩", "盒", 100, 730),
    ("WZ0403", "消毒液", "桶", 15, 365),
    ("WZ0501", "棉被", "床", 80, None),
    ("WZ0502", "折叠床", "张", 40, None),
    ("WZ0503", "帐篷", "顶", 10, 3650),
    ("WZ0504", "强光手电", "只", 30, None),
)
_DUTIES = ("队长", "副队长", "队员", "队员", "队员", "队员", "值班员", "值班员")
_STORES_PER_ONE_PERCENT, _TEAMS_PER_ONE_PERCENT, _STOCKED_SHARE = 27, 16, 0.95


def draw_stock(world: "World") -> pl.DataFrame:
    """One row per kind of goods in a store (物资) or member of a team (应急队伍, 值班): `record_no`,
    `record_type`, `store_no`, `store_name`, `item_code`, `item_name`, `unit`, `minimum`, `shelf_days`, `made_lot`,
    `person_name`, `id_no`, `phone`, `_pid`, `village`, `_county`, `_township`."""
    rng = world.stream("emergency")
    goods = pl.DataFrame(GOODS, schema=["item_code", "item_name", "unit", "minimum", "shelf_days"], orient="row")
    stores = _places(world, rng, world.scaled(_STORES_PER_ONE_PERCENT, 4), "CK", "应急物资储备库")
    stock = _answered(world, rng, stores, pl.Series("duty_name", ["保管员"])).join(
        goods, how="cross", maintain_order="left_right"
    )
    stock = stock.filter(pl.Series(rng.random(stock.height) < _STOCKED_SHARE)).with_columns(
        pl.lit("物资").alias("record_type")
    )
    teams = _places(world, rng, world.scaled(_TEAMS_PER_ONE_PERCENT, 2), "DW", "应急救援队")
    members = _answered(world, rng, teams, pl.Series("duty_name", _DUTIES)).with_columns(
        pl.when(pl.col("duty_name") == "值班员").then(pl.lit("值班")).otherwise(pl.lit("队伍")).alias("record_type")
    )
    rows = pl.concat([stock, members], how="diagonal")
    serial = pl.int_range(1, pl.len() + 1).over("store_no").cast(pl.String).str.zfill(3)
    return rows.with_columns(
        (pl.col("store_no") + serial).alias("record_no"),
        pl.Series("made_lot", rng.random(rows.height)),
        (pl.col("minimum") * pl.Series(rng.choice([0.5, 1.0, 1.0, 2.0], rows.height))).ceil().alias("minimum"),
    )


def _places(world: "World", rng: np.random.Generator, count: int, code: str, what: str) -> pl.DataFrame:
    """Villages of the shard with a store or team, towns and villages alike."""
    villages = world.villages
    chosen = villages[np.sort(rng.integers(0, villages.height, count))]
    serial = pl.int_range(1, pl.len() + 1).over("_township").cast(pl.String).str.zfill(3)
    return chosen.with_columns(
        (pl.col("_township") + code + serial).alias("store_no"),
        (pl.col("township_name") + pl.col("short_name") + what).alias("store_name"),
    )


def _answered(world: "World", rng: np.random.Generator, places: pl.DataFrame, duties: pl.Series) -> pl.DataFrame:
    """The places with one person for each duty, all of them different."""
    lots, each = np.repeat(rng.random(places.height), len(duties)), np.tile(np.arange(len(duties)), places.height)
    rows = places[np.repeat(np.arange(places.height), len(duties))].with_columns(duties.gather(each))
    who = someone_of(world, rows["_township"], lots, each).select(
        pl.col("pid").alias("_pid"), pl.col("name").alias("person_name"), "id_no", "phone"
    )
    return pl.concat([rows, who], how="horizontal")
