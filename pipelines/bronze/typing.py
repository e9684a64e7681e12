"""Text cells into the types of the contract, row by row good or bad.

Belongs here: what each type accepts. Does not belong here: finding the columns (header.py), writing anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.bronze.dates import parse_dates, parse_months
from pipelines.bronze.header import Header
from pipelines.bronze.table import ROW, Block
from pipelines.contracts import Column, Feed

TYPES = {"string": pl.String, "date": pl.Date, "integer": pl.Int64, "decimal": pl.Decimal(18, 2)}
_NUMBER = {"integer": r"^[+-]?[0-9]{1,15}(?:\.0*)?$", "decimal": r"^[+-]?[0-9]{1,15}(?:\.[0-9]{1,2}0*|\.)?$"}


@dataclass(frozen=True)
class Fault:
    """Rows (mask over the block) where one column fails in one way."""

    column: Column
    code: str
    mask: pl.Series


@dataclass(frozen=True)
class Typed:
    """`rows`: `_row` and the contract's columns, typed, as many as in the block; `faults` by column."""

    rows: pl.DataFrame
    faults: tuple[Fault, ...]

    @property
    def sound(self) -> pl.DataFrame:
        """The rows without any fault."""
        return self.rows.filter(~any_fault(self.faults, self.rows.height)) if self.faults else self.rows


def any_fault(faults: Sequence[Fault], height: int) -> pl.Series:
    """Mask of the rows with at least one fault."""
    mask = pl.repeat(False, height, eager=True)
    for fault in faults:
        mask = mask | fault.mask
    return mask


def type_block(block: Block, header: Header, feed: Feed) -> Typed:
    """Every contract column of a block in its type; columns the file lacks are null."""
    rows, faults = block.rows, []
    typed = [rows[ROW]]
    for column in feed.columns:
        place = header.columns.get(column.name)
        if place is None:
            nothing = pl.repeat(None, rows.height, dtype=TYPES[column.type], eager=True)
            typed.append(nothing.alias(column.name))
            continue
        text = rows[f"c{place}"]
        marked = [
            Fault(column, m.code, rows[ROW].is_in(list(m.rows))) for m in block.marks if m.column == place
        ]
        values, code = _typed(text, column)
        unread = values.is_null() & text.is_not_null()
        blank = text.is_null() if column.required else pl.repeat(False, rows.height, eager=True)
        checks = [*marked, Fault(column, code, unread), Fault(column, "E_REQUIRED", blank)]
        faults += [f for f in checks if f.mask.any()]
        typed.append(values.alias(column.name))
    return Typed(pl.DataFrame(typed), tuple(faults))


def _typed(text: pl.Series, column: Column) -> tuple[pl.Series, str]:
    """(values, null where the text is none of the type; the code that says so)."""
    if column.type == "date":
        return parse_dates(text), "E_DATE"
    if column.is_month:
        return parse_months(text), "E_MONTH"
    if column.type in _NUMBER:
        return _numbers(text, column.type), "E_NUMBER"
    if column.is_identifier:
        return _identifiers(text), "E_FORMULA"
    return text, ""


def _identifiers(text: pl.Series) -> pl.Series:
    """Full-width folded, upper case; null for text that is a formula (CSV written for a spreadsheet)."""
    if not text.str.contains(r"[^0-9A-Z]").any():
        return text
    folded = text.str.normalize("NFKC").str.to_uppercase().str.strip_chars()
    return pl.select(pl.when(~folded.str.starts_with("=")).then(folded)).to_series()


def _numbers(text: pl.Series, kind: str) -> pl.Series:
    """Digits with thousands separators, a currency sign or 元 around them; decimals to hundredths."""
    plain = text.str.normalize("NFKC").str.replace_all(r"[\s,]", "").str.replace_all(r"^¥|元$", "")
    sound = pl.select(pl.when(plain.str.contains(_NUMBER[kind])).then(plain)).to_series()
    if kind == "integer":
        return sound.str.replace(r"\.0*$", "").cast(pl.Int64)
    return sound.str.replace(r"\.$", "").str.replace(r"(\.[0-9]{2})0+$", "${1}").cast(TYPES["decimal"])
