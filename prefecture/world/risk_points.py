"""Reservoirs, flood-prone places, forest-fire posts and cameras.

Belongs here: points, where they lie, and who answers for them. Does not belong here: how departments state
coordinates (feeds/risk_points.py).
"""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from prefecture.world.geography import shifted
from prefecture.world.responsible import someone_of

if TYPE_CHECKING:
    from prefecture.world.world import World

_KINDS = (
    ("SK", "水库", "水库巡查责任人", 0.025),
    ("TB", "塘坝", "塘坝巡查责任人", 0.20),
    ("SH", "山洪灾害危险区", "转移责任人", 0.045),
    ("DZ", "地质灾害隐患点", "群测群防员", 0.03),
    ("FH", "森林防火检查站", "护林员", 0.12),
    ("SP", "视频点位", "点位管理员", 0.58),
)
_PER_ONE_PERCENT, _FARTHEST_KM = 450, 1.2
CAMERA = "视频点位"


def draw_risk_points(world: "World") -> pl.DataFrame:
    """One row per point: `point_no`, `point_name`, `point_kind`, `duty_name`, `longitude`, `latitude` (WGS84),
    `village`, `_county`, `_township`, `responsible_name`, `id_no`, `phone`, `_pid`, `volume` (万立方米, of
    reservoirs), `lot`. Reservoirs and fire posts lie in villages, cameras also in towns."""
    rng, villages = world.stream("risk points"), world.villages
    count = world.scaled(_PER_ONE_PERCENT, 45)
    kind = rng.choice(len(_KINDS), count, p=[k[3] for k in _KINDS])
    rural = villages.filter(pl.col("village").str.slice(9, 1) != "0")
    rural = rural if rural.height else villages
    camera = kind == len(_KINDS) - 1
    anywhere, countryside = (frame[rng.integers(0, frame.height, count)] for frame in (villages, rural))
    rows = pl.concat([anywhere.filter(pl.Series(camera)), countryside.filter(pl.Series(~camera))])
    kind = np.concatenate([kind[camera], kind[~camera]])
    code, name, duty = (np.array([k[i] for k in _KINDS])[kind] for i in range(3))
    rows = rows.join(world.village_points, on="village", maintain_order="left").with_columns(
        pl.Series("code", code),
        pl.Series("point_kind", name),
        pl.Series("duty_name", duty),
        pl.Series("lot", rng.random(count)),
        pl.Series("volume", np.where(kind == 0, rng.gamma(1.2, 60, count).round(1) + 10, np.nan)).fill_nan(None),
    )
    rows = shifted(rows, *rng.uniform(-_FARTHEST_KM, _FARTHEST_KM, (2, count)))
    who = someone_of(world, rows["_township"], rng.random(count)).select(
        pl.col("pid").alias("_pid"), pl.col("name").alias("responsible_name"), "id_no", "phone"
    )
    serial = pl.int_range(1, pl.len() + 1).over("_township", "code").cast(pl.String).str.zfill(4)
    return (
        pl.concat([rows, who], how="horizontal")
        .with_columns(serial.alias("serial"))
        .with_columns(
            pl.concat_str("_township", "code", "serial").alias("point_no"),
            pl.concat_str("short_name", pl.col("serial").str.strip_chars_start("0"), pl.lit("号"), "point_kind").alias(
                "point_name"
            ),
        )
        .drop("serial", "code", "short_name", "township_name")
    )
