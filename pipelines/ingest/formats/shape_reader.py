"""Reading a layer of an ESRI shapefile (shp, dbf, and prj and cpg where there are some) by a contract.

Belongs here: attributes and shapes of a layer. Does not belong here: unpacking (archive.py), what a coordinate
system means (pipelines.kit.geo). Rows are records of the dbf, counted from 1. A field name holds ten bytes, so
contracts list the shortened headings as aliases. Every field is read as the text it is stored as: the library
would turn a number it cannot read into nothing.
"""

import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from decimal import Decimal, InvalidOperation
from itertools import islice
from pathlib import Path
from typing import Any

import shapefile

from pipelines.ingest.formats import encoding as enc
from pipelines.ingest.formats.named import GEOMETRY, named_block, named_header
from pipelines.ingest.values.header import Header
from pipelines.ingest.values.table import Block, Notice, Spoilt, Table, UnreadableError
from pipelines.kit.contracts import Feed
from pipelines.kit.geo.geometry import with_crs

PARTS = (".shp", ".dbf", ".shx", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".qpj", ".fix")
BLOCK_RECORDS = 10_000
_GBK_DRIVER = 0x4D
_HEAD_BYTES = 64 << 10
_CRS = re.compile(r'\s*\w+\s*\[\s*"([^"]+)"')
_SURROGATE = re.compile("[\ud800-\udfff]")


def read_shapes(parts: Mapping[str, Path], feed: Feed) -> tuple[list[Table], list[Notice]]:
    """The one table of a layer; `parts` by suffix. Raises UnreadableError(E_SHAPE), also while blocks are read."""
    if ".dbf" not in parts:
        raise UnreadableError("E_SHAPE", "只有 shp，没有 dbf")
    found = _CRS.match(parts[".prj"].read_text(errors="replace")) if ".prj" in parts else None
    crs = found[1] if found else None
    with ExitStack() as files:
        names, records = _open(parts, crs, files)
        next(records, None)
    header = named_header(feed, [*names, GEOMETRY])
    notices = [] if crs else [Notice("N_CRS", "图层没有坐标系说明（prj），坐标系待核")]
    return [Table(None, header, _blocks(parts, crs, header, feed))], notices


def _open(
    parts: Mapping[str, Path], crs: str | None, files: ExitStack
) -> tuple[list[str], Iterator[dict[str, Any] | None]]:
    """(field names, records with their geometry; None for a deleted one). Raises UnreadableError(E_SHAPE)."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            shp = shapefile.ShpReader(files.enter_context(parts[".shp"].open("rb")))
            dbf = shapefile.DbfReader(
                files.enter_context(parts[".dbf"].open("rb")),
                encoding=_encoding(parts),
                encodingErrors="surrogateescape",
            )
        kinds = [f.field_type for f in dbf.fields[1:]]
        dbf.fields = [f._replace(field_type="C") for f in dbf.fields]
    except Exception as error:  # the library has no exception of its own for half of what is wrong
        raise UnreadableError("E_SHAPE") from error
    names = _distinct([f.name for f in dbf.fields[1:]])
    return names, _records(shp, dbf, names, kinds, crs)


def _records(
    shp: shapefile.ShpReader, dbf: shapefile.DbfReader, names: list[str], kinds: list[str], crs: str | None
) -> Iterator[dict[str, Any] | None]:
    try:
        pairs = zip(shp.iterShapes(), dbf.iterRecords(deleted_as_None=True), strict=True)
        for shape, record in pairs:
            if record is None:
                yield None
                continue
            values = {n: _value(v, kind) for n, v, kind in zip(names, record, kinds, strict=True)}
            drawn = None if shape.shapeType == shapefile.NULL else shape.__geo_interface__
            yield values | {GEOMETRY: with_crs(drawn, crs) if drawn else None}
    except Exception as error:  # see above; shapes and records that do not pair are an error of zip
        raise UnreadableError("E_SHAPE") from error


def _blocks(parts: Mapping[str, Path], crs: str | None, header: Header, feed: Feed) -> Iterator[Block]:
    with ExitStack() as files:
        names, records = _open(parts, crs, files)
        first = 1
        while batch := list(islice(records, BLOCK_RECORDS)):
            kept, rows, spoilt = [], [], []
            for row, record in enumerate(batch, start=first):
                raw = "" if record is None else ",".join(str(v) for v in record.values() if v is not None)
                if _SURROGATE.search(raw):
                    spoilt.append(Spoilt(row, "E_BYTES", raw.encode("utf-8", "replace").decode()))
                elif record is not None:
                    kept.append(record)
                    rows.append(row)
            yield named_block(kept, rows, header, [*names, GEOMETRY], feed, spoilt)
            first += len(batch)


def _value(stored: str, kind: str) -> Any:
    """Text as text, a number as a number with its digits; stars (how a blank number is written) as blank."""
    value = stored.strip("\x00 ")
    if kind in "NF":
        try:
            return Decimal(value) if value.strip("*") else None
        except InvalidOperation:
            return value
    if kind == "D":
        return value.strip("0") and value or None
    return (None if value == "?" else value) if kind == "L" else value


def _encoding(parts: Mapping[str, Path]) -> str:
    """What the cpg says, the code page byte of the dbf, or what its beginning looks like."""
    said = parts[".cpg"].read_text(errors="replace").strip().lower() if ".cpg" in parts else ""
    head = parts[".dbf"].open("rb").read(_HEAD_BYTES)
    if "gb" in said or said.endswith("936") or (not said and head[29:30] == bytes([_GBK_DRIVER])):
        return enc.GB18030
    return enc.UTF8 if said.replace("-", "") == "utf8" else enc.likely(head[32:])


def _distinct(names: list[str]) -> list[str]:
    """Names cut to ten bytes may be equal; the later ones get their place."""
    return [n if n not in names[:i] else f"{n}（第{i + 1}列）" for i, n in enumerate(names)]
