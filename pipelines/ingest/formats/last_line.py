"""Whether the last line of a text file is whole where no line end stands behind it: a transfer may have broken off.

Belongs here: what that line looks like beside the others, and what follows with the sender's habit. Does not belong
here: lines that cannot be split (csv_records.py), earlier deliveries (history.py).
Many systems write no line end behind the last row, so neither its lack nor a full row says enough alone.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from pipelines.ingest.formats.csv_dialect import Dialect, split_record
from pipelines.ingest.formats.tail import MARKER
from pipelines.ingest.values.identifiers import invalid
from pipelines.ingest.values.table import ROW, SPACE, Block, Ending, Spoilt
from pipelines.kit.contracts import Column

# What the line looks like; the more, the likelier it breaks off. Of BLANK the last cell is empty as others are, which
# a cut shows at one place only; BROKEN is no whole row.
ENDED, WHOLE, BLANK, UNCLEAR, UNLIKE, BROKEN = -1, 0, 1, 2, 4, 6
_HABIT = {True: 2, None: 0, False: -2}
# Compared with so many rows before it.
COMPARED = 1_000
_ENOUGH, _MANY = 5, 20
_RARELY = 0.1
_CHECKED = 18  # characters of identity numbers and credit codes
# Phone numbers, dates and codes are as long as each other; two of them show it.
_LONG = 8
_HAN = re.compile(r"[\u4e00-\u9fff]")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBERS = ("integer", "decimal")
_FIRST, _SAID, _LAST = "first", "said", "last"


def compared(held: pl.DataFrame | None, rows: pl.DataFrame, width: int) -> pl.DataFrame:
    """What is kept of rows to compare the last line with: their first cell, the first that is not blank, the last."""
    said = pl.coalesce(pl.exclude(ROW)).alias(_SAID)
    fresh = rows.tail(COMPARED + 1).select(
        ROW, said, pl.col("c0").alias(_FIRST), pl.col(f"c{width - 1}").alias(_LAST)
    )
    return fresh if held is None else pl.concat([held, fresh]).tail(COMPARED + 1)


def ending(
    line: str, held: pl.DataFrame, spoilt: Sequence[Spoilt], fields: int, dialect: Dialect, column: Column | None
) -> Ending:
    """How a file of rows ends. `line`: what stands behind its last line feed; `spoilt`: of the last block; `column`:
    the contract's at the end of a row."""
    if not line or line.endswith("\r"):
        return Ending(ENDED)
    if not line.strip(SPACE + dialect.separator):
        is_short = 0 < line.count(dialect.separator) < fields - 1
        return Ending(BROKEN if is_short and held[_FIRST].has_nulls() else WHOLE)
    row = held[ROW][-1] if held.height else 0
    run = [s for s in spoilt if s.row > row]
    if run:
        return Ending(_of_spoilt(run, held, fields, dialect.separator), run[-1].row, line)
    if not row:
        return Ending(WHOLE)
    *seen, value = held[_LAST].fill_null("").to_list()
    if column is None or re.match(MARKER, held[_SAID][-1]):
        return Ending(WHOLE)
    if line.endswith('"') and not value.endswith('"') and not any('"' in s for s in seen):
        return Ending(WHOLE, row, line)
    return Ending(_of_value(value, seen, column), row, line)


def of_heading(line: bytes, is_whole: bool) -> Ending:
    """How a file ends that has no line behind its header."""
    return Ending(ENDED if line.endswith((b"\n", b"\r")) else WHOLE if is_whole else BROKEN)


def is_cut(end: Ending | None, ends_lines: bool | None) -> bool:
    """Whether the file breaks off. `ends_lines`: whether all earlier files of the sender ended in a line end; None
    where that is not known or differs."""
    return end is not None and _doubt(end, ends_lines) >= UNLIKE


def settled(block: Block, ends_lines: bool | None) -> Block:
    """The block, its last row spoilt where that is not to be trusted."""
    end = block.ending
    if end is None or _doubt(end, ends_lines) <= WHOLE or end.row not in block.rows[ROW]:
        return block
    rows = block.rows.filter(pl.col(ROW) != end.row)
    return replace(block, rows=rows, spoilt=(*block.spoilt, Spoilt(end.row, "E_UNFINISHED", end.raw)))


