"""Shops and other small places (九小场所): who keeps one, where, and which licence it needs.

Belongs here: places, and their licences' kinds. Does not belong here: licences (licences.py), what townships
or fire brigades write about places (feeds/). A place lies in the township its enterprise is registered in; the
keepers of places live, and live here, through all months.
"""

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from prefecture.months import FIRST, LAST, MONTHS
from prefecture.world.handwriting import DOORS, at_door
from prefecture.world.lots import days_between
from prefecture.world.places import grid_of

if TYPE_CHECKING:
    from prefecture.world.world import World

FOOD, CATERING, WORKSHOP = "食品经营许可证", "小餐饮登记证", "食品小作坊登记证"
_SHARES = (
    ("小商店", "便利店", FOOD, 0.21),
    ("小商店", "服装店", None, 0.19),
    ("小商店", "五金店", None, 0.13),
    ("小餐饮场所", "小吃店", CATERING, 0.20),
    ("小旅馆", "旅馆", "特种行业许可证", 0.03),
    ("小美容洗浴场所", "美容美发店", "公共场所卫生许可证", 0.09),
    ("小网吧", "网吧", "网络文化经营许可证", 0.004),
    ("小歌舞娱乐场所", "歌厅", "娱乐经营许可证", 0.006),
    ("小医院", "诊所", "诊所备案凭证", 0.03),
    ("小学校", "培训学校", "民办学校办学许可证", 0.02),
    ("小生产加工企业", "食品作坊", WORKSHOP, 0.03),
    ("小生产加工企业", "木器加工点", None, 0.06),
)
REQUIRED = {business: licence for _, business, licence, _ in _SHARES if licence}
LARGEST_AREA = 300
_PER_ONE_PERCENT, _OF_FIRMS, _MONTHLY_CHURN = 2_680, 0.85, 0.003
_NO_CODE_SHARE, _NO_LICENCE_NO_SHARE = 0.1, 0.3
_LEAST_LASTING = 3


def draw_premises(world: "World") -> pl.DataFrame:
    """One row per place: `place_no`, `place_name` (the sign over the door), `firm_name`, `place_kind`,
    `business_type`, `licence_kind` (null where none is needed), `_eid` (null without enterprise), `_pid`,
    `owner_name`, `owner_id_no`, `uscc`, `entity_type`, `_county`, `_township`, `village`, `grid_code`,
    `door` (see handwriting.py), `address` (as the township writes it), `area`, `opened_date`, `closed_date` (null if
    open through all months), `states_code`,
    `states_licence` (does the township write down credit code and licence number?), `is_sole` (its keeper's
    only place), `lot`."""
    rng, count = world.stream("premises"), world.scaled(_PER_ONE_PERCENT, 150)
    rows = _kept(world, rng, count)
    kind = rng.choice(len(_SHARES), rows.height, p=[s[3] for s in _SHARES])
    unlicensed = np.array([i for i, s in enumerate(_SHARES) if s[2] is None])
    kind = np.where(rows["_eid"].is_null().to_numpy(), rng.choice(unlicensed, rows.height), kind)
    opened, closed = _spans(rng, rows["established_date"], rows.height)
    what = ("place_kind", "business_type", "licence_kind")
    rows = rows.with_columns(
        *(pl.Series(name, [s[i] for s in _SHARES], pl.String).gather(kind) for i, name in enumerate(what)),
        opened,
        closed,
        grid_of(world.divisions, rows["village"].to_numpy(), rng).alias("grid_code"),
        pl.Series("area", np.clip(rng.gamma(3, 22, rows.height).round(), 8, LARGEST_AREA).astype(np.int64)),
        pl.Series("lot", rng.random(rows.height)),
        (pl.lit(_NO_CODE_SHARE) <= pl.Series(rng.random(rows.height))).alias("states_code"),
        (pl.lit(_NO_LICENCE_NO_SHARE) <= pl.Series(rng.random(rows.height))).alias("states_licence"),
    )
    serial = pl.int_range(1, pl.len() + 1).over("_township").cast(pl.String).str.zfill(5)
    rows = rows.with_columns(pl.Series("door", rng.integers(0, DOORS, rows.height)))
    rows = rows.with_columns(at_door(rows, world, "small places", at_home=True))
    return rows.with_columns(
        (pl.col("_township") + "JX" + serial).alias("place_no"),
        pl.concat_str(pl.coalesce(_brand(), "owner_name"), "business_type").alias("place_name"),
        (pl.len().over("_pid") == 1).alias("is_sole"),
        pl.when(lasts().sum().over("_township") >= _LEAST_LASTING).then("closed_date").alias("closed_date"),
        (pl.col("states_code") | (pl.col("entity_type") != "个体工商户")).alias("states_code"),
    ).drop("established_date", "county_name")


