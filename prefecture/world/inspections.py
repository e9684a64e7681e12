"""Inspections of enterprises and places, and hazards found in them.

Belongs here: what is inspected by whom and when, and what becomes of hazards. Does not belong here: the
records of a month (feeds/inspections.py). Every item is one department's own; others join it only in a joint
inspection, which bears one number. Hazards are put right in time, or within the month in which they fall due.
"""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from prefecture.months import LAST
from prefecture.world.handwriting import at_door
from prefecture.world.lots import days_between
from prefecture.world.premises import lasts

if TYPE_CHECKING:
    from prefecture.world.world import World

FIRE, SAFETY, BUILDING, CITY = "消防救援大队", "应急管理局", "住房和城乡建设局", "综合行政执法局"
ITEMS = (
    ("XF01", "消防设施器材", FIRE),
    ("XF02", "疏散通道和安全出口", FIRE),
    ("XF03", "电气线路敷设", FIRE),
    ("XF04", "违规住人和动火作业", FIRE),
    ("YJ01", "安全生产责任制落实", SAFETY),
    ("YJ02", "危险化学品储存", SAFETY),
    ("YJ03", "有限空间作业管理", SAFETY),
    ("ZJ01", "燃气管道设施", BUILDING),
    ("ZJ02", "施工现场临时用电", BUILDING),
    ("CG01", "户外广告设施安全", CITY),
    ("CG02", "瓶装燃气使用", CITY),
)
_ITEM_SHARES = [0.18, 0.17, 0.14, 0.08, 0.12, 0.05, 0.03, 0.06, 0.04, 0.05, 0.08]
JOINT_ITEM = ("ZH01", "消防安全综合检查")
LEVELS = (("一般隐患", 10), ("较大隐患", 30), ("重大隐患", 60))
_SINCE = "2023-02-01"
_PER_ONE_PERCENT, _FIRMS_PER_ONE_PERCENT = 4_000 * 35 / 12, 1_500
_JOINT_SHARE, _HAZARD_SHARE, _LATE_SHARE, _REOPENED_SHARE = 0.03, 0.45, 0.08, 0.04


def draw_subjects(world: "World") -> pl.DataFrame:
    """What is inspected: the lasting small places and some other enterprises. `_eid`, `_pid` (keeper), `uscc`,
    `place_no`, `place_name`, `firm_name`, `door`, `village`, `_county`, `_township`."""
    places = world.premises.filter(lasts()).select(
        "_eid", "_pid", "uscc", "place_no", "place_name", "firm_name", "door", "village", "_county", "_township"
    )
    firms = world.enterprises.filter(
        (pl.col("status_name") == "存续")
        & ~pl.col("_eid").is_in(places["_eid"].drop_nulls().implode())
        & (pl.col("entity_type") == "有限责任公司")
    ).head(world.scaled(_FIRMS_PER_ONE_PERCENT, 50))
    others = firms.select(
        "_eid",
        pl.col("_rep").alias("_pid"),
        "uscc",
        pl.lit(None, pl.String).alias("place_no"),
        pl.col("name").alias("place_name"),
        pl.col("name").alias("firm_name"),
        "door",
        "village",
        pl.col("village").str.head(6).alias("_county"),
        pl.col("village").str.head(9).alias("_township"),
    )
    return pl.concat([places, others])


def draw_inspections(world: "World") -> pl.DataFrame:
    """The subjects' columns and `address`, `inspection_no`, `joint_no`, `department`, `item_code`, `item_name`,
    `checked_date`;
    of those that found a hazard also `hazard_no`, `level_name`, `due_date`, `reopened_date`, `closed_date`."""
    rng, subjects = world.stream("inspections"), draw_subjects(world)
    count = world.scaled(_PER_ONE_PERCENT, 1_200)
    item = rng.choice(len(ITEMS), count, p=_ITEM_SHARES)
    code, name, owner = (np.array([i[k] for i in ITEMS])[item] for k in range(3))
    rows = subjects[rng.integers(0, subjects.height, count)].with_columns(
        (pl.int_range(pl.len(), dtype=pl.Int64) + world.shard.first_number)
        .cast(pl.String)
        .str.zfill(9)
        .alias("serial"),
        pl.Series("item_code", code),
        pl.Series("item_name", name),
        pl.Series("department", owner),
        _workday(days_between(rng, _SINCE, str(LAST.as_of), count)),
        pl.lit(None, pl.String).alias("joint_no"),
    )
    is_joint = pl.Series(rng.random(count) < _JOINT_SHARE)
    joint = rows.filter(is_joint).unique(pl.coalesce("uscc", "place_no"), keep="first", maintain_order=True)
    rows = pl.concat([rows.filter(~is_joint), _joint(joint)])
    rows = rows.with_columns(
        ("JC" + pl.col("checked_date").dt.strftime("%Y%m%d") + pl.col("serial")).alias("inspection_no")
    )
    rows = rows.with_columns(at_door(rows, world, "inspections"))
    return _hazards(rows, rng).drop("serial")


def _workday(days: np.ndarray) -> pl.Series:
    """Saturdays and Sundays become the Friday before, or the Monday after if the month is not over."""
    weekday = (days.astype("datetime64[D]").view("int64") + 3) % 7
    back = np.where(weekday > 4, weekday - 4, 0).astype("timedelta64[D]")
    first = days - back < days.astype("datetime64[M]").astype("datetime64[D]")
    return pl.Series("checked_date", np.where(first, days + np.where(weekday == 5, 2, 1), days - back))


def _joint(rows: pl.DataFrame) -> pl.DataFrame:
    """Fire brigade and safety authority come together, with one number."""
    joint = rows.with_columns(
        pl.lit(JOINT_ITEM[0]).alias("item_code"),
        pl.lit(JOINT_ITEM[1]).alias("item_name"),
        ("LH" + pl.col("checked_date").dt.strftime("%Y%m") + pl.col("serial")).alias("joint_no"),
    )
    parts = [
        joint.with_columns(pl.lit(who).alias("department"), pl.col("serial") + str(i))
        for i, who in enumerate((FIRE, SAFETY), start=1)
    ]
    return pl.concat(parts)


def _hazards(rows: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    level = rng.choice(len(LEVELS), rows.height, p=[0.85, 0.12, 0.03])
    found = rows["checked_date"].to_numpy().astype("datetime64[D]")
    term = np.array([days for _, days in LEVELS])[level]
    due = found + term
    month_end = (due.astype("datetime64[M]") + 1).astype("datetime64[D]") - 1
    closed = found + 1 + np.floor(rng.random(rows.height) * term).astype(int)
    late = rng.random(rows.height) < _LATE_SHARE
    closed = np.where(late, np.minimum(due + rng.integers(1, 11, rows.height), month_end), closed)
    half = found + (closed - found) // 2
    reopened = np.where((rng.random(rows.height) < _REOPENED_SHARE) & (half > found), half, np.datetime64("NaT"))
    has = pl.Series(rng.random(rows.height) < _HAZARD_SHARE)
    columns = {"due_date": due, "closed_date": closed, "reopened_date": reopened}
    return rows.with_columns(
        pl.when(has).then(pl.lit("YH") + pl.col("inspection_no").str.slice(2)).alias("hazard_no"),
        pl.when(has).then(pl.Series(np.array([name for name, _ in LEVELS])[level])).alias("level_name"),
        *(pl.when(has).then(pl.Series(days)).alias(name) for name, days in columns.items()),
    )
