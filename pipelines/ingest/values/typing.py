"""Text cells into the types of the contract, row by row good or bad.

Belongs here: what each type accepts. Does not belong here: finding the columns (header.py), writing anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from pipelines.ingest.values import units
from pipelines.ingest.values.dates import parse_dates, parse_months, parse_times
from pipelines.ingest.values.header import Header
from pipelines.ingest.values.invisible import INVISIBLE, without_invisible
from pipelines.ingest.values.missing import MISSING, is_no_number, says_nothing, without_agreed
from pipelines.ingest.values.plain import DIGITS, ODD, PRECISION, plain
from pipelines.ingest.values.table import ID_NUMERIC, ROW, Block
from pipelines.ingest.values.width import half_width
from pipelines.kit.contracts import Column, Feed
from pipelines.kit.contracts.units import PERCENT
from pipelines.kit.geo.geometry import normal

_TYPES = {
    "string": pl.String(),
    "date": pl.Date(),
    "timestamp": pl.Datetime("us"),
    "integer": pl.Int64(),
    "geometry": pl.String(),
}
_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!")
_GROUPED = r"^[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]*)?$"
_INTEGER = rf"^[+-]?[0-9]{{1,{DIGITS}}}(?:\.0*)?$"


def dtype(column: Column) -> pl.DataType:
    """The type of a column in bronze; a timestamp is city time without a zone, a geometry GeoJSON text."""
    return pl.Decimal(PRECISION, column.scale) if column.type == "decimal" else _TYPES[column.type]


@dataclass(frozen=True)
class Fault:
    """Rows (mask over the block) where one column fails in one way."""

    column: Column
    code: str
    mask: pl.Series


@dataclass(frozen=True)
class Typed:
    """`rows`: `_row` and the contract's columns, typed, as many as in the block; `faults` by column.

    By code of a notice and column, in how many cells is something to be `told`: signs that stood for no value, signs
    nobody sees that were taken out, ids that were numbers. `numeric`: how long the longest of those is, by column.
    """

    rows: pl.DataFrame
    faults: tuple[Fault, ...]
    told: Mapping[tuple[str, str], int] = field(default_factory=dict)
    numeric: Mapping[str, int] = field(default_factory=dict)

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
    rows, faults = without_agreed(block.rows, feed), []
    told, numeric = {}, {}
    typed = [rows[ROW]]
    factors = units.factors(header, feed)
    as_they_are = {f"c{p}": feed.by_name[name] for name, p in header.columns.items() if name not in factors}
    known = plain(rows, as_they_are)
    sharp = rows.select(pl.col(pl.String).str.contains("#", literal=True).any()).to_dicts()[0]
    for column in feed.columns:
        place = header.columns.get(column.name)
        if place is None:
            nothing = pl.repeat(None, rows.height, dtype=dtype(column), eager=True)
            typed.append(nothing.alias(column.name))
            continue
        text = rows[f"c{place}"]
        marks = ((m.code, rows[ROW].is_in(list(m.rows))) for m in block.marks if m.column == place)
        marked = [Fault(column, code, mask) for code, mask in marks if mask.any()]
        for fault in [m for m in marked if m.code == ID_NUMERIC]:
            marked.remove(fault)
            told[ID_NUMERIC, column.name] = int(fault.mask.sum())
            numeric[column.name] = text.filter(fault.mask).str.len_chars().max()
        if column.name in factors:
            text = units.times(_plain(text), factors[column.name], column)
        is_known, spoilt = column.name in known, None
        if not is_known and column.type != "geometry":
            text, told[INVISIBLE, column.name], spoilt = without_invisible(text)
        values, failed = (known[column.name], {}) if is_known else _typed(text, column, sharp[f"c{place}"])
        text, values, told[MISSING, column.name] = _without_signs(text, values, failed, column, is_known)
        if spoilt is not None:
            failed = {**failed, "E_INVISIBLE": spoilt}
        if marked and failed:  # why a cell cannot be read is told once
            failed = {code: mask & ~any_fault(marked, rows.height) for code, mask in failed.items()}
        faults += [*marked, *(Fault(column, code, mask) for code, mask in failed.items() if mask.any())]
        if column.required and text.null_count():
            faults.append(Fault(column, "E_REQUIRED", text.is_null()))
        typed.append(values.alias(column.name))
    return Typed(pl.DataFrame(typed), tuple(faults), told, numeric)


def _without_signs(
    text: pl.Series, values: pl.Series, failed: dict[str, pl.Series], column: Column, is_known: bool
) -> tuple[pl.Series, pl.Series, int]:
    """(texts, values, how many cells) with blanks where a sign says that there is no value; what it says is no fault
    then, but in an id that has to be there it is one of its own."""
    if column.is_identifier or column.is_phone:
        found = is_no_number(values, column, is_known)
        if found is None:
            return text, values, 0
        if column.required:
            failed["E_PLACEHOLDER"] = found
        return text, _where(~found, values), 0 if column.required else int(found.sum())
    count = 0
    for code, mask in failed.items():
        found = mask & says_nothing(text)
        count += int(found.sum())
        failed[code], text = mask & ~found, _where(~found, text)
    return text, values, count


def _typed(text: pl.Series, column: Column, is_sharp: bool) -> tuple[pl.Series, dict[str, pl.Series]]:
    """(values, null where the text is none of the type; masks of what is wrong by code). `is_sharp`: a # stands in it,
    as in all that a spreadsheet writes for a cell it cannot work out."""
    if column.is_identifier:
        return _identifiers(text)
    if column.type == "string" and not column.is_month:
        return text, _errors(text) if is_sharp else {}
    values, code = _read(text, column)
    # Comparing two counts is cheaper than two masks, and most blocks are sound.
    is_sound = values.null_count() == text.null_count()
    return values, {} if is_sound else {code: values.is_null() & text.is_not_null()}


def _read(text: pl.Series, column: Column) -> tuple[pl.Series, str]:
    """(values, null where the text is none of the type; the code that says so)."""
    if column.type == "date":
        return parse_dates(text), "E_DATE"
    if column.type == "timestamp":
        return parse_times(text), "E_TIME"
    if column.type == "geometry":
        return pl.Series(text.name, [t and normal(t) for t in text], dtype=pl.String), "E_GEOMETRY"
    if column.unit == PERCENT:
        text = text.str.replace(r"\s*[%％]$", "")
    if column.type == "integer":
        return _integers(text), "E_NUMBER"
    if column.type == "decimal":
        return _decimals(text, column.scale), "E_NUMBER"
    return parse_months(text), "E_MONTH"


def _identifiers(text: pl.Series) -> tuple[pl.Series, dict[str, pl.Series]]:
    """Full-width folded, upper case; formulas (CSV written for a spreadsheet) are told. Text that looks like a number a
    spreadsheet has shortened is text: rule R01 gives it to who can mend it."""
    odd = text.str.contains(ODD).fill_null(False)
    if not odd.any():
        return text, {}
    folded = half_width(text.filter(odd)).str.to_uppercase().str.strip_chars()
    text = text.clone().scatter(odd.arg_true(), folded)
    return text, {"E_FORMULA": text.str.starts_with("=").fill_null(False), **_errors(text)}


def _errors(text: pl.Series) -> dict[str, pl.Series]:
    """What a spreadsheet writes for a cell it cannot work out, once it has become text."""
    if not text.str.starts_with("#").any():
        return {}
    return {"E_VALUE": text.str.to_uppercase().is_in(_ERRORS).fill_null(False)}


def _plain(text: pl.Series) -> pl.Series:
    """Without a currency sign or 元 around the number, and without the commas of one that is grouped by thousands. A
    comma anywhere else may stand for a point, a blank within for a border between two cells: they stay."""
    bare = half_width(text).str.strip_chars().str.replace_all(r"^¥\s*|\s*元$", "")
    return _where(bare.str.contains(_GROUPED), bare.str.replace_all(",", "", literal=True), bare)


def _integers(text: pl.Series) -> pl.Series:
    plain = _plain(text)
    return _where(plain.str.contains(_INTEGER), plain).str.replace(r"\.0*$", "").cast(pl.Int64)


def _decimals(text: pl.Series, scale: int) -> pl.Series:
    """Digits behind the point as the contract says; more of them only when they are noughts."""
    plain = _plain(text)
    number = rf"^[+-]?[0-9]{{1,{min(DIGITS, PRECISION - scale)}}}(?:\.[0-9]{{0,{scale}}}0*)?$"
    sound = _where(plain.str.contains(number), plain).str.replace(r"\.$", "")
    cut = sound.str.replace(rf"(\.[0-9]{{{scale}}})0+$", "${1}") if scale else sound.str.replace(r"\.0*$", "")
    return cut.cast(pl.Decimal(PRECISION, scale))


def _where(mask: pl.Series, values: pl.Series, others: pl.Series | None = None) -> pl.Series:
    return pl.select(pl.when(mask).then(values).otherwise(others)).to_series()
