"""What a sheet without the contract's header holds: rows that go on, rows nobody can place, or other things.

Belongs here: telling them apart by a sample. Does not belong here: reading sheets (workbook_reader.py). Programs that
write at most 65,536 rows a sheet go on in a second one without headings; most sheets without headings are notes.
"""

import polars as pl

from pipelines.ingest.values.header import MIN_SHARE, Header
from pipelines.ingest.values.table import ROW, Block
from pipelines.ingest.values.typing import type_block
from pipelines.kit.contracts import Column, Feed

SAMPLE = 200
GOES_ON, ROWS, OTHER = "goes on", "rows", "other"
_HALF = 0.5
_FEW = 3
_DIGIT = "[0-9]"
_CODE = "[0-9]{4}"


def holds(block: Block, header: Header, feed: Feed) -> str:
    """GOES_ON, ROWS or OTHER of the first rows of a sheet, read as if they stood below `header`.

    Only rows as full as those of the list count; titles, totals and notes are shorter.
    """
    rows = block.rows
    if rows.is_empty() or header.missing:
        return OTHER
    count = pl.sum_horizontal(pl.exclude(ROW).is_not_null().cast(pl.UInt32))
    full = rows.filter(count >= max(min(_FEW, len(header.columns)), MIN_SHARE * len(header.columns)))
    if full.is_empty():
        return OTHER
    if _fitting(Block(full, block.marks), header, feed) >= _HALF * full.height:
        return GOES_ON
    return ROWS if len(header.columns) >= _FEW and not _has_own_heading(full) else OTHER


def _fitting(block: Block, header: Header, feed: Feed) -> int:
    """How many rows are rows of the list; 0 where every text would do."""
    columns = [feed.by_name[name] for name in header.columns]
    if not any(map(_is_telling, columns)):
        return 0
    codes = [c.name for c in columns if c.is_identifier and c.required]
    sound = type_block(block, header, feed).sound
    return sound.filter(pl.all_horizontal(pl.lit(value=True), *(pl.col(c).str.contains(_CODE) for c in codes))).height


def _is_telling(column: Column) -> bool:
    """Whether not every text can be its value."""
    return column.type != "string" or column.is_month or (column.is_identifier and column.required)


def _has_own_heading(rows: pl.DataFrame) -> bool:
    """Whether the first row is one of words above rows with numbers: another list's heading."""
    has_digits = rows.select(
        pl.any_horizontal(pl.exclude(ROW).str.contains(_DIGIT).fill_null(value=False))
    ).to_series()
    return bool(has_digits.any()) and not has_digits[0]
