"""F90: cells of the monthly report that townships and counties have confirmed. Not one of the 36 feeds.

Belongs here: what the report counts, and how it is confirmed. Does not belong here: wrong confirmations
(defects/confirmations.py). A report is filled in by machine from what departments have delivered, whatever is
wrong in it, on the business date; townships confirm their cells the same evening, then the county its own.
"""

import polars as pl

from prefecture.feeds.feed import Delivered, Feed
from prefecture.months import Month
from prefecture.output.whereabouts import MARK
from prefecture.output.workbook import Heading
from prefecture.world.ages import completed_years
from prefecture.world.divisions import Divisions
from prefecture.world.world import World

REPORT = "镇街人口与救助基础信息月报"
RESIDENTS, AGED, ASSISTED = "户籍登记人口", "80岁以上户籍人口", "低保对象人数"
INDICATORS = {RESIDENTS: "RK01", AGED: "RK02", ASSISTED: "MZ01"}
CONFIRMED, RETURNED = "已确认", "已退回"
LEAST_PACE = 2.0
_EVENING, _SLOWEST = 17 * 60, 240
LAYOUT = (
    Heading("report_no", "报表编号", width=14),
    Heading("report_name", "报表名称", width=30),
    Heading("cell_no", "单元格编号", width=34),
    Heading("version_no", "版本", width=6),
    Heading("division_code", "填报单位代码", width=16),
    Heading("indicator_code", "指标代码", width=10),
    Heading("indicator_name", "指标名称", width=20),
    Heading("value", "确认值"),
    Heading("parent_cell_no", "上级单元格编号", width=34),
    Heading("as_of_date", "数据截止日期"),
    Heading("status_name", "状态", width=8),
    Heading("confirmed_time", "确认时间", width=20),
    Heading("row_count", "核对行数"),
    Heading("second_count", "核对用时(秒)"),
    Heading("reason", "更正原因", width=30),
)


def cells(delivered: Delivered, world: World, month: Month) -> pl.DataFrame:
    """All cells of the month's report, of townships and above them of counties; `_shift` is added to their
    value, `_pace` (seconds for 100 rows) says how fast they were looked through if not at leisure."""
    leaves = _leaves(world).join(_counts(delivered, world, month), on=["division_code", "indicator_name"], how="left")
    leaves = leaves.sort("division_code", "indicator_code").with_columns(pl.col("value").fill_null(0))
    parents = leaves.group_by("_county", "indicator_code", "indicator_name", maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("row_count"), pl.col("_county").first().alias("division_code")
    )
    rows = pl.concat([leaves.with_columns(row_count="value"), parents], how="diagonal_relaxed")
    rng = world.stream(f"reports {month.index}")
    minutes = (
        pl.lit(_EVENING) + pl.Series(rng.integers(0, 180, rows.height)) + pl.when(_is_parent()).then(180).otherwise(0)
    )
    time = pl.lit(month.as_of).cast(pl.Datetime("ms")) + pl.duration(minutes=minutes)
    return numbered(rows, month).with_columns(
        pl.lit(f"BB{month.period}").alias("report_no"),
        pl.lit(REPORT).alias("report_name"),
        pl.lit(1).alias("version_no"),
        pl.lit(month.as_of).alias("as_of_date"),
        pl.lit(CONFIRMED).alias("status_name"),
        time.dt.strftime("%Y-%m-%d %H:%M:%S").alias("confirmed_time"),
        pl.Series("_leisure", rng.integers(20, _SLOWEST, rows.height)),
        pl.lit(None, pl.String).alias("reason"),
        pl.lit(0, pl.Int64).alias("_shift"),
        pl.lit(None, pl.Float64).alias("_pace"),
    )


