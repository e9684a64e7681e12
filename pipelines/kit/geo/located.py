"""Coordinates as everybody can use them: CGCS2000, in degrees.

Belongs here: bringing points of any told datum there, and the middle of a geometry. Does not belong here: telling
datums apart (datum.py).
What a department stated stays in its columns; these are columns beside them.
"""

import json

import numpy as np
import polars as pl

from pipelines.kit.geo import geometry as geo
from pipelines.kit.geo.crs import GCJ02, SAME_GROUND, degrees
from pipelines.kit.geo.gcj02 import from_gcj02, inside_china

_CRS = ',"crs":'
_NAME = r',"crs":\{"type":"name","properties":\{"name":"((?:[^"\\]|\\.)*)"'
_NUMBER = r"-?[0-9][0-9.]*(?:e[+-]?[0-9]+)?"


def to_cgcs2000(points: pl.DataFrame) -> pl.DataFrame:
    """`longitude` and `latitude` in CGCS2000, 7 digits, of `x`, `y`, `datum`; null where the datum is unknown or
    not convertible, and where the point is not in China."""
    x, y = (points[c].cast(pl.Float64).to_numpy(writable=True) for c in ("x", "y"))
    known = points["datum"].is_in([GCJ02, *SAME_GROUND]).fill_null(False).to_numpy() & inside_china(x, y)
    x[~known] = y[~known] = np.nan
    shifted = known & (points["datum"] == GCJ02).fill_null(False).to_numpy()
    x[shifted], y[shifted] = from_gcj02(x[shifted], y[shifted])
    return pl.DataFrame({"longitude": x, "latitude": y}).with_columns(pl.all().fill_nan(None).round(geo.DIGITS))


def centres(geometries: pl.Series) -> pl.DataFrame:
    """`x`, `y` (degrees, the middle of the box around it) and `crs` (the name stated) of texts as `geometry.write`
    writes them; null for null."""
    parts = geometries.to_frame("text").select(
        pl.col("text").str.split(_CRS).list.first().str.extract_all(_NUMBER).cast(pl.List(pl.Float64)).alias("numbers"),
        pl.col("text").str.extract(_NAME).alias("crs"),
    )
    xs, ys = (pl.col("numbers").list.gather_every(2, first) for first in (0, 1))
    middles = [((v.list.min() + v.list.max()) / 2).alias(name) for name, v in (("x", xs), ("y", ys))]
    found = parts.select(*middles, "crs")
    for name in found["crs"].drop_nulls().unique():
        here = (found["crs"] == name).fill_null(False)
        x, y = degrees(json.loads(f'"{name}"'), *(found.filter(here)[c].to_numpy() for c in ("x", "y")))
        moved = pl.DataFrame({"x": x, "y": y})
        found = found.with_columns(found[c].scatter(here.arg_true(), moved[c]) for c in ("x", "y"))
    return found
