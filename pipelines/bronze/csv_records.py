"""Splitting CSV text into records, each with the physical line it starts at.

Belongs here: quotes, line breaks inside quotes, lines with too few or too many fields. Does not belong here:
encoding, headers, types. A stray quote costs its own line, never the lines after it.

Lines without quotes, and lines whose quotes are in order, are split by polars; the rest one by one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl

from pipelines.bronze.table import ROW, Spoilt, cell_names
from pipelines.bronze.tail import MARKER

MAX_LINES = 50
MAX_LENGTH = 100_000
SEPARATORS = (",", "\t", ";", "|")
_QUOTED = r'"(?:[^"]|"")*"'
_MARKER = re.compile(MARKER)
_NEWLINE, _QUOTE, _RETURN = 10, 34, 13


@dataclass(frozen=True)
class _Grammar:
    """Expressions for one separator: a whole record, its next field, a line polars splits as we do."""

    record: re.Pattern[str]
    next: re.Pattern[str]
    neat: str


@cache
def _grammar(separator: str) -> _Grammar:
    mark = re.escape(separator)
    field = rf'(?:"(?:[^"]|"")*+"|[^"{mark}\n][^{mark}\n]*+|)'
    return _Grammar(
        record=re.compile(rf"{field}(?:{mark}{field})*+"),
        next=re.compile(rf"({field})(?:{mark}|\Z)"),
        neat=rf'^(?:{_QUOTED}|[^"{mark}]*)(?:{mark}(?:{_QUOTED}|[^"{mark}]*))*$',
    )


@dataclass(frozen=True)
class Records:
    """`rows`: `_row` and c0…, not stripped. `used`: bytes consumed; the rest belongs to the next block."""

    rows: pl.DataFrame
    spoilt: tuple[Spoilt, ...]
    used: int
    lines: int


@dataclass(frozen=True)
class _Lines:
    """A block of UTF-8, where its lines begin and end (line break excluded), and what separates fields."""

    block: bytes
    starts: np.ndarray
    ends: np.ndarray
    separator: str

    def text(self, i: int) -> str:
        return self.block[self.starts[i] : self.ends[i]].decode().removesuffix("\r")

    def __len__(self) -> int:
        return len(self.starts)


def records(block: bytes, width: int, first_row: int, is_last: bool, separator: str = ",") -> Records:
    """Records of UTF-8 lines, the first of which has number `first_row` in the file.

    A record that is still open at the end of a block that is not the last is left for the next one.
    """
    lines = _lines(block, separator)
    regular, odd = _sort_out(lines, width)
    swallowed = np.zeros(len(lines), bool)
    places, cells, spoilt, stop = [], [], [], len(lines)
    for i in odd:
        if swallowed[i]:
            continue
        end, text = _record(lines, i, width)
        if end is None and not is_last and len(lines) - i <= MAX_LINES:
            stop = i
            break
        if end is None:
            spoilt.append(Spoilt(i + first_row, "E_QUOTE", text))
            continue
        swallowed[i + 1 : end + 1] = True
        row = split_record(text, separator)
        fitted = _fit(row, width)
        if fitted is None:
            spoilt.append(Spoilt(i + first_row, "E_FIELDS", text, f"{len(row)} 个字段，表头有 {width} 个"))
        elif fitted:
            places.append(i)
            cells.append([cell or None for cell in fitted])
    keep = np.flatnonzero(regular & ~swallowed & (np.arange(len(lines)) < stop))
    rows = _by_polars(lines, keep, width)
    if places:
        rows = pl.concat([rows, _frame(places, cells, width)]).sort(ROW)
    return Records(
        rows=rows.with_columns(pl.col(ROW) + first_row),
        spoilt=tuple(spoilt),
        used=len(block) if stop == len(lines) else int(lines.starts[stop]),
        lines=stop,
    )


def split_record(text: str, separator: str = ",") -> list[str]:
    """Fields of one record (RFC 4180; a quote inside an unquoted field is text); [] if quotes stay open."""
    grammar = _grammar(separator)
    if not grammar.record.fullmatch(text):
        return []
    fields, place = [], 0
    while place <= len(text):
        match = grammar.next.match(text, place)
        value = match[1]
        fields.append(value[1:-1].replace('""', '"') if value.startswith('"') else value)
        place = match.end(1) + 1
    return fields


def _lines(block: bytes, separator: str) -> _Lines:
    breaks = np.flatnonzero(np.frombuffer(block, np.uint8) == _NEWLINE)
    starts = np.concatenate([[0], breaks + 1])
    ends = np.concatenate([breaks, [len(block)]])
    if starts[-1] == len(block):
        starts, ends = starts[:-1], ends[:-1]
    return _Lines(block, starts, ends, separator)


def _sort_out(lines: _Lines, width: int) -> tuple[np.ndarray, list[int]]:
    """(mask of lines polars can split into `width` fields, other lines that are not blank)."""
    content = np.frombuffer(lines.block, np.uint8)
    separators = _count(content == ord(lines.separator), lines)
    has_quote = np.zeros(len(lines), bool)
    if b'"' in lines.block:
        has_quote = _count(content == _QUOTE, lines) > 0
    length = lines.ends - lines.starts
    first = content[np.minimum(lines.starts, len(content) - 1)]
    blank = (length == 0) | ((length == 1) & (first == _RETURN))
    regular = (separators == width - 1) & ~has_quote & ~blank & (length <= MAX_LENGTH)
    quoted = np.flatnonzero(has_quote & (length <= MAX_LENGTH))
    regular[quoted] = _is_neat([lines.text(i) for i in quoted], width, lines.separator)
    return regular, np.flatnonzero(~regular & ~blank).tolist()


def _count(hits: np.ndarray, lines: _Lines) -> np.ndarray:
    places = np.flatnonzero(hits)
    return np.searchsorted(places, lines.ends) - np.searchsorted(places, lines.starts)


def _is_neat(texts: Sequence[str], width: int, separator: str) -> np.ndarray:
    line = pl.Series(texts, dtype=pl.String)
    separators = line.str.replace_all(_QUOTED, "").str.count_matches(separator, literal=True)
    return (line.str.contains(_grammar(separator).neat) & (separators == width - 1)).to_numpy()


def _record(lines: _Lines, start: int, width: int) -> tuple[int | None, str]:
    """(last line, text) of the record beginning at a line; (None, the line) when its quotes never close."""
    first = text = lines.text(start)
    is_record = _grammar(lines.separator).record.fullmatch
    if len(first) > MAX_LENGTH:
        return None, first[:MAX_LENGTH]
    if is_record(text):
        return start, text
    for i in range(start + 1, min(start + MAX_LINES, len(lines))):
        text += "\n" + lines.text(i)
        if len(text) > MAX_LENGTH:
            break
        if is_record(text) and len(split_record(text, lines.separator)) == width:
            return i, text
    return None, first


def _fit(row: list[str], width: int) -> list[str] | None:
    """The row in `width` cells; [] when it is blank; None when that would lose or invent a field."""
    if not any(cell.strip() for cell in row):
        return []
    if len(row) > width and not any(cell.strip() for cell in row[width:]):
        return row[:width]
    if len(row) < width and _MARKER.match(next(cell.strip() for cell in row if cell.strip())):
        return row + [""] * (width - len(row))
    return row if len(row) == width else None


def _by_polars(lines: _Lines, keep: np.ndarray, width: int) -> pl.DataFrame:
    if len(keep) == 0:
        return _frame([], [], width)
    has_quote = b'"' in lines.block
    rows = pl.read_csv(
        _join(lines, keep),
        has_header=False,
        separator=lines.separator,
        schema=dict.fromkeys(cell_names(width), pl.String),
        quote_char='"' if has_quote else None,
        eol_char="\n",
    )
    if rows.height != len(keep):
        raise AssertionError(f"{len(keep)} lines became {rows.height} rows")
    return rows.insert_column(0, pl.Series(ROW, keep, dtype=pl.Int64))


def _join(lines: _Lines, keep: np.ndarray) -> bytes:
    """The kept lines with nothing between them; long runs are copied whole."""
    if len(keep) == len(lines):
        return lines.block
    cuts = np.flatnonzero(np.diff(keep) != 1) + 1
    runs = np.split(keep, cuts)
    return b"\n".join(lines.block[lines.starts[r[0]] : lines.ends[r[-1]]] for r in runs)


def _frame(places: Sequence[int], cells: Sequence[Sequence[str | None]], width: int) -> pl.DataFrame:
    columns = zip(*cells, strict=True) if cells else [()] * width
    data = {
        name: pl.Series(values, dtype=pl.String)
        for name, values in zip(cell_names(width), columns, strict=True)
    }
    return pl.DataFrame({ROW: pl.Series(places, dtype=pl.Int64), **data})
