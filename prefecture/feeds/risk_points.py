"""F27: reservoirs, flood-prone places, forest-fire posts and cameras on the map, with who answers for them.

Belongs here: the quarterly list, and each department's habit of stating coordinates. Does not belong here: the
points (world/risk_points.py). Water departments survey in CGCS2000 (to the centimetre WGS84), natural resources
in WGS84, camera platforms in GCJ-02; one point in five does not say in what.
"""

import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.months import Month
from prefecture.world.geography import to_gcj02
from prefecture.world.risk_points import CAMERA
from prefecture.world.world import World

_SILENT_SHARE, _DOMESTIC_SHARE = 0.2, 0.08
LAYOUT = {
    "point_no": "点位编号",
    "point_name": "点位名称",
    "point_kind": "点位类别",
    "datum_name": "坐标系",
    "division_code": "村居代码",
    "volume": "总库容(万立方米)",
    "duty_name": "责任人类别",
    "responsible_name": "责任人",
    "id_no": "责任人身份证号",
    "phone": "责任人电话",
    "updated_date": "更新日期",
}


def points(world: World, month: Month) -> pl.DataFrame:
    """All rows of F27 with `_pid` (responsible person), `_datum` (what the coordinates truly are in),
    `_township`, `_geometry` and `_site`."""
    rows = world.risk_points
    east, north = to_gcj02(rows["longitude"].to_numpy(), rows["latitude"].to_numpy())
    silent = (pl.col("lot") * 10 % 1) < _SILENT_SHARE
    datum = (
        pl.when((pl.col("point_kind") == CAMERA) | (pl.col("lot") < _DOMESTIC_SHARE))
        .then(pl.lit("GCJ-02"))
        .when(pl.col("point_kind").is_in(["水库", "塘坝", "山洪灾害危险区"]))
        .then(pl.lit("CGCS2000"))
        .otherwise(pl.lit("WGS84"))
    )
    rows = rows.with_columns(datum.alias("_datum"))
    stated = [
        pl.when(pl.col("_datum") == "GCJ-02").then(pl.Series(moved)).otherwise(name).round(6)
        for name, moved in (("longitude", east), ("latitude", north))
    ]
    place = pl.concat_str(
        pl.lit('{"type": "Point", "coordinates": ['),
        stated[0].cast(pl.String),
        pl.lit(", "),
        stated[1].cast(pl.String),
        pl.lit("]}"),
    )
    return rows.select(
        "point_no",
        "point_name",
        "point_kind",
        pl.when(~silent).then("_datum").alias("datum_name"),
        pl.col("village").alias("division_code"),
        "volume",
        "duty_name",
        "responsible_name",
        "id_no",
        "phone",
        pl.lit(month.start).alias("updated_date"),
        "_pid",
        "_datum",
        "_township",
        place.alias("_geometry"),
        pl.col("point_no").alias("_site"),
    )


FEED = Feed(
    code="F27",
    title="风险点位与责任人",
    kind="snapshot",
    rows=points,
    keys=("point_no",),
    order=("point_no",),
    layout=LAYOUT,
    format="geojson",
    every=3,
)
