"""What a sheet without the contract's header holds: rows that go on, rows nobody can place, or other things.

Belongs here: telling them apart by a sample. Does not belong here: reading sheets (workbook_reader.py). Programs that
write at most 65,536 rows a sheet go on in a second one without headings; most sheets without headings are notes.
"""

import polars as pl

from pipelines.bronze.header import MIN_SHARE, Header
from pipelines.bronze.table import ROW, Block
from pipelines.bronze.typing import type_block
from pipelines.contracts import Feed

SAMPLE = 200
GOES_ON, ROWS, OTHER = "goes on", "rows", "other"
_HALF = 0.5
_FEW = 3
_DIGIT = "[0-9]"


def holds(block: Block, header: Header, feed: Feed) -> str:
    """GOES_ON, ROWS or OTHER of the first rows of a sheet, read as if they stood below `header`."""
    rows = block.rows
    if rows.is_empty() or header.missing:
        return OTHER
    if type_block(block, header, feed).sound.height >= _HALF * rows.height:
        return GOES_ON
    filled = rows.select(pl.sum_horizontal(pl.exclude(ROW).is_not_null().cast(pl.UInt32))).to_series()
    is_as_wide = (filled >= max(_FEW, MIN_SHARE * len(header.columns))).mean() >= _HALF
    return ROWS if is_as_wide and not _has_own_heading(rows, filled) else OTHER


def _has_own_heading(rows: pl.DataFrame, filled: pl.Series) -> bool:
    """Whether the first full row is one of words above rows with numbers: another list's heading."""
    has_digits = rows.select(
        pl.any_horizontal(pl.exclude(ROW).str.contains(_DIGIT).fill_null(value=False))
    ).to_series()
    full = filled >= _FEW
    return bool(has_digits.any()) and not has_digits.filter(full).head(1).any()
