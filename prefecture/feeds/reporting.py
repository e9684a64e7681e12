"""What the platforms that take reports have in common.

Belongs here: numbers, times and places of reports. Does not belong here: any one platform (F28, F29, F30).
"""

from datetime import datetime, time

import polars as pl

from prefecture.months import Month
from prefecture.world.incidents import read_classes
from prefecture.world.world import World

PREFIX = {"F28": "WG", "F29": "RX", "F30": "CG"}
DONE, OPEN, VOID = "已办结", "处理中", "作废"
_LONGEST_HOURS, _TIME = 240, "%Y-%m-%d %H:%M:%S"


def with_progress(reports: pl.DataFrame, world: World, month: Month, words: str) -> pl.DataFrame:
    """Add what every platform writes: `report_no`, `related_no`, `reported_time`, `closed_time`,
    `status_name`, `class_name` (in the platform's `words`), `_county`, `place` and `village_name`."""
    end = datetime.combine(month.as_of, time(23, 59, 59))
    closed = pl.col("reported") + pl.duration(hours=2 + _LONGEST_HOURS * pl.col("lot") ** 3)
    names = world.divisions.villages.select(
        pl.col("code").alias("residence"),
        pl.col("county_code").alias("_county"),
        "county_name",
        "township_name",
        pl.col("short_name").alias("village_name"),
    )
    classes = read_classes(world.reference).select("class_code", pl.col(words).alias("class_name"), "part_class")
    return (
        reports.join(names, on="residence", how="left", maintain_order="left")
        .join(classes, on="class_code", how="left", maintain_order="left")
        .with_columns(
            pl.when(closed <= end).then(closed).alias("closed"),
            number("platform", "reported", "serial").alias("report_no"),
            number("first_platform", "first_reported", "first_serial").alias("related_no"),
            (pl.col("township_name") + pl.col("village_name")).alias("place"),
            # 16 digits: county, large and small class, serial
            pl.when(pl.col("part_class").is_not_null())
            .then(pl.concat_str("_county", "part_class", (pl.col("part_no") % 1_000_000).cast(pl.String).str.zfill(6)))
            .alias("part_code"),
        )
        .with_columns(
            pl.when(pl.col("closed").is_null()).then(pl.lit(OPEN)).otherwise(pl.lit(DONE)).alias("status_name"),
            pl.col("reported").dt.strftime(_TIME).alias("reported_time"),
            pl.col("closed").dt.strftime(_TIME).alias("closed_time"),
        )
    )


def number(platform: str, at: str, serial: str) -> pl.Expr:
    """The number a platform gives: its letters, the county, the day and a serial of the month."""
    return pl.concat_str(
        pl.col(platform).replace_strict(PREFIX, default=None, return_dtype=pl.String),
        "_county",
        pl.col(at).dt.strftime("%Y%m%d"),
        pl.col(serial).cast(pl.String).str.zfill(7),
    )