def added_up(rows: pl.DataFrame, _: Month) -> pl.DataFrame:
    """Counties' cells are the sums of their townships' as confirmed; the time taken follows from the pace."""
    first = pl.col("version_no") == 1
    sums = (
        rows.filter(first & ~_is_parent())
        .group_by(pl.col("parent_cell_no").alias("cell_no"))
        .agg((pl.col("value") + pl.col("_shift")).sum().alias("sum"))
    )
    needed = pl.col("row_count") / 100
    leisure = (needed * LEAST_PACE).ceil().cast(pl.Int64) + pl.col("_leisure")
    hurry = pl.when(pl.col("_pace") < LEAST_PACE).then((needed * pl.col("_pace")).floor())
    return (
        rows.join(sums, on="cell_no", how="left", maintain_order="left")
        .with_columns((pl.when(first & _is_parent()).then("sum").otherwise("value") + pl.col("_shift")).alias("value"))
        .with_columns(
            pl.coalesce(hurry, (needed * pl.col("_pace")).ceil(), leisure).cast(pl.Int64).alias("second_count")
        )
        .drop("sum")
    )


def townships(world: World) -> pl.DataFrame:
    """`division_code` and `_county` of the shard's townships."""
    villages = world.divisions.villages.filter(pl.col("county_code").is_in(list(world.census.codes)))
    rows = villages.select(pl.col("township_code").alias("division_code"), pl.col("county_code").alias("_county"))
    return rows.unique(maintain_order=True)


def numbered(cells: pl.DataFrame, month: Month) -> pl.DataFrame:
    """Add `cell_no` and, for townships, `parent_cell_no`."""

    def number(division: str) -> pl.Expr:
        return pl.concat_str(pl.lit(f"BB{month.period}"), division, "indicator_code", separator="-")

    return cells.with_columns(
        number("division_code").alias("cell_no"),
        pl.when(~_is_parent()).then(number("_county")).alias("parent_cell_no"),
    )


def in_force(divisions: Divisions) -> pl.DataFrame:
    """`division_code` as rows bear it, now or from the past, and the `code` of the village it leads to by
    successors; codes that lead nowhere are left out."""
    villages = divisions.units.filter(pl.col("level_name") == "村")
    successor = dict(villages.select("unit_code", "successor_code").drop_nulls().iter_rows())
    current = villages.filter(pl.col("valid_to").is_null())["unit_code"]
    codes = villages.select(division_code="unit_code", code="unit_code")
    while (moved := codes["code"].is_in(list(successor))).any():
        codes = codes.with_columns(
            pl.when(moved).then(pl.col("code").replace(successor)).otherwise("code").alias("code")
        )
    return codes.filter(pl.col("code").is_in(current.implode()))


def _counts(delivered: Delivered, world: World, month: Month) -> pl.DataFrame:
    residents = _readable(delivered("F01", month)).filter(pl.col("status_name") == "正常")
    aged = residents.filter(completed_years("birth_date", month.as_of) >= 80)
    assisted = _readable(delivered("F08", month)).filter(
        (pl.col("category") == "低保") & (pl.col("pay_month") == month.month)
    )
    villages = in_force(world.divisions)
    return pl.concat(
        rows.join(villages, on="division_code")
        .group_by(pl.col("code").str.head(9).alias("division_code"))
        .agg(pl.len().cast(pl.Int64).alias("value"))
        .with_columns(pl.lit(name).alias("indicator_name"))
        for name, rows in ((RESIDENTS, residents), (AGED, aged), (ASSISTED, assisted))
    )


def _readable(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col(MARK).is_null()) if MARK in rows.columns else rows


def _leaves(world: World) -> pl.DataFrame:
    """Every township of the shard with every indicator."""
    indicators = pl.DataFrame({"indicator_name": list(INDICATORS), "indicator_code": list(INDICATORS.values())})
    return townships(world).join(indicators, how="cross")


def _is_parent() -> pl.Expr:
    return pl.col("division_code").str.len_chars() == 6


FEED = Feed(
    code="F90",
    title="报表确认",
    kind="events",
    rows=None,
    rows_of=cells,
    finish=added_up,
    keys=("cell_no", "version_no"),
    order=("_county", "cell_no", "version_no"),
    layout=LAYOUT,
    format="xlsx",
    split="county",
    heading="{county}{year}年{month}月报表确认明细表",
    people=(),
)
