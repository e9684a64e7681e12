"""F25: records of inspections, and of hazards each time something happens to them.

Belongs here: the records of a month. Does not belong here: the inspections (world/inspections.py). A hazard is
sent as it stands at the end of every month in which it was found, reopened or closed; the last record counts.
The same place goes by several names, its code stays.
"""

import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.months import Month
from prefecture.world.inspections import FIRE, SAFETY
from prefecture.world.premises import site_of
from prefecture.world.world import World

INSPECTION, HAZARD = "检查记录", "隐患整改"
OPEN, AGAIN, CLOSED = "整改中", "重新整改", "已销号"
LAYOUT = {
    "record_no": "JLBH",
    "record_type": "JLLX",
    "inspection_no": "JCBH",
    "joint_no": "LHJCBH",
    "department_name": "JCBM",
    "place_name": "DXMC",
    "uscc": "TYSHXYDM",
    "place_no": "CSBH",
    "address": "DZ",
    "division_code": "XZQHDM",
    "item_code": "JCXBM",
    "item_name": "JCXMC",
    "checked_date": "JCRQ",
    "check_result": "JCJG",
    "level_name": "YHJB",
    "due_date": "ZGQX",
    "closed_date": "XHRQ",
    "evidence_no": "ZGCLBH",
    "reopen_count": "FFCS",
    "status_name": "ZGZT",
    "updated_date": "GXRQ",
}


def inspections(world: World, month: Month) -> pl.DataFrame:
    """Rows of F25 of the month, with `_eid`, `_pid` (keeper), `_village` and `_site`; the first ones bring the year
    before."""
    rows = world.inspections
    happened = in_month("checked_date", month)
    moved = pl.any_horizontal(in_month(c, month) for c in ("checked_date", "reopened_date", "closed_date"))
    found = rows.filter(pl.col("hazard_no").is_not_null() & moved)
    return pl.concat([inspection_rows(world, rows.filter(happened)), hazard_rows(world, found, month)])


def in_month(column: str, month: Month) -> pl.Expr:
    """True where the date lies in the month, or anywhere before the end of the first."""
    since = pl.lit(True) if month.index == 0 else pl.col(column) >= month.start
    return (since & (pl.col(column) <= month.as_of)).fill_null(False)


def inspection_rows(world: World, rows: pl.DataFrame) -> pl.DataFrame:
    """Records of inspections (columns of world.inspections)."""
    return rows.select(
        pl.col("inspection_no").alias("record_no"),
        pl.lit(INSPECTION).alias("record_type"),
        *_common(world),
        pl.when(pl.col("hazard_no").is_null()).then(pl.lit("合格")).otherwise(pl.lit("发现隐患")).alias("check_result"),
        *(pl.lit(None, kind).alias(name) for name, kind in _HAZARD_ONLY.items()),
        pl.col("checked_date").alias("updated_date"),
        *_HIDDEN,
    )


def hazard_rows(world: World, rows: pl.DataFrame, month: Month) -> pl.DataFrame:
    """Records of hazards as they stand at the end of the month."""
    closed = (pl.col("closed_date") <= month.as_of).fill_null(False)
    again = (pl.col("reopened_date") <= month.as_of).fill_null(False)
    return rows.select(
        pl.col("hazard_no").alias("record_no"),
        pl.lit(HAZARD).alias("record_type"),
        *_common(world),
        pl.lit("发现隐患").alias("check_result"),
        "level_name",
        "due_date",
        pl.when(closed).then("closed_date").alias("closed_date"),
        pl.when(closed).then("ZG" + pl.col("hazard_no").str.slice(2)).alias("evidence_no"),
        again.cast(pl.Int64).alias("reopen_count"),
        pl.when(closed)
        .then(pl.lit(CLOSED))
        .when(again)
        .then(pl.lit(AGAIN))
        .otherwise(pl.lit(OPEN))
        .alias("status_name"),
        pl.when(closed)
        .then("closed_date")
        .when(again)
        .then("reopened_date")
        .otherwise("checked_date")
        .alias("updated_date"),
        *_HIDDEN,
    )


_HAZARD_ONLY = {
    "level_name": pl.String,
    "due_date": pl.Date,
    "closed_date": pl.Date,
    "evidence_no": pl.String,
    "reopen_count": pl.Int64,
    "status_name": pl.String,
}
_HIDDEN = (
    "_eid", "_pid", "_county", "_township", pl.col("village").alias("_village"), site_of("place_no").alias("_site"),
)  # fmt: skip


def _common(world: World) -> tuple[pl.Expr, ...]:
    counties = dict(world.divisions.counties.iter_rows())
    return (
        pl.col("inspection_no"),
        pl.col("joint_no"),
        (pl.col("_county").replace_strict(counties) + pl.col("department")).alias("department_name"),
        pl.when(pl.col("department") == SAFETY)
        .then(pl.coalesce("firm_name", "place_name"))
        .when(pl.col("department") == FIRE)
        .then(pl.coalesce(pl.col("firm_name").str.strip_prefix("烟台市"), pl.col("place_name")))
        .otherwise("place_name")
        .alias("place_name"),
        pl.col("uscc"),
        pl.col("place_no"),
        pl.col("address"),
        pl.col("village").alias("division_code"),
        pl.col("item_code"),
        pl.col("item_name"),
        pl.col("checked_date"),
    )


FEED = Feed(
    code="F25",
    title="风险隐患与检查",
    kind="events",
    rows=inspections,
    keys=("record_no", "updated_date"),
    order=("updated_date", "record_no"),
    layout=LAYOUT,
    format="json",
    people=(),
)
