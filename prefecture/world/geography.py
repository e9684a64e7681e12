"""Where villages lie, roughly.

Belongs here: a made-up point for every village near its county's true centre, and the coordinate systems
departments use. Does not belong here: what stands at a point. The radii keep points on land.
"""

import numpy as np
import polars as pl

from prefecture.world.divisions import Divisions
from prefecture.world.lots import stream

_CENTRES = {
    "370602": (121.39, 37.49, 5.0),
    "370611": (121.20, 37.42, 10.0),
    "370612": (121.55, 37.28, 13.0),
    "370613": (121.42, 37.41, 5.0),
    "370614": (120.82, 37.66, 9.0),
    "370671": (121.49, 37.40, 2.5),
    "370676": (121.17, 37.54, 5.0),
    "370681": (120.55, 37.58, 9.0),
    "370682": (120.72, 36.97, 16.0),
    "370683": (120.05, 37.15, 13.0),
    "370685": (120.40, 37.36, 13.0),
    "370686": (120.83, 37.33, 15.0),
    "370687": (121.10, 36.90, 13.0),
}
_GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))
_VILLAGE_KM = 1.5
_KM_PER_DEGREE = 111.32
_AXIS, _ECCENTRICITY = 6_378_245.0, 0.006_693_421_622_965_943


def village_points(divisions: Divisions, seed: int) -> pl.DataFrame:
    """`village`, `longitude`, `latitude` (WGS84): townships lie in a spiral around the county's centre,
    villages around their township."""
    rng = stream(seed, "geography")
    places = divisions.villages.select(pl.col("code").alias("village"), "county_code", "township_code").with_columns(
        (pl.col("township_code").rank("dense").over("county_code") - 0.5).alias("turn"),
        pl.col("township_code").n_unique().over("county_code").alias("turns"),
        *(
            pl.col("county_code").replace_strict({c: v[i] for c, v in _CENTRES.items()}).alias(name)
            for i, name in enumerate(("east", "north", "radius"))
        ),
    )
    way = places["radius"].to_numpy() * np.sqrt(places["turn"].to_numpy() / places["turns"].to_numpy())
    angle = places["turn"].to_numpy() * _GOLDEN_ANGLE
    return shifted(
        places.select("village", pl.col("east").alias("longitude"), pl.col("north").alias("latitude")),
        way * np.cos(angle) + rng.uniform(-_VILLAGE_KM, _VILLAGE_KM, len(way)),
        way * np.sin(angle) + rng.uniform(-_VILLAGE_KM, _VILLAGE_KM, len(way)),
    )


def shifted(places: pl.DataFrame, east_km: np.ndarray, north_km: np.ndarray) -> pl.DataFrame:
    """The same rows, so many kilometres further east and north."""
    return places.with_columns(
        (
            pl.col("longitude") + pl.Series("east_km", east_km) / (_KM_PER_DEGREE * pl.col("latitude").radians().cos())
        ).round(6),
        (pl.col("latitude") + pl.Series("north_km", north_km) / _KM_PER_DEGREE).round(6),
    )


def to_gcj02(longitude: np.ndarray, latitude: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """WGS84 as domestic map services draw it, some 500 m away (the well-known approximation)."""
    x, y = longitude - 105.0, latitude - 35.0
    waves = (20 * np.sin(6 * x * np.pi) + 20 * np.sin(2 * x * np.pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y**2 + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x)) + waves
    north += (20 * np.sin(y * np.pi) + 40 * np.sin(y / 3 * np.pi)) * 2 / 3
    north += (160 * np.sin(y / 12 * np.pi) + 320 * np.sin(y * np.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x**2 + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x)) + waves
    east += (20 * np.sin(x * np.pi) + 40 * np.sin(x / 3 * np.pi)) * 2 / 3
    east += (150 * np.sin(x / 12 * np.pi) + 300 * np.sin(x / 30 * np.pi)) * 2 / 3
    angle = np.radians(latitude)
    magic = 1 - _ECCENTRICITY * np.sin(angle) ** 2
    north = north * 180 / (_AXIS * (1 - _ECCENTRICITY) / (magic * np.sqrt(magic)) * np.pi)
    east = east * 180 / (_AXIS / np.sqrt(magic) * np.cos(angle) * np.pi)
    return longitude + east, latitude + north
