"""Answers of departments' interfaces: JSON pages, and GeoJSON for what has a place.

Belongs here: writing them as files, page by page. Does not belong here: serving them over HTTP.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from prefecture.output.writers import Written

if TYPE_CHECKING:
    from prefecture.output.plans import FilePlan

PAGE = 5_000
GEOMETRY = "_geometry"


def json_file(plan: "FilePlan", folder: Path) -> Iterator[Written]:
    """Pages of up to 5,000 records: `{"code", "message", "total", "page", "pages", "data"}`; row 1 of a page
    is its first record. An interface with nothing to say answers one empty page."""
    total = min(plan.rows(), plan.limit if plan.limit is not None else plan.rows())
    pages = max(1, -(-total // PAGE))
    for page, rows in enumerate(_pages(plan), start=1):
        name = f"{plan.stem}_p{page:04d}.json"
        head = {"code": 0, "message": "success", "total": total, "page": page, "pages": pages}
        text = json.dumps(head, ensure_ascii=False)[:-1] + ', "data": ' + _records(plan, rows) + "}\n"
        (folder / name).write_text(text, encoding="utf-8")
        yield Written(name, 1, rows)


def geojson_file(plan: "FilePlan", folder: Path) -> Iterator[Written]:
    """One FeatureCollection (RFC 7946); the geometry is the JSON text of the column `_geometry`. Row 1 is the
    first feature."""
    name, first = f"{plan.stem}.geojson", 1
    with (folder / name).open("w", encoding="utf-8") as out:
        out.write(f'{{"type": "FeatureCollection", "name": "{plan.feed.title}", "features": [\n')
        for rows in plan.chunks():
            properties = pl.struct(_cells(plan)).struct.json_encode()
            feature = pl.concat_str(
                pl.lit('{"type": "Feature", "geometry": '),
                pl.col(GEOMETRY),
                pl.lit(', "properties": '),
                properties,
                pl.lit("}"),
            )
            if rows.height:
                out.write((",\n" if first > 1 else "") + rows.select(feature.str.join(",\n")).item())
            yield Written(name, first, rows)
            first += rows.height
        out.write("\n]}\n")


def _pages(plan: "FilePlan") -> Iterator[pl.DataFrame]:
    """The chunks cut anew into pages, at least one."""
    rest: pl.DataFrame | None = None
    sent = False
    for chunk in plan.chunks():
        rest = chunk if rest is None else pl.concat([rest, chunk], how="diagonal_relaxed")
        while rest.height >= PAGE:
            yield rest.head(PAGE)
            rest, sent = rest.slice(PAGE), True
    if rest is not None and (rest.height or not sent):
        yield rest


def _records(plan: "FilePlan", rows: pl.DataFrame) -> str:
    if not rows.height:
        return "[]"
    record = pl.struct(_cells(plan)).struct.json_encode()
    return "[\n" + rows.select(record.str.join(",\n")).item() + "\n]"


def _cells(plan: "FilePlan") -> list[pl.Expr]:
    labels: dict[str, str] = plan.layout
    return [pl.col(column).alias(label) for column, label in labels.items()]
