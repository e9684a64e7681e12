"""F28: events on the grid platform.

Belongs here: what grid officers, residents and departments report to it. Does not belong here: what happened
(world/incidents.py), or events counted twice (defects/repeated_reports.py).
"""

import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.feeds.reporting import VOID, with_progress
from prefecture.months import Month
from prefecture.world.handwriting import about
from prefecture.world.incidents import GRID, draw_reports
from prefecture.world.world import World

OFFICER, RESIDENT, DEPARTMENT = "网格员上报", "群众上报", "部门推送"
_OFFICER_SHARE, _DEPARTMENT_SHARE, _TEST_SHARE, _PART_SHARE = 0.6, 0.05, 0.003, 0.25
TEST = "系统测试，请忽略"
LAYOUT = {
    "event_no": "sjbh",
    "grid_code": "wgbm",
    "class_name": "sjlx",
    "source_name": "sjly",
    "reporter_name": "sbr",
    "reporter_phone": "sbrdh",
    "address": "sjdz",
    "part_code": "bjbm",
    "reported_time": "sbsj",
    "closed_time": "bjsj",
    "status_name": "sjzt",
    "result_text": "bljg",
    "related_no": "glbh",
}


def events(world: World, month: Month) -> pl.DataFrame:
    """All rows of F28 of a month."""
    return event_rows(draw_reports(world, month, GRID), world, month)


def event_rows(reports: pl.DataFrame, world: World, month: Month) -> pl.DataFrame:
    """Rows of F28 about reports. Who comes from another platform is a department's; now and then somebody
    tries the platform out."""
    officers = world.divisions.grids.select(pl.col("unit_code").alias("grid"), "grid_officer")
    rows = with_progress(reports, world, month, "grid_platform_name").join(
        officers, on="grid", how="left", maintain_order="left"
    )
    walks = (pl.col("class_code") == "13") | (pl.col("lot_2") < _OFFICER_SHARE)
    is_test = pl.col("first_serial").is_null() & (pl.col("lot_3") < _TEST_SHARE)
    source = (
        pl.when(pl.col("first_serial").is_not_null() | (pl.col("lot_2") > 1 - _DEPARTMENT_SHARE))
        .then(pl.lit(DEPARTMENT))
        .when(walks)
        .then(pl.lit(OFFICER))
        .otherwise(pl.lit(RESIDENT))
    )
    told = pl.col("source_name") == RESIDENT
    result = pl.when(pl.col("closed").is_not_null()).then(pl.lit("已到现场处置并回访"))
    return rows.with_columns(source.alias("source_name")).select(
        "_pid",
        "_county",
        pl.col("residence").alias("_village"),
        "reported",
        pl.col("report_no").alias("event_no"),
        pl.col("grid").alias("grid_code"),
        "class_name",
        "source_name",
        pl.when(told).then("name").when(pl.col("source_name") == OFFICER).then("grid_officer").alias("reporter_name"),
        pl.when(told).then("phone").alias("reporter_phone"),
        about(rows["residence"], world, f"grid {month.index}"),
        pl.when(~told & (pl.col("lot_3") < _PART_SHARE)).then("part_code").alias("part_code"),
        "reported_time",
        "closed_time",
        pl.when(is_test).then(pl.lit(VOID)).otherwise("status_name").alias("status_name"),
        pl.when(is_test).then(pl.lit(TEST)).otherwise(result).alias("result_text"),
        "related_no",
    )


FEED = Feed(
    code="F28",
    title="网格事件",
    kind="events",
    rows=events,
    keys=("event_no",),
    order=("reported", "event_no"),
    layout=LAYOUT,
    format="json",
    people=(),
)
