"""Where the rows of a delivery lie on the ground: `points.parquet` beside its rows, in CGCS2000.

Belongs here: which columns of a feed say it, gathering them, one row a located row. Does not belong here: telling
datums apart (pipelines.kit.geo.datum), what is done about rows that nobody can place.
What a department stated stays in rows.parquet. Of lines and areas it is the middle of the box around them.
"""

from collections.abc import Iterator

import polars as pl

from pipelines.kit.contracts import Feed
from pipelines.kit.geo.crs import CGCS2000, WGS84
from pipelines.kit.geo.datum import BY_CONTRACT, BY_FILE, BY_KIND, BY_ROW, tell
from pipelines.kit.geo.located import centres, to_cgcs2000

SCHEMA = pl.Schema(
    {
        "_source_ref": pl.String,
        "longitude": pl.Float64,
        "latitude": pl.Float64,
        "datum": pl.String,
        "datum_by": pl.String,
    }
)
# Elements of the data standard by which a row says where it lies, in what, and what kind of place it is.
_LONGITUDE, _LATITUDE, _DATUM, _KIND = "longitude", "latitude", "datum_name", "point_kind"
_WAYS = {BY_ROW: "本行注明", BY_FILE: "文件注明", BY_KIND: "按同类点位判断", BY_CONTRACT: "按数据标准"}


def is_located(feed: Feed) -> bool:
    """Whether rows of the feed say where they lie."""
    return _geometry(feed) is not None or {_LONGITUDE, _LATITUDE} <= feed.by_name.keys()


def _geometry(feed: Feed) -> str | None:
    return next((c.name for c in feed.columns if c.type == "geometry"), None)


class Points:
    """Gathers what the rows say, block by block: which datum a silent one means, all of them tell together."""

    def __init__(self, feed: Feed) -> None:
        self._geometry, self._is_located = _geometry(feed), is_located(feed)
        self._said = {n: role for n, role in ((_DATUM, "declared"), (_KIND, "kind")) if n in feed.by_name}
        self._held: list[pl.DataFrame] = []
        # A feed with a column for the datum mixes them. Of the others: RFC 7946 for geometries, the data standard.
        self._agreed = None if _DATUM in feed.by_name else WGS84 if self._geometry else CGCS2000

    def add(self, rows: pl.DataFrame) -> None:
        """Typed rows of the feed with their `_source_ref`."""
        if not self._is_located:
            return
        said = rows.select("_source_ref", *(pl.col(name).alias(role) for name, role in self._said.items()))
        if self._geometry:
            places = centres(rows[self._geometry])
        else:
            places = rows.select(pl.col(_LONGITUDE).alias("x"), pl.col(_LATITUDE).alias("y")).cast(pl.Float64)
        self._held.append(said.hstack(places).filter(pl.col("x").is_not_null() & pl.col("y").is_not_null()))

    def finish(self) -> pl.DataFrame | None:
        """Rows of SCHEMA; None for a feed that says nothing of places."""
        if not self._is_located:
            return None
        held = pl.concat(self._held) if self._held else pl.DataFrame()
        if held.is_empty():
            return pl.DataFrame(schema=SCHEMA)
        told = held.select("_source_ref", "x", "y").hstack(tell(held, agreed=self._agreed))
        return told.hstack(to_cgcs2000(told)).select(SCHEMA.names())


def words(points: pl.DataFrame) -> str | None:
    """What the department should know of the coordinates it sent, in Chinese; None where nothing was uncertain."""
    counts = points.group_by("datum_by", "datum").len().sort("datum_by", "datum", nulls_last=True)
    if counts["datum_by"].is_in([BY_CONTRACT, BY_FILE]).fill_null(False).all() and not points["longitude"].has_nulls():
        return None
    return f"坐标：{'；'.join(_phrases(points, counts))}"


def _phrases(points: pl.DataFrame, counts: pl.DataFrame) -> Iterator[str]:
    for by, datum, count in counts.filter(pl.col("datum").is_not_null()).iter_rows():
        yield f"{count} 个点{_WAYS[by]}为 {datum}"
    if silent := points["datum"].null_count():
        yield f"{silent} 个点未注明坐标系，也判断不出，没有定位，请补填"
    if away := points.filter(pl.col("datum").is_not_null() & pl.col("longitude").is_null()).height:
        yield f"{away} 个点不能换算或不在国内，没有定位，请核对"
