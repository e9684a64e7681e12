"""Investment projects of enterprises, the grants they get and the titles they bear.

Belongs here: what happens from February 2023 on. Does not belong here: the records of a month
(feeds/projects.py). Grants go to enterprises in business that are entitled to them, each instalment once.
"""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from prefecture.months import LAST
from prefecture.world.lots import days_between

if TYPE_CHECKING:
    from prefecture.world.world import World

PROJECT, GRANT, TITLE = "项目", "补贴", "资质"
TITLES = ("高新技术企业", "专精特新中小企业", "创新型中小企业")
_AMOUNTS = {"高新技术企业": 10, "专精特新中小企业": 20, "创新型中小企业": 5}
SUBSIDY = "技术改造设备补助"
_NAMES = np.array(["生产线技术改造项目", "智能化改造项目", "仓储冷链建设项目", "厂区扩建项目", "节能减排改造项目"])
_YEARS = 35 / 12
_PROJECTS, _TITLES = 100 * _YEARS, 90 * _YEARS
_SINCE = "2023-02-01"


def draw_projects(world: "World") -> pl.DataFrame:
    """One row per event, of `record_type`
    项目  a project was filed, begun or finished: `project_code`, `project_name`, `stage_name`, `money` (total)
    补贴  money was paid: `programme_name`, `instalment`, `money`, for a project or for a title
    资质  a title was given: `title_name`, `cert_no`, `valid_from`, `valid_to`
    with `record_no`, `record_date`, `uscc`, `holder_name`, `village`, `_eid`; `money` is in yuan."""
    rng = world.stream("projects")
    live = (pl.col("status_name") == "存续") & (pl.col("entity_type") != "个体工商户") & ~pl.col("has_old_code")
    firms = world.enterprises.filter(live).select(
        "_eid", "uscc", pl.col("name").alias("holder_name"), "village", "industry_code", "established_date"
    )
    rows = pl.concat(
        [
            *_projects(firms, rng, world.scaled(_PROJECTS, 20)),
            *_titles(firms, rng, world.scaled(_TITLES, 18)),
        ],
        how="diagonal",
    ).filter(pl.col("record_date") <= LAST.as_of)
    serial = (pl.int_range(pl.len(), dtype=pl.Int64) + world.shard.first_number).cast(pl.String).str.zfill(9)
    kind = pl.col("record_type").replace_strict({PROJECT: "XM", GRANT: "BT", TITLE: "ZZ"})
    return rows.with_columns((kind + pl.col("record_date").dt.strftime("%Y%m") + serial).alias("record_no"))


def _drawn(firms: pl.DataFrame, rng: np.random.Generator, count: int) -> pl.DataFrame:
    """Enterprises by lot with a day on which something begins, after they were established."""
    chosen = firms[rng.integers(0, firms.height, count)]
    days = days_between(rng, _SINCE, str(LAST.as_of), count)
    began = np.maximum(days, chosen["established_date"].to_numpy().astype("datetime64[D]") + 60)
    return chosen.with_columns(pl.Series("began", began)).drop("established_date")


def _projects(firms: pl.DataFrame, rng: np.random.Generator, count: int) -> list[pl.DataFrame]:
    rows = _drawn(firms, rng, count).with_columns(
        (pl.col("holder_name") + pl.Series(_NAMES[rng.integers(0, len(_NAMES), count)])).alias("project_name"),
        pl.Series("total", np.round(rng.lognormal(6.5, 1.0, count)) * 10_000),
        pl.Series("serial", rng.permutation(899_999)[:count] + 100_000),
        pl.Series("wait", rng.integers(60, 240, count)),
        pl.Series("is_paid_twice", rng.random(count) < 0.4),
        pl.Series("is_paid", rng.random(count) < 0.6),
    )
    # Every eighth is filed again when building begins, and goes on under the new code.
    again = pl.when(pl.col("serial") % 8 == 4).then(pl.duration(days=pl.col("wait"))).otherwise(pl.duration(days=0))
    codes = {"filed_code": project_code(), "later_code": project_code(pl.col("began") + again)}
    rows = rows.with_columns(**codes)
    stages = [
        rows.select(
            pl.lit(PROJECT).alias("record_type"),
            "_eid",
            "uscc",
            "holder_name",
            "village",
            "total",
            "began",
            pl.col("later_code" if times else "filed_code").alias("project_code"),
            "project_name",
            pl.lit(stage).alias("stage_name"),
            pl.col("total").alias("money"),
            (pl.col("began") + pl.duration(days=pl.col("wait") * times)).alias("record_date"),
        )
        for times, stage in enumerate(("备案", "开工", "竣工"))
    ]
    paid = [
        rows.filter(when).select(
            pl.lit(GRANT).alias("record_type"),
            "_eid",
            "uscc",
            "holder_name",
            "village",
            "total",
            "began",
            pl.col("later_code").alias("project_code"),
            "project_name",
            pl.lit(SUBSIDY).alias("programme_name"),
            pl.lit(number, pl.Int64).alias("instalment"),
            (pl.col("total") * 0.05 / pl.when("is_paid_twice").then(2).otherwise(1)).round(2).alias("money"),
            (pl.col("began") + pl.duration(days=pl.col("wait") * number + 30)).alias("record_date"),
        )
        for number, when in ((1, pl.col("is_paid")), (2, pl.col("is_paid") & pl.col("is_paid_twice")))
    ]
    return [*stages, *paid]


def project_code(filed: pl.Expr | None = None) -> pl.Expr:
    """国家投资项目代码: month (of `filed`, else of `began`) and region of filing, the class of industry, kind (04 备案,
    02 technical renewal), serial number."""
    return pl.concat_str(
        (pl.col("began") if filed is None else filed).dt.strftime("%y%m"),
        pl.col("village").str.head(6),
        pl.lit("04"),
        pl.lit("02"),
        pl.col("serial").cast(pl.String).str.zfill(6),
        separator="-",
    )


def _titles(firms: pl.DataFrame, rng: np.random.Generator, count: int) -> list[pl.DataFrame]:
    which = rng.choice(len(TITLES), count, p=[0.4, 0.25, 0.35])
    rows = _drawn(firms, rng, count).with_columns(
        pl.Series("title_name", np.array(TITLES)[which]),
        pl.Series("serial", rng.permutation(899_999)[:count] + 100_000),
        pl.Series("wait", rng.integers(50, 200, count)),
        pl.Series("is_paid", rng.random(count) < 0.7),
    )
    common = ("_eid", "uscc", "holder_name", "village")
    titles = rows.select(
        pl.lit(TITLE).alias("record_type"),
        *common,
        "title_name",
        ("GR" + pl.col("began").dt.strftime("%Y") + "37" + pl.col("serial").cast(pl.String)).alias("cert_no"),
        pl.col("began").alias("valid_from"),
        pl.col("began").dt.offset_by("3y").alias("valid_to"),
        pl.col("began").alias("record_date"),
    )
    grants = rows.filter("is_paid").select(
        pl.lit(GRANT).alias("record_type"),
        *common,
        (pl.col("title_name") + "认定奖补").alias("programme_name"),
        pl.lit(1, pl.Int64).alias("instalment"),
        (pl.col("title_name").replace_strict(_AMOUNTS) * 10_000.0).alias("money"),
        (pl.col("began") + pl.duration(days="wait")).alias("record_date"),
    )
    return [titles, grants]
