"""Splitting CSV text into records, with the physical line every record starts at.

Belongs here: quotes, line breaks inside quotes, lines with too few or too many fields. Does not belong here:
encoding, headers, types. A stray quote costs its own line, never the lines after it.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from pipelines.bronze.table import ROW, SPACE, Spoilt, cell_names

MAX_LINES = 50
MAX_LENGTH = 100_000
_FIELD = r'(?:"(?:[^"]|"")*+"|[^",\n][^,\n]*+|)'
_RECORD = re.compile(rf"{_FIELD}(?:,{_FIELD})*+")
_NEWLINE, _COMMA, _QUOTE, _RETURN = 10, 44, 34, 13


@dataclass
class _Odd:
    """What became of the lines that need a closer look. Rows are numbered within the block, from 0."""

    rows: list[int] = field(default_factory=list)
    cells: list[list[str]] = field(default_factory=list)
    spoilt: list[Spoilt] = field(default_factory=list)
    used: int | None = None


def records(
    block: bytes, width: int, first_row: int, is_last: bool
) -> tuple[pl.DataFrame, list[Spoilt], int]:
    """Records of UTF-8 `block`, whose first line has number `first_row`.

    Returns (`_row` and c0…, spoilt rows, bytes used). Less than the block is used when, more being to come, its
    last record is not closed yet. Lines are split at LF; a CR before it is white space.
    """
    starts, ends = _lines(block)
    plain, blank = _plain(block, starts, ends, width)
    odd = _odd(block, starts, ends, np.flatnonzero(~plain & ~blank), width, is_last)
    stop = len(starts) if odd.used is None else odd.used
    keep = np.flatnonzero(plain & (np.arange(len(starts)) < stop))
    keep = np.setdiff1d(keep, _swallowed(odd, len(starts)), assume_unique=True)
    rows = _frame(block, starts, ends, keep, width)
    if odd.rows:
        rows = pl.concat([rows, _python_frame(odd, width)]).sort(ROW)
    spoilt = [Spoilt(s.row + first_row, s.code, s.raw, s.detail) for s in odd.spoilt]
    used = len(block) if odd.used is None else int(starts[odd.used])
    return rows.with_columns(pl.col(ROW) + first_row), spoilt, used
