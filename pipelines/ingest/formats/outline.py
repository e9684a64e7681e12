"""Indent that means something: in a list of regions or items what stands further in belongs to what stands further out.

Belongs here: values of such a column as paths (全市/市区/甲区), since blanks around a value are dropped. Does not
belong here: which column it is (the feed's file says `indent: true`).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from pipelines.ingest.formats.odd_cells import Styles
from pipelines.ingest.formats.tail import MARKER
from pipelines.ingest.values.header import Header
from pipelines.kit.contracts import Feed

BETWEEN = "/"
_MARKER = re.compile(MARKER)
_STEP = 2
_WIDE = {"\t": 4, "\u3000": 2, "\u2003": 2}


class Outline:
    """One column, read from top to bottom. Totals, notes and the heading once more stand outside of it."""

    def __init__(self, heading: str) -> None:
        self._heading = heading
        self._above: list[tuple[int, str]] = []

    def path(self, text: Any, deeper: int = 0) -> Any:
        """The value below those it belongs to; `deeper` is indent that is no blanks."""
        if not isinstance(text, str) or not (word := text.strip()) or word == self._heading or _MARKER.match(word):
            return text
        blanks = text[: len(text) - len(text.lstrip())]
        depth = deeper + sum(_WIDE.get(blank, 1) for blank in blanks)
        while self._above and self._above[-1][0] >= depth:
            self._above.pop()
        self._above.append((depth, word))
        return BETWEEN.join(word for _, word in self._above)


def outlines(header: Header, feed: Feed) -> dict[int, Outline]:
    """File column -> its outline, of the columns in which indent means something."""
    places = {p: feed.by_name[name] for name, p in header.columns.items()}
    return {p: Outline(header.headings[p].strip()) for p, column in places.items() if column.has_indent}


def in_cells(
    rows: Iterator[list[Any]], first: int, known: Mapping[int, Outline], styles: Styles
) -> Iterator[list[Any]]:
    """Rows of a sheet from number `first` (from 0) on with paths."""
    for number, row in enumerate(rows, start=first):
        for place, outline in ((p, o) for p, o in known.items() if p < len(row)):
            row[place] = outline.path(row[place], _STEP * styles.indents.get(place, {}).get(number, 0))
        yield row


def in_frame(rows: pl.DataFrame, known: Mapping[int, Outline]) -> pl.DataFrame:
    """Rows of a text file, not stripped yet, with paths."""
    paths = ([outline.path(text) for text in rows[f"c{place}"]] for place, outline in known.items())
    return rows.with_columns(
        pl.Series(f"c{place}", found, dtype=pl.String) for place, found in zip(known, paths, strict=True)
    )
