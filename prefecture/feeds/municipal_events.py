"""F30: broken parts of the city, and disorder in its streets.

Belongs here: what inspectors, residents and cameras report to municipal management. Does not belong here:
what happened (world/incidents.py), or events counted twice (defects/repeated_reports.py).
"""

import numpy as np
import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.feeds.reporting import with_progress
from prefecture.months import Month
from prefecture.world.geography import shifted
from prefecture.world.handwriting import about
from prefecture.world.incidents import MUNICIPAL, draw_reports
from prefecture.world.world import World

INSPECTOR, PUBLIC, CAMERA = "监督员上报", "公众举报", "视频智能识别"
_INSPECTOR_SHARE, _PUBLIC_SHARE, _REACH_KM = 0.7, 0.2, 0.6
LAYOUT = {
    "event_no": "ajbh",
    "part_code": "bjdm",
    "class_name": "ajlb",
    "source_name": "ajly",
    "grid_code": "zrwg",
    "longitude": "jd",
    "latitude": "wd",
    "address": "ajdz",
    "reporter_phone": "lxdh",
    "reported_time": "sbsj",
    "closed_time": "jasj",
    "status_name": "ajzt",
    "related_no": "glah",
}


def events(world: World, month: Month) -> pl.DataFrame:
    """All rows of F30 of a month."""
    return event_rows(draw_reports(world, month, MUNICIPAL), world, month)


def event_rows(reports: pl.DataFrame, world: World, month: Month) -> pl.DataFrame:
    """Rows of F30 about reports; only the public leaves a number."""
    source = (
        pl.when(pl.col("lot_2") < _INSPECTOR_SHARE)
        .then(pl.lit(INSPECTOR))
        .when(pl.col("lot_2") < _INSPECTOR_SHARE + _PUBLIC_SHARE)
        .then(pl.lit(PUBLIC))
        .otherwise(pl.lit(CAMERA))
    )
    rows = with_progress(reports, world, month, "municipal_name").with_columns(source.alias("source_name"))
    points = world.village_points.rename({"village": "residence"})
    rows = rows.join(points, on="residence", how="left", maintain_order="left")
    angle = 2 * np.pi * rows["lot_3"].to_numpy()
    reach = _REACH_KM * np.sqrt(rows["lot"].to_numpy())
    return shifted(rows, reach * np.cos(angle), reach * np.sin(angle)).select(
        "_pid",
        "_county",
        pl.col("residence").alias("_village"),
        "reported",
        pl.col("report_no").alias("event_no"),
        "part_code",
        "class_name",
        "source_name",
        pl.col("grid").alias("grid_code"),
        "longitude",
        "latitude",
        about(rows["residence"], world, f"municipal {month.index}"),
        pl.when(pl.col("source_name") == PUBLIC).then("phone").alias("reporter_phone"),
        "reported_time",
        "closed_time",
        "status_name",
        "related_no",
    )


FEED = Feed(
    code="F30",
    title="城市部件事件",
    kind="events",
    rows=events,
    keys=("event_no",),
    order=("reported", "event_no"),
    layout=LAYOUT,
    format="json",
    people=(),
)
