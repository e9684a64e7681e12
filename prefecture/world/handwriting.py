"""How people write an address: the same door in many ways, by whoever fills in a form.

Belongs here: names as they are said (short, old, with and without what they are), numbers and flats as they are
typed, what
is left out or put behind. Does not belong here: which door it is (premises.py, enterprises.py), or who writes it
(feeds/).
Departments with an address register of their own (police, real estate, the grid's survey) write in one way and not
by this.
A writer (`who`) has a stream of its own, so each writes the same door in another way and always in the same. Shares are
made up; nobody publishes how often people leave out what.
"""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from prefecture.world.divisions import Divisions
    from prefecture.world.world import World

_HEADS = ("山东省烟台市", 0.42), ("烟台市", 0.22), ("山东烟台", 0.04), ("", 0.32)
_COUNTY = ("full", 0.62), ("short", 0.17), ("old", 0.06), ("twice", 0.03), ("none", 0.12)
_TOWNSHIP = ("full", 0.66), ("short", 0.10), ("office", 0.02), ("none", 0.22)
_VILLAGE = ("kind", 0.48), ("bare", 0.20), ("committee", 0.16), ("name", 0.08), ("old", 0.08)
# A township's own ledger: nobody there writes where the township lies.
_AT_HOME = ("full", 0.16), ("short", 0.08), ("old", 0.0), ("twice", 0.0), ("none", 0.76)
_NUMBER = ("arabic", 0.74), ("wide", 0.07), ("chinese", 0.09), ("bare", 0.05), ("dash", 0.05)
_FLAT = ("words", 0.40), ("room", 0.2), ("dashes", 0.16), ("sign", 0.14), ("dong", 0.10)
_BEHIND = ("", 0.9), ("（路口东50米）", 0.03), ("路口西侧", 0.02), ("，邮局旁", 0.03), ("（学校对面）", 0.02)
_ABOUT = (
    ("附近", 0.46), ("路口", 0.08), ("小学附近", 0.1), ("超市对面", 0.1), ("卫生室旁", 0.08),
    ("路口东50米", 0.08), ("", 0.1),
)  # fmt: skip
_BLANK_SHARE, _MISSING_TOWNSHIP = 0.06, 0.15
_ROADS = pl.Series(["幸福路", "府前街", "文化路", "振兴路", "迎宾大街", "海滨路", "金山路", "人民路"])
_DIGITS, _LARGEST = "零一二三四五六七八九", 400
# As many doors are told apart.
DOORS = 1_000_000
_ZONES = {"烟台经济技术开发区": "烟台开发区", "烟台高新技术产业开发区": "高新区"}

Ways = tuple[tuple[str, float], ...]


def said_names(divisions: "Divisions") -> pl.DataFrame:
    """One row per village of today, by `village`: what it, its township and its county are called, `old_…` where they
    once were called otherwise."""
    units, versions = divisions.units, divisions.versions
    counties = dict(units.filter(pl.col("level_name") == "县").select("unit_code", "name").iter_rows())
    before = versions.filter((pl.col("level_name") == "村") & pl.col("successor_code").is_not_null())
    before = before.select(pl.col("successor_code").alias("code"), _stem("name").alias("old_stem"))
    before = before.unique("code", keep="last", maintain_order=True)
    rows = divisions.villages.join(before, on="code", how="left", maintain_order="left")
    old_county = pl.col("old_code").str.head(6).replace_strict(counties, default=None, return_dtype=pl.String)
    stem, township = _stem("name"), pl.col("township_name")
    is_other = pl.col("old_stem") != stem
    return rows.select(
        pl.col("code").alias("village"),
        "name",
        stem.alias("stem"),
        pl.when(is_other & (pl.col("old_stem").str.len_chars() > 1)).then("old_stem").alias("old_stem"),
        pl.when(pl.col("name").str.contains("社区|居")).then(pl.lit("社区")).otherwise(pl.lit("村")).alias("kind"),
        township.alias("township"),
        township.str.replace("(街道|镇|乡)$", "").alias("township_short"),
        pl.col("county_name").alias("county"),
        pl.col("county_name").replace(_ZONES).str.replace("^(..)[区市县]$", "$1").alias("county_short"),
        pl.when(old_county != pl.col("county_name")).then(old_county).alias("old_county"),
    )


def _stem(column: str) -> pl.Expr:
    return pl.col(column).str.replace("(居民|村民|居|村)?(委员会|委会)$", "").str.replace("社区$", "")


def at_door(rows: pl.DataFrame, world: "World", who: str, at_home: bool = False) -> pl.Series:
    """`address` of every row, by its `village` and `door` (a whole number that tells number, road and flat)."""
    rng = world.stream(f"handwriting {who}")
    place = _place(rows["village"], world, rng, at_home)
    behind = _chosen(rng, rows.height, _BEHIND)
    door = _road() + _number(rng, rows) + _flat(rng, rows)
    return rows.select(address=pl.lit(place) + door + pl.lit(behind)).to_series()


def about(villages: pl.Series, world: "World", who: str) -> pl.Series:
    """`address` of what happened somewhere in each of the villages."""
    rng = world.stream(f"handwriting {who}")
    return (_place(villages, world, rng, at_home=False) + _chosen(rng, len(villages), _ABOUT)).alias("address")


