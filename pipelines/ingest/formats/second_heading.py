"""Headings further down: a table put below another one, whose columns may stand in another order.

Belongs here: finding them among rows, and cutting rows there. Does not belong here: what makes a row a heading
(header.py); the same heading once more, which is no data and changes nothing (tail.py).
"""

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from pipelines.ingest.values.header import Header, turned
from pipelines.ingest.values.table import ROW, Block
from pipelines.kit.contracts import Feed

_HITS = 2


def turns(rows: pl.DataFrame, header: Header, feed: Feed) -> list[tuple[int, Header]]:
    """(row, the header it is) of every heading among `rows` after which columns stand elsewhere, in order."""
    if not header.found or rows.is_empty():
        return []
    # Equal texts are looked for in all rows at once; only what may be a heading is looked at closely.
    known = [*{h for c in feed.columns for h in c.headers} | set(header.headings) - {""}]
    hits = pl.sum_horizontal(pl.exclude(ROW).is_in(known).cast(pl.UInt16))
    found = []
    for row, *cells in rows.filter(hits >= _HITS).iter_rows():
        if other := turned(feed, [c or "" for c in cells], row, header):
            found.append((row, other))
            header = other
    return found


def cut_at_turns(blocks: Iterator[Block], header: Header, feed: Feed) -> Iterator[Block]:
    """The blocks of a text file, cut so that all rows of one stand below one header."""
    below: Header | None = None
    for block in blocks:
        found = turns(block.rows, below or header, feed)
        rows, spoilt = block.rows, block.spoilt
        for row, other in found:
            upper = tuple(s for s in spoilt if s.row < row)
            yield Block(rows.filter(pl.col(ROW) < row), spoilt=upper, header=below)
            rows, spoilt, below = rows.filter(pl.col(ROW) > row), spoilt[len(upper) :], other
        yield replace(block, rows=rows, spoilt=spoilt, header=below)