def told(block: Block, ends_lines: bool | None) -> str | None:
    """What the sender should know of a last row that is taken in though no line end stands behind it, in Chinese."""
    end = block.ending
    if end is None or end.row not in block.rows[ROW] or _doubt(end, ends_lines) > WHOLE:
        return None
    is_usual = end.state == WHOLE and ends_lines is False
    return None if is_usual else f"第 {end.row} 行之后没有换行，已按完整的一行入库，请核对该行末尾"


def _doubt(end: Ending, ends_lines: bool | None) -> int:
    """A row that is whole by what is in it stays whole; else the sender's habit speaks for it or against it."""
    if end.state <= WHOLE:
        return WHOLE
    return end.state + _HABIT[ends_lines]


def _of_spoilt(run: Sequence[Spoilt], held: pl.DataFrame, fields: int, separator: str) -> int:
    """The state of rows behind the last sound one that could not be split; what is no cut is told all the same."""
    last = run[-1]
    if last.code == "E_BYTES":
        return BROKEN if last.raw.endswith("\ufffd") else WHOLE
    if any(s.code == "E_QUOTE" and not split_record(s.raw, separator) for s in run):
        return BROKEN
    found = split_record(last.raw, separator)
    if len(found) == 1:
        return BROKEN if _may_begin(found[0].strip(SPACE), held[_FIRST].drop_nulls().to_list()) else WHOLE
    return BROKEN if len(found) < fields else WHOLE


def _may_begin(text: str, values: Sequence[str]) -> bool:
    """Whether a text may be the beginning of a value like these, and is no footnote."""
    if not values:
        return True
    return len(text) <= max(map(len, values)) and _signs([text]) <= _signs(values)


def _signs(values: Sequence[str]) -> set[str]:
    """The kinds of signs in texts; of what is neither digit, Latin letter nor Chinese every sign is a kind."""
    found = {sign for value in values for sign in value}
    return {"0" if s.isdecimal() else "a" if s.isascii() and s.isalpha() else _HAN.sub("汉", s) for s in found}


def _of_value(value: str, seen: Sequence[str], column: Column) -> int:
    """The state of a last cell beside those of the rows before it."""
    filled = [s for s in seen if s]
    if not value:
        if not column.required and len(filled) <= _RARELY * len(seen):
            return WHOLE
        if len(filled) < len(seen):
            return BLANK
        return UNLIKE if len(seen) >= _MANY else UNCLEAR
    longer = [s for s in (*filled, *column.code_list) if s != value and s.startswith(value)]
    if not longer and (filled.count(value) > 1 or value in column.code_list):
        return WHOLE
    if not longer and _is_whole_by_itself(value, filled, column):
        return WHOLE
    if column.type in _NUMBERS:
        return _of_number(value, filled)
    if value not in filled and len(longer) > 1:
        return UNLIKE
    length = max(map(len, filled), default=0)
    if _is_fixed(filled, length) and len(value) <= length:
        return WHOLE if len(value) == length else UNLIKE
    return WHOLE if not filled and column.type == "date" and _DATE.fullmatch(value) else UNCLEAR


def _is_whole_by_itself(value: str, filled: Sequence[str], column: Column) -> bool:
    """Whether the contract says that no part of a value could look like this: a number of 18 with the right check
    character where no cell holds several, or a text of a pattern that fits none that goes on."""
    if column.has_check_character:
        is_single = max(map(len, filled), default=0) <= _CHECKED
        return is_single and len(value) == _CHECKED and not invalid(pl.Series([value.upper()]))[0]
    if column.pattern is None or not re.fullmatch(column.pattern, value):
        return False
    others = (*(value[:n] for n in range(1, len(value))), *(value + value[-1] * n for n in range(1, _CHECKED)))
    return not any(re.fullmatch(column.pattern, other) for other in others)


def _of_number(value: str, filled: Sequence[str]) -> int:
    """Any digits are a number; only decimals that all have as many places show where one ends."""
    places = {len(s.partition(".")[2]) for s in filled}
    if len(filled) < _ENOUGH or len(places) > 1 or 0 in places:
        return UNCLEAR
    return WHOLE if len(value.partition(".")[2]) in places else UNLIKE


def _is_fixed(filled: Sequence[str], length: int) -> bool:
    """Whether values of a column are as long as each other by rule; Chinese names are by chance."""
    enough = 2 if length >= _LONG else _ENOUGH
    return len(filled) >= enough and all(len(s) == length for s in filled) and not any(map(_HAN.search, filled))
