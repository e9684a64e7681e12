"""In which datum coordinates are: told by what was said, else by evidence, else unknown.

Belongs here: the ways of telling and how sure each must be. Does not belong here: formulas (gcj02.py), names of
systems (crs.py). Nothing is ever guessed: evidence decides for a group of points or not at all, and `datum_by`
says which way told.
"""

import math
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.geo.crs import CGCS2000, GCJ02, SAME_GROUND, datum_of_name, datum_of_word
from pipelines.geo.gcj02 import to_gcj02

BY_ROW, BY_FILE, BY_KIND, BY_PLACES, BY_CONTRACT = "row", "file", "kind", "places", "contract"
_METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True)
class Proof:
    """How sure evidence must be.

    By kind: with 95 % confidence (Wilson) at least `share` of the points that say it, say the same. By places: at
    least `places` known places, and with two standard errors at most `foreign` of the points in the other datum.
    """

    share: float = 0.95
    places: int = 30
    foreign: float = 0.15


PROOF = Proof()


def tell(points: pl.DataFrame, anchors: pl.DataFrame | None = None, agreed: str | None = None,
         proof: Proof = PROOF) -> pl.DataFrame:  # fmt: skip
    """`datum` (CGCS2000, WGS84, GCJ-02, 其他, null: unknown) and `datum_by` (row, file, kind, places, contract,
    null) for every point, in order.

    `points`: `x`, `y` (degrees) and, each optional, `declared` (the row's word), `crs` (what the file names),
    `kind` (points of one kind come from one system), `place` (a code of where it should be). `anchors`: `place`,
    `x`, `y` of known places in CGCS2000. `agreed`: the datum of the contract, the last resort.
    """
    said = _words(points, "declared", datum_of_word)
    filed = _words(points, "crs", datum_of_name)
    kinds = points["kind"] if "kind" in points.columns else pl.Series("kind", [None] * points.height, dtype=pl.String)
    rows = points.select("x", "y").with_columns(said.alias("said"), filed.alias("filed"), kinds.alias("kind"))
    by_kind = {kind: _of_kind(part["said"], proof) for (kind,), part in rows.group_by("kind") if kind is not None}
    rows = rows.with_columns(
        pl.col("kind").replace_strict(by_kind, default=None, return_dtype=pl.String).alias("by_kind"),
        pl.lit(_of_places(points, rows, anchors, proof), pl.String).alias("by_places"),
        pl.lit(agreed, pl.String).alias("agreed"),
    )
    ways = {"said": BY_ROW, "filed": BY_FILE, "by_kind": BY_KIND, "by_places": BY_PLACES, "agreed": BY_CONTRACT}
    return rows.select(
        pl.coalesce(list(ways)).alias("datum"),
        pl.coalesce(pl.when(pl.col(c).is_not_null()).then(pl.lit(way)) for c, way in ways.items()).alias("datum_by"),
    )


def _words(points: pl.DataFrame, column: str, meaning) -> pl.Series:
    if column not in points.columns:
        return pl.repeat(None, points.height, dtype=pl.String, eager=True)
    distinct = points[column].drop_nulls().unique()
    return points[column].replace_strict(
        distinct, pl.Series([meaning(t) for t in distinct], dtype=pl.String), default=None, return_dtype=pl.String
    )


def _of_kind(said: pl.Series, proof: Proof) -> str | None:
    """The datum of a kind: shifted or not, when those that say it are nearly of one mind."""
    told = said.drop_nulls()
    for datum, members in ((GCJ02, (GCJ02,)), (CGCS2000, SAME_GROUND)):
        if _at_least(told.is_in(members).sum(), told.len()) >= proof.share:
            return datum
    return None


def _at_least(hits: int, count: int, z: float = 1.96) -> float:
    """Lower end of Wilson's interval for a share."""
    if not count:
        return 0.0
    share = hits / count
    middle = share + z * z / (2 * count)
    spread = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return (middle - spread) / (1 + z * z / count)


def _of_places(points: pl.DataFrame, rows: pl.DataFrame, anchors: pl.DataFrame | None, proof: Proof) -> str | None:
    """The datum of all points that say nothing, from where they lie beside known places.

    The mean way from a place to the points that should be there is none in CGCS2000 and the shift in GCJ-02: the
    regression of the one on the other gives the share of shifted points and its error. Points that say both
    things elsewhere in the file are a mixture, of which nothing is concluded.
    """
    if anchors is None or "place" not in points.columns or rows["said"].is_in([GCJ02]).any():
        return None
    silent = points.filter(rows["said"].is_null() & rows["filed"].is_null()).select("place", "x", "y")
    both = (silent.group_by("place").mean()).join(anchors.group_by("place").mean(), on="place", suffix="_known")
    if both.height < proof.places:
        return None
    x, y = both["x_known"].to_numpy(), both["y_known"].to_numpy()
    scale = np.array([np.cos(np.radians(y)) * _METRES_PER_DEGREE, np.full_like(y, _METRES_PER_DEGREE)])
    away = scale * np.array([both["x"].to_numpy() - x, both["y"].to_numpy() - y])
    moved_x, moved_y = to_gcj02(x, y)
    shift = scale * np.array([moved_x - x, moved_y - y])
    weight = float((shift**2).sum())
    share = float((away * shift).sum()) / weight
    error = math.sqrt(float(((away - share * shift) ** 2).sum()) / (2 * both.height - 1) / weight)
    if share + 2 * error <= proof.foreign:
        return CGCS2000
    return GCJ02 if share - 2 * error >= 1 - proof.foreign else None