def _brand() -> pl.Expr:
    """The word an enterprise's name begins with, after city and county."""
    return pl.col("firm_name").str.slice(3 + pl.col("county_name").str.len_chars(), 2)


def _kept(world: "World", rng: np.random.Generator, count: int) -> pl.DataFrame:
    """Who keeps a place: enterprises in business, one place each, and people without any."""
    stays = (
        pl.col("death_date").is_null() & pl.col("left_date").is_null() & ~pl.col("is_floating") & ~pl.col("is_newborn")
    )
    keepers = world.people.filter(stays & pl.col("age").is_between(22, 66))
    whose = keepers.select(
        pl.col("pid").alias("_pid"), pl.col("name").alias("owner_name"), pl.col("id_no").alias("owner_id_no")
    )
    live = world.enterprises.filter(pl.col("status_name") == "存续").join(
        whose, left_on="_rep", right_on="_pid", maintain_order="left"
    )
    firms = live[np.sort(rng.permutation(live.height)[: round(count * _OF_FIRMS)])].select(
        "_eid",
        pl.col("_rep").alias("_pid"),
        "owner_name",
        "owner_id_no",
        "uscc",
        "entity_type",
        pl.col("name").alias("firm_name"),
        "established_date",
        "village",
    )
    chosen = np.sort(rng.permutation(keepers.height)[: count - firms.height])
    alone = pl.concat([whose[chosen], keepers[chosen].select("village")], how="horizontal")
    places = world.divisions.villages.filter(~pl.col("is_virtual")).select(
        pl.col("code").alias("village"),
        "county_name",
        pl.col("township_code").alias("_township"),
        pl.col("county_code").alias("_county"),
    )
    both = pl.concat([firms, alone], how="diagonal")
    return both.join(places, on="village", maintain_order="left")


def _spans(rng: np.random.Generator, since: pl.Series, count: int) -> tuple[pl.Series, pl.Series]:
    """Some places open after the first month and some close, evenly over the months."""
    later = (len(MONTHS) - 1) * _MONTHLY_CHURN
    lot = rng.random(count)
    drawn = days_between(rng, "2015-01-01", "2023-12-31", count)
    known = np.maximum(drawn, since.fill_null(date(2015, 1, 1)).to_numpy())
    new = days_between(rng, str(MONTHS[1].start), str(LAST.as_of), count)
    end = days_between(rng, str(MONTHS[1].start), str(LAST.as_of), count)
    opened = np.where(lot < later, new, np.minimum(known, np.datetime64(FIRST.as_of)))
    closed = np.where(lot > 1 - later, end, np.datetime64("NaT"))
    return pl.Series("opened_date", opened), pl.Series("closed_date", closed)


def is_open(at: date) -> pl.Expr:
    """True for places in business on the day."""
    return (pl.col("opened_date") <= at) & (pl.col("closed_date").is_null() | (pl.col("closed_date") > at))


def site_of(number: str) -> pl.Expr:
    """Which place a row truly speaks of: the small place of this `number`, else where its enterprise is registered."""
    return pl.coalesce(number, "E" + pl.col("_eid").cast(pl.String))


def lasts() -> pl.Expr:
    """True for places in business in every month."""
    return (pl.col("opened_date") <= FIRST.as_of) & pl.col("closed_date").is_null()