def _chosen(rng: np.random.Generator, count: int, ways: Ways) -> pl.Series:
    words, shares = zip(*ways, strict=True)
    return pl.Series(words).gather(rng.choice(len(words), count, p=np.array(shares) / sum(shares)))


def _place(villages: pl.Series, world: "World", rng: np.random.Generator, at_home: bool) -> pl.Series:
    """The division. Who leaves out the county leaves out what is above it, and names the township (nearly) always."""
    count = len(villages)
    names = villages.alias("village").to_frame().join(world.said_names, on="village", how="left", maintain_order="left")
    ways = names.with_columns(
        _chosen(rng, count, _HEADS).alias("head"),
        _chosen(rng, count, _AT_HOME if at_home else _COUNTY).alias("county_way"),
        _chosen(rng, count, _TOWNSHIP).alias("township_way"),
        _chosen(rng, count, _VILLAGE).alias("village_way"),
        pl.Series(rng.random(count) < _BLANK_SHARE).alias("blank"),
        pl.Series(rng.random(count) < _MISSING_TOWNSHIP).alias("missing"),
    )
    no_county = pl.col("county_way") == "none"
    county = _by(
        "county_way",
        {"short": "county_short", "old": pl.coalesce("old_county", "county"), "twice": pl.col("county") +
        pl.col("county")}, "county",
    )
    township = _by(
        "township_way",
        {"short": "township_short", "office": pl.col("township").str.replace("街道$", "街道办事处"), "none":
        pl.lit("")}, "township",
    )
    stem = pl.col("stem")
    with_kind = pl.when(stem.str.ends_with("村")).then(stem).otherwise(stem + pl.col("kind"))
    committee = pl.when(pl.col("kind") == "村").then(stem + "村委会").otherwise(stem + "社区居委会")
    village = _by(
        "village_way",
        {"bare": stem, "committee": committee, "name": pl.col("name"), "old": pl.coalesce(pl.col("old_stem") +
        pl.col("kind"), with_kind)}, with_kind,
    )
    blank = pl.when("blank").then(pl.lit(" ")).otherwise(pl.lit(""))
    return ways.select(
        pl.when(no_county).then(pl.lit("")).otherwise(pl.col("head") + county + blank)
        + pl.when(no_county & ~pl.col("missing")).then("township").otherwise(township)
        + village
        + blank
    ).to_series()


def _by(way: str, ways: dict[str, pl.Expr | str], otherwise: pl.Expr | str) -> pl.Expr:
    chain = pl
    for name, words in ways.items():
        chain = chain.when(pl.col(way) == name).then(words)
    return chain.otherwise(otherwise)


def _road() -> pl.Expr:
    door = pl.col("door")
    return pl.when(door // 200 % 11 == 0).then(pl.lit(_ROADS).gather(door // 7 % _ROADS.len())).otherwise(pl.lit(""))


def _number(rng: np.random.Generator, rows: pl.DataFrame) -> pl.Expr:
    """Only behind a flat's number or nothing may 号 be missing; a dash in it is of the number's (36-1号)."""
    number = pl.col("door") % 199 + 1
    text, way = number.cast(pl.String), pl.lit(_chosen(rng, rows.height, _NUMBER))
    dashed = pl.col("door") // 13 % 20 == 0
    words = pl.lit(pl.Series([_chinese(n) for n in range(_LARGEST)])).gather(number)
    plain = text + pl.when(dashed).then(pl.lit("-1")).otherwise(pl.lit(""))
    return (
        pl.when(~dashed & (way == "chinese"))
        .then(words + "号")
        .when(way == "wide")
        .then(_wide(plain) + "号")
        .when(~dashed & (way == "bare") & ~_has_flat())
        .then(text)
        .when(dashed & (way == "dash"))
        .then(text + "号附1")
        .otherwise(plain + "号")
    )


def _has_flat() -> pl.Expr:
    return pl.col("door") // 40_000 % 6 == 0


def _flat(rng: np.random.Generator, rows: pl.DataFrame) -> pl.Expr:
    door, way = pl.col("door"), pl.lit(_chosen(rng, rows.height, _FLAT))
    building, unit = (door // 300 % 12 + 1).cast(pl.String), (door // 17 % 4 + 1).cast(pl.String)
    room = ((door // 23 % 6 + 1) * 100 + door // 29 % 4 + 1).cast(pl.String)
    wordy = building + "号楼" + unit + "单元" + room
    return (
        pl.when(~_has_flat())
        .then(pl.lit(""))
        .when(way == "words")
        .then(wordy)
        .when(way == "room")
        .then(wordy + "室")
        .when(way == "dashes")
        .then(building + "-" + unit + "-" + room)
        .when(way == "sign")
        .then(building + "#楼" + unit + "单元" + room + "室")
        .otherwise(building + "栋" + unit + "单元" + room)
    )


def _wide(text: pl.Expr) -> pl.Expr:
    return text.str.replace_many(list("0123456789"), list("０１２３４５６７８９"))


def _chinese(number: int) -> str:
    """A number in words up to 399: 三十六, 一百零三."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")
