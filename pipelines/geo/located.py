"""Coordinates as everybody can use them: CGCS2000, in degrees.

Belongs here: bringing points and geometries of any told datum there. Does not belong here: telling (datum.py).
What a department stated stays in its columns; these are columns beside them.
"""

import numpy as np
import polars as pl

from pipelines.geo import geometry as geo
from pipelines.geo.crs import GCJ02, SAME_GROUND, degrees
from pipelines.geo.gcj02 import from_gcj02, inside_china


def to_cgcs2000(points: pl.DataFrame) -> pl.DataFrame:
    """`longitude` and `latitude` in CGCS2000, 7 digits, of `x`, `y`, `datum`; null where the datum is unknown or
    not convertible, and where the point is not in China."""
    x, y = (points[c].cast(pl.Float64).to_numpy() for c in ("x", "y"))
    moved_x, moved_y = from_gcj02(x, y)
    shifted = (points["datum"] == GCJ02).fill_null(False).to_numpy()
    known = points["datum"].is_in([GCJ02, *SAME_GROUND]).fill_null(False).to_numpy() & inside_china(x, y)
    both = ((np.where(known, np.where(shifted, moved, as_is), np.nan)) for moved, as_is in ((moved_x, x), (moved_y, y)))
    return pl.DataFrame(dict(zip(("longitude", "latitude"), both, strict=True))).with_columns(
        pl.all().fill_nan(None).round(geo.DIGITS)
    )


def centres(geometries: pl.Series) -> pl.DataFrame:
    """`x`, `y` (degrees, mean of the points) and `crs` (the name stated) of geometry texts; null for null."""
    found = [_centre(text) for text in geometries]
    return pl.DataFrame(found, schema={"x": pl.Float64, "y": pl.Float64, "crs": pl.String}, orient="row")


def geometries_to_cgcs2000(geometries: pl.Series, datums: pl.Series) -> pl.Series:
    """Geometry texts with every point in CGCS2000, without `crs`; null where the datum is not convertible."""
    moved = [_moved(text, datum) for text, datum in zip(geometries, datums, strict=True)]
    return pl.Series(geometries.name, moved, dtype=pl.String)


def _centre(text: str | None) -> tuple[float | None, float | None, str | None]:
    shape = geo.parse(text) if text else None
    if shape is None:
        return None, None, None
    name = geo.crs_of(shape)
    x, y = degrees(name, *np.array(geo.points(shape)).T)
    return float(np.mean(x)), float(np.mean(y)), name


def _moved(text: str | None, datum: str | None) -> str | None:
    shape = geo.parse(text) if text and datum in (GCJ02, *SAME_GROUND) else None
    if shape is None:
        return None
    name = geo.crs_of(shape)

    def move(points: list[list[float]]) -> list[list[float]]:
        x, y = degrees(name, *np.array(points).T)
        if datum == GCJ02:
            x, y = from_gcj02(x, y)
        return np.column_stack([x, y]).tolist()

    return geo.write({k: v for k, v in geo.mapped(shape, move).items() if k != "crs"})
