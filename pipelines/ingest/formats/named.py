"""Tables whose cells have names (JSON, Parquet, shapefiles) instead of a header row.

Belongs here: their header and their blocks. Does not belong here: any format. Rows are records, counted from 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from pipelines.ingest.formats.cells import column_texts
from pipelines.ingest.values.header import Header, detect, not_found
from pipelines.ingest.values.table import ROW, Block, Mark, Spoilt, cell_names, tidy
from pipelines.kit.contracts import Feed

GEOMETRY = "geometry"


def named_header(feed: Feed, names: Sequence[str]) -> Header:
    """The header the names of fields make; a field called `geometry` is the contract's geometry, if it has one."""
    label = next((c.label for c in feed.columns if c.type == "geometry"), GEOMETRY)
    header = detect(feed, [[label if name == GEOMETRY else name for name in names]])
    if not header.found:
        return replace(not_found(feed, len(names)), headings=tuple(names))
    return replace(header, last_row=0, is_named=True)


def all_columns(feed: Feed) -> Header:
    """The header of a table without records, which does not say what it would have held."""
    columns = {c.name: place for place, c in enumerate(feed.columns)}
    return Header(tuple(c.label for c in feed.columns), columns, last_row=0, found=True)


def named_block(
    records: Sequence[Mapping[str, Any]],
    rows: Sequence[int],
    header: Header,
    names: Sequence[str],
    feed: Feed,
    spoilt: Sequence[Spoilt] = (),
) -> Block:
    """Records (by name, a name left out is blank) with their numbers."""
    by_place = {place: feed.by_name[name] for name, place in header.columns.items()}
    cells: dict[str, pl.Series] = {ROW: pl.Series(ROW, rows, dtype=pl.Int64)}
    marks: list[Mark] = []
    for place, (cell, name) in enumerate(zip(cell_names(len(names)), names, strict=True)):
        texts, found = column_texts([r.get(name) for r in records], by_place.get(place))
        cells[cell] = pl.Series(cell, texts, dtype=pl.String)
        marks += [Mark(place, code, tuple(rows[i] for i in at)) for code, at in found.items()]
    return filled_block(pl.DataFrame(cells), marks, spoilt)


def filled_block(records: pl.DataFrame, marks: Sequence[Mark], spoilt: Sequence[Spoilt] = ()) -> Block:
    """Records with a value; one without any is no blank line but a record that lost its values."""
    filled = tidy(records)
    blank = sorted({*records[ROW]} - {*filled[ROW]}) if filled.height < records.height else []
    lost = (Spoilt(row, "E_BLANK_RECORD", "") for row in blank)
    return Block(filled, tuple(marks), tuple(sorted((*spoilt, *lost), key=lambda s: s.row)))
