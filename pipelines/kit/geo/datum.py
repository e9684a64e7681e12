"""In which datum coordinates are: told by what was said, else by evidence, else unknown.

Belongs here: the ways of telling and how sure each must be. Does not belong here: formulas (gcj02.py), names of
systems (crs.py). Nothing is ever guessed: evidence decides for a group of points or not at all, and `datum_by`
says which way told.
"""

import math

import polars as pl

from pipelines.kit.geo.crs import CGCS2000, GCJ02, SAME_GROUND, datum_of_name, datum_of_word

BY_ROW, BY_FILE, BY_KIND, BY_CONTRACT = "row", "file", "kind", "contract"
# A kind is told when, with 95 % confidence (Wilson), so many of the points that say it say the same.
_SURE = 0.95


def tell(points: pl.DataFrame, agreed: str | None = None) -> pl.DataFrame:
    """`datum` (CGCS2000, WGS84, GCJ-02, 其他, null: unknown) and `datum_by` (row, file, kind, contract, null) for
    every point, in order.

    `points`: each optional, `declared` (the row's word), `crs` (what the file names), `kind` (points of one kind come
    from one system). `agreed`: the datum of the contract, the last resort.
    """
    said = _words(points, "declared", datum_of_word)
    filed = _words(points, "crs", datum_of_name)
    kinds = points["kind"] if "kind" in points.columns else pl.Series("kind", [None] * points.height, dtype=pl.String)
    rows = pl.DataFrame({"said": said, "filed": filed, "kind": kinds})
    by_kind = {kind: _of_kind(part["said"]) for (kind,), part in rows.group_by("kind") if kind is not None}
    rows = rows.with_columns(
        pl.col("kind").replace_strict(by_kind, default=None, return_dtype=pl.String).alias("by_kind"),
        pl.lit(agreed, pl.String).alias("agreed"),
    )
    ways = {"said": BY_ROW, "filed": BY_FILE, "by_kind": BY_KIND, "agreed": BY_CONTRACT}
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


def _of_kind(said: pl.Series) -> str | None:
    """The datum of a kind: shifted or not, when those that say it are nearly of one mind."""
    told = said.drop_nulls()
    for datum, members in ((GCJ02, (GCJ02,)), (CGCS2000, SAME_GROUND)):
        if _at_least(told.is_in(members).sum(), told.len()) >= _SURE:
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
