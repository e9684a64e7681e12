"""Splitting CSV text into records, each with the physical line it starts at.

Belongs here: quotes, line breaks inside quotes, lines with too few or too many fields. Does not belong here:
encoding, headers, types. A stray quote costs its own line, never the lines after it.

Lines without quotes, and lines whose quotes are in order, are split by polars; the rest one by one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.ingest.formats.csv_dialect import MAX_LINES, Dialect, grammar, is_misquoted, split_record
from pipelines.ingest.formats.tail import MARKER
from pipelines.ingest.values.table import ROW, SPACE, Spoilt, cell_names

MAX_LENGTH = 100_000
_MARKER = re.compile(MARKER)
_NEWLINE, _QUOTE, _RETURN = 10, 34, 13
_PLAIN = Dialect()


@dataclass(frozen=True)
class Records:
    """`rows`: `_row` and c0…, not stripped. `used`: bytes consumed; the rest belongs to the next block."""

    rows: pl.DataFrame
    spoilt: tuple[Spoilt, ...]
    used: int
    lines: int


@dataclass(frozen=True)
class _Lines:
    """A block of UTF-8, where its lines begin and end (line break excluded), how many fields a row of it has, and how
    they are written."""

    block: bytes
    starts: np.ndarray
    ends: np.ndarray
    fields: int
    dialect: Dialect

    def text(self, i: int) -> str:
        return self.block[self.starts[i] : self.ends[i]].decode().removesuffix("\r")

    def __len__(self) -> int:
        return len(self.starts)


def records(
    block: bytes, width: int, first_row: int, is_last: bool, dialect: Dialect = _PLAIN
) -> Records:
    """Records of UTF-8 lines, the first of which has number `first_row` in the file.

    A record that is still open at the end of a block that is not the last is left for the next one.
    """
    lines = _lines(block, width + dialect.surplus, dialect)
    regular, odd = _sort_out(lines)
    swallowed = np.zeros(len(lines), bool)
    places, cells, spoilt, stop = [], [], [], len(lines)
    for i in odd:
        if swallowed[i]:
            continue
        end, text = _record(lines, i)
        if end is None and not is_last and len(lines) - i <= MAX_LINES:
            stop = i
            break
        if end is None:
            spoilt.append(Spoilt(i + first_row, "E_QUOTE", text))
            continue
        swallowed[i + 1 : end + 1] = True
        row = split_record(text, dialect.separator)
        fitted = _fit(row, lines.fields)
        if fitted is None:
            whose = "其他各行" if dialect.surplus else "表头"
            spoilt.append(_misfit(i + first_row, text, len(row), whose, lines.fields))
        elif fitted and is_misquoted(text, dialect):
            spoilt.append(Spoilt(i + first_row, "E_QUOTE", text))
        elif fitted:
            places.append(i)
            cells.append([cell or None for cell in fitted])
    keep = np.flatnonzero(regular & ~swallowed & (np.arange(len(lines)) < stop))
    rows = _by_polars(lines, keep)
    if places:
        rows = pl.concat([rows, _frame(places, cells, lines.fields)]).sort(ROW)
    if dialect.surplus:
        rows, shifted = _without_surplus(rows, width)
        spoilt += [_misfit(i + first_row, _record(lines, i)[1], lines.fields, "表头", width) for i in shifted]
        spoilt.sort(key=lambda s: s.row)
    return Records(
        rows=rows.with_columns(pl.col(ROW) + first_row),
        spoilt=tuple(spoilt),
        used=len(block) if stop == len(lines) else int(lines.starts[stop]),
        lines=stop,
    )


def _lines(block: bytes, fields: int, dialect: Dialect) -> _Lines:
    breaks = np.flatnonzero(np.frombuffer(block, np.uint8) == _NEWLINE)
    starts = np.concatenate([[0], breaks + 1])
    ends = np.concatenate([breaks, [len(block)]])
    if starts[-1] == len(block):
        starts, ends = starts[:-1], ends[:-1]
    return _Lines(block, starts, ends, fields, dialect)


def _sort_out(lines: _Lines) -> tuple[np.ndarray, list[int]]:
    """(mask of lines polars can split into the fields of a row, other lines that are not blank)."""
    content = np.frombuffer(lines.block, np.uint8)
    separators = _count(content == ord(lines.dialect.separator), lines)
    has_quote = np.zeros(len(lines), bool)
    if b'"' in lines.block:
        has_quote = _count(content == _QUOTE, lines) > 0
    length = lines.ends - lines.starts
    first = content[np.minimum(lines.starts, len(content) - 1)]
    blank = (length == 0) | ((length == 1) & (first == _RETURN))
    regular = (separators == lines.fields - 1) & ~has_quote & ~blank & (length <= MAX_LENGTH)
    quoted = np.flatnonzero(has_quote & (length <= MAX_LENGTH))
    regular[quoted] = _is_neat([lines.text(i) for i in quoted], lines)
    return regular, np.flatnonzero(~regular & ~blank).tolist()


def _count(hits: np.ndarray, lines: _Lines) -> np.ndarray:
    places = np.flatnonzero(hits)
    return np.searchsorted(places, lines.ends) - np.searchsorted(places, lines.starts)


def _is_neat(texts: Sequence[str], lines: _Lines) -> np.ndarray:
    line, rule = pl.Series(texts, dtype=pl.String), grammar(lines.dialect.separator)
    separators = line.str.replace_all(rule.quoted, "").str.count_matches(lines.dialect.separator, literal=True)
    return (line.str.contains(rule.neat) & (separators == lines.fields - 1)).to_numpy()


def _record(lines: _Lines, start: int) -> tuple[int | None, str]:
    """(last line, text) of the record beginning at a line; (None, the line) when its quotes never close."""
    first = text = lines.text(start)
    is_record = grammar(lines.dialect.separator).record.fullmatch
    if len(first) > MAX_LENGTH:
        return None, first[:MAX_LENGTH]
    if is_record(text):
        return start, text
    for i in range(start + 1, min(start + MAX_LINES, len(lines))):
        text += "\n" + lines.text(i)
        if len(text) > MAX_LENGTH:
            break
        if is_record(text) and len(split_record(text, lines.dialect.separator)) == lines.fields:
            return i, text
    return None, first


def _fit(row: list[str], fields: int) -> list[str] | None:
    """The row in `fields` cells; [] when it is blank; None when that would lose, invent or shift a field.

    Only a line of the tail may be shorter or, by blanks, longer than the rows.
    """
    if not any(cell.strip() for cell in row):
        return []
    if len(row) == fields:
        return row
    is_tail = _MARKER.match(next(cell.strip() for cell in row if cell.strip()))
    if not is_tail or any(cell.strip() for cell in row[fields:]):
        return None
    return row[:fields] + [""] * (fields - len(row))


def _misfit(row: int, text: str, found: int, whose: str, expected: int) -> Spoilt:
    return Spoilt(row, "E_FIELDS", text, f"{found} 个字段，{whose}有 {expected} 个")


def _without_surplus(rows: pl.DataFrame, width: int) -> tuple[pl.DataFrame, list[int]]:
    """(rows without the fields behind the last heading, numbers of those that hold something there)."""
    more = pl.any_horizontal((pl.exclude(ROW, *cell_names(width)).str.strip_chars(SPACE) != "").fill_null(False))
    shifted = rows.filter(more)[ROW].to_list()
    return rows.filter(~more).select(ROW, *cell_names(width)), shifted


def _by_polars(lines: _Lines, keep: np.ndarray) -> pl.DataFrame:
    if len(keep) == 0:
        return _frame([], [], lines.fields)
    has_quote = b'"' in lines.block
    rows = pl.read_csv(
        _join(lines, keep),
        has_header=False,
        separator=lines.dialect.separator,
        schema=dict.fromkeys(cell_names(lines.fields), pl.String),
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
