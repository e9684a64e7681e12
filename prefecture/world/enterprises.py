"""F14: enterprises and shops of the prefecture.

Belongs here: the register of market regulation at a turn. Does not belong here: whom they employ
(insurance.py).
"""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from prefecture.world.handwriting import DOORS, at_door
from prefecture.world.id_numbers import credit_codes, registration_numbers
from prefecture.world.lots import days_between
from prefecture.world.vital import is_present

if TYPE_CHECKING:
    from prefecture.world.world import World

ONE_CODE_SINCE = date(2015, 10, 1)
_PER_ONE_PERCENT, _EMPLOYER_SHARE, _CANCELLED_SHARE, _REVOKED_SHARE = 10_500, 0.13, 0.06, 0.01
_KINDS = (
    ("92", "个体工商户", ""),
    ("91", "有限责任公司", "有限公司"),
    ("93", "农民专业合作社", "农民专业合作社"),
)
_WORDS = "华丰泰盛源海兴隆诚信达瑞祥宏安康鑫润东方恒顺昌嘉禾"
_TRADES = np.array(["商贸", "食品", "机械", "建材", "海产", "果业", "物流", "餐饮", "服饰", "农机", "装饰", "电子"])


def draw_enterprises(world: "World") -> pl.DataFrame:
    """All rows of F14 with `_eid`, `_rep` (pid of the legal representative), `door` (see handwriting.py), `address`,
    `is_employer`, `has_old_code`.

    The code of a place is the one valid on the day of establishment.
    """
    rng, divisions = world.stream("enterprises"), world.divisions
    count = world.scaled(_PER_ONE_PERCENT, 400)
    first = world.shard.first_number
    poor = pl.col("assist").eq_missing("低保").any().over("household")
    reps = world.people.filter(is_present() & pl.col("age").is_between(25, 68) & ~pl.col("is_floating") & ~poor)
    reps = reps[rng.integers(0, reps.height, count)]
    kind = rng.choice(3, count, p=[0.64, 0.31, 0.05])
    villages = divisions.villages.select(
        "code", "since", "old_code", "old_since", "county_code", "county_name"
    )
    rows = reps.select(
        pl.col("pid").alias("_rep"),
        pl.col("name").alias("legal_rep_name"),
        pl.col("id_no").alias("legal_rep_id_no"),
        pl.col("village").alias("code"),
        "township",
    )
    rows = rows.join(villages, on="code", how="left", maintain_order="left").with_columns(
        (pl.int_range(pl.len(), dtype=pl.Int64) + first).alias("_eid"),
        pl.Series("drawn", days_between(rng, "2001-01-01", "2023-12-15", count)),
        pl.Series("kind", kind),
        pl.Series("employer", (rng.random(count) < _EMPLOYER_SHARE)),
        pl.Series("trade", rng.choice(_TRADES, count)),
        pl.Series("word", _brands(rng, count)),
        pl.Series("industry_code", rng.choice(_industries(world.reference), count)),
        pl.Series("capital", rng.choice(np.array([1, 5, 10, 50, 100, 500, 1000]), count)),
        pl.Series("end", rng.random(count)),
        pl.Series("ended", days_between(rng, "2021-01-01", "2023-12-31", count)),
        credit_codes(np.array([k[0] for k in _KINDS])[kind], _regions(rows["code"]), np.arange(count) + first).alias(
            "uscc"
        ),
    )
    rows = _registered(rows, rng)
    return rows.with_columns(at_door(rows, world, "enterprises"))


def _registered(rows: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    later = pl.Series(days_between(rng, "2023-07-01", "2023-12-15", rows.height))
    early = pl.col("drawn") < pl.col("since")
    old = early & (pl.col("old_since") <= pl.col("drawn"))
    ends = (pl.col("end") < _CANCELLED_SHARE) & ~pl.col("employer")
    revoked = ~ends & (pl.col("end") > 1 - _REVOKED_SHARE) & ~pl.col("employer")
    suffix = pl.col("kind").replace_strict({i: k[2] or "店" for i, k in enumerate(_KINDS)}, return_dtype=pl.String)
    rows = rows.with_columns(
        old.fill_null(False).alias("has_old_code"),
        pl.when(early & ~old.fill_null(False)).then(later).otherwise("drawn").alias("established_date"),
    )
    return rows.select(
        "_eid",
        "_rep",
        "uscc",
        pl.concat_str(pl.lit("烟台市"), "county_name", "word", "trade", suffix).alias("name"),
        pl.col("kind")
        .replace_strict({i: k[1] for i, k in enumerate(_KINDS)}, return_dtype=pl.String)
        .alias("entity_type"),
        "industry_code",
        (pl.col("capital").cast(pl.String) + "万元人民币").alias("capital_text"),
        "legal_rep_name",
        "legal_rep_id_no",
        pl.Series("door", rng.integers(0, DOORS, rows.height)),
        pl.when("has_old_code").then("old_code").otherwise("code").alias("division_code"),
        pl.when(ends)
        .then(pl.lit("注销"))
        .when(revoked)
        .then(pl.lit("吊销"))
        .otherwise(pl.lit("存续"))
        .alias("status_name"),
        "established_date",
        pl.when(ends | revoked).then(pl.max_horizontal("ended", pl.col("established_date"))).alias("cancelled_date"),
        pl.when(pl.col("established_date") < ONE_CODE_SINCE)
        .then(registration_numbers(rows["uscc"].str.slice(2, 6), rows["_eid"] % 10**7))
        .alias("registration_no"),
        pl.col("employer").alias("is_employer"),
        "has_old_code",
        "township",
        pl.col("code").alias("village"),
    )


def branches(count: int) -> pl.Series:
    """Credit codes of public bodies (登记机关 12), which employ people but are not in F14."""
    serial = np.arange(count) + 400_000_000
    return credit_codes(np.full(count, "12"), np.full(count, 370600), serial)


def _brands(rng: np.random.Generator, count: int) -> np.ndarray:
    letters = np.array(list(_WORDS))
    return np.char.add(rng.choice(letters, count), rng.choice(letters, count))


def _industries(reference: Path) -> np.ndarray:
    table = pl.read_csv(reference / "codes" / "gbt4754_2017_industry.csv", infer_schema=False)
    good = table.filter((pl.col("level") == "4") & pl.col("issue").is_null())
    return good["code"].unique().sort().to_numpy()


def _regions(village: pl.Series) -> np.ndarray:
    return village.str.head(6).cast(pl.Int64).to_numpy()
