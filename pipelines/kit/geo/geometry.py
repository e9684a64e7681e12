"""Geometries as GeoJSON text (RFC 7946).

Belongs here: reading GeoJSON and WKT, the one way a geometry is written, applying a function to all its points.
Does not belong here: coordinate systems. The one member beyond RFC 7946 is `crs` of its predecessor (GeoJSON
2008): where a file says in what its coordinates are, each geometry goes on saying it.
"""

import json
import math
import re
from collections.abc import Callable
from typing import Any

DIGITS = 7
_DEPTHS = {
    "Point": 0,
    "LineString": 1,
    "MultiPoint": 1,
    "Polygon": 2,
    "MultiLineString": 2,
    "MultiPolygon": 3,
}
_LEAST = {"LineString": 2, "MultiLineString": 2, "Polygon": 4, "MultiPolygon": 4}
_WKT = re.compile(r"\s*(?:SRID\s*=\s*(\d+)\s*;)?\s*([A-Z]+)\s*(?:Z|M|ZM)?\s*(\(.*\))\s*", re.I | re.S)
_WKT_TYPES = {name.upper(): name for name in _DEPTHS}
_DEGREES = r"\[-?[1-9]\d{0,2}\.(?:0|\d{0,6}[1-9]),-?[1-9]\d{0,2}\.(?:0|\d{0,6}[1-9])\]"
_NORMAL = re.compile(
    rf'\{{"type":"Polygon","coordinates":\[\[({_DEGREES}),(?:{_DEGREES},){{2,}}\1\]\]'
    r'(?:,"crs":\{"type":"name","properties":\{"name":"[^"\\\x00-\x1f]*"\}\})?\}',
    re.ASCII,
)
_POSITION = re.compile(r"[-+\d.eE]+(?:\s+[-+\d.eE]+)+")
Geometry = dict[str, Any]
Move = Callable[[list[list[float]]], list[list[float]]]


def parse(text: str) -> Geometry | None:
    """The geometry GeoJSON or WKT text names, points in two dimensions; None when it is none.

    A ring must be closed and have four points, a line two, every number be finite. Collections are no geometry.
    """
    try:
        said = json.loads(text) if text.lstrip().startswith("{") else _from_wkt(text)
        return _checked(said)
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        return None


def write(geometry: Geometry) -> str:
    """Compact text with coordinates rounded to 7 digits (a centimetre, where they are degrees)."""
    rounded = mapped(geometry, lambda points: [[round(x, DIGITS), round(y, DIGITS)] for x, y in points])
    return _compact(rounded)


def _compact(said: Geometry) -> str:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def normal(text: str) -> str | None:
    """`write` of `parse`: equal geometries of equal origin have equal text. None when it is none."""
    if _NORMAL.fullmatch(text):  # as nearly every parcel is written
        return text
    geometry = parse(text)
    return write(geometry) if geometry is not None else None


def with_crs(geometry: Geometry, name: str | None) -> Geometry:
    """The geometry saying in which coordinate system it is; unchanged without a name."""
    return {**geometry, "crs": {"type": "name", "properties": {"name": name}}} if name else geometry


def text_with_crs(text: str, name: str | None) -> str:
    """The same of a compact text that does not say it yet."""
    return f"{text[:-1]},{_compact(with_crs({}, name))[1:]}" if name else text


def crs_of(geometry: Geometry) -> str | None:
    """The name a geometry (or a file) states."""
    crs = geometry.get("crs")
    name = crs.get("properties", {}).get("name") if isinstance(crs, dict) else None
    return name if isinstance(name, str) else None


def mapped(geometry: Geometry, move: Move) -> Geometry:
    """The geometry with every run of points (n × 2) replaced by what `move` makes of it."""
    depth = _DEPTHS[geometry["type"]]
    if depth == 0:
        return {**geometry, "coordinates": move([geometry["coordinates"]])[0]}
    return {**geometry, "coordinates": _each(geometry["coordinates"], depth, move)}


def _each(coordinates: list, depth: int, move: Move) -> list:
    return move(coordinates) if depth == 1 else [_each(part, depth - 1, move) for part in coordinates]


def _checked(said: Any) -> Geometry:
    kind = said["type"]
    coordinates = _flat(said["coordinates"], _DEPTHS[kind])
    geometry = {"type": kind, "coordinates": coordinates}
    if kind in _LEAST:
        mapped(geometry, lambda run: _run(run, _LEAST[kind]))
    return with_crs(geometry, crs_of(said))


def _flat(coordinates: list, depth: int) -> list:
    """Lists of the right depth down to two finite numbers. Raises ValueError, TypeError."""
    if not isinstance(coordinates, list) or not coordinates:
        raise ValueError
    if depth:
        return [_flat(part, depth - 1) for part in coordinates]
    x, y = coordinates[:2]
    if isinstance(x, bool) or isinstance(y, bool) or not (math.isfinite(x) and math.isfinite(y)):
        raise ValueError
    return [float(x), float(y)]


def _run(run: list[list[float]], least: int) -> list[list[float]]:
    if len(run) < least or (least == _LEAST["Polygon"] and run[0] != run[-1]):
        raise ValueError
    return run


def _from_wkt(text: str) -> Geometry:
    srid, kind, body = _WKT.fullmatch(text).groups() if _WKT.fullmatch(text) else (None, "", "")
    kind = _WKT_TYPES[kind.upper().removesuffix("Z")]
    nested = _POSITION.sub(lambda m: "[" + ",".join(m[0].split()) + "]", body)
    coordinates = json.loads(nested.replace("(", "[").replace(")", "]"))
    if kind == "Point":
        (coordinates,) = coordinates
    elif kind == "MultiPoint" and isinstance(coordinates[0][0], list):
        coordinates = [point for (point,) in coordinates]
    return with_crs({"type": kind, "coordinates": coordinates}, f"EPSG:{srid}" if srid else None)
