"""Columns that are written in the plain form of their type throughout, as nearly every column is: all in one pass.

Belongs here: telling that a whole column is plain, and its values. Does not belong here: any other form; a column with
one odd cell is read cell by cell (typing.py, dates.py).
"""

from collections.abc import Callable, Mapping

import polars as pl

from pipelines.ingest.values.dates import FIRST_YEAR, LAST_YEAR
from pipelines.kit.contracts import Column

DIGITS = 15
PRECISION = 18
ODD = r"[^0-9A-Z]"
_MONTH = r"^(?:18[5-9]|19[0-9]|2[01][0-9])[0-9]-(?:0[1-9]|1[0-2])$"
_TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-5][0-9]$"

# How a text is read, and whether all of a column (text, values) are plain. Nulls say nothing.
Form = tuple[Callable[[pl.Expr], pl.Expr], Callable[[pl.Expr, pl.Expr], pl.Expr]]


def plain(rows: pl.DataFrame, cells: Mapping[str, Column]) -> dict[str, pl.Series]:
    """Contract column -> values, of those that are plain throughout. `cells`: text column of `rows` -> its column."""
    forms = {cell: (column.name, form) for cell, column in cells.items() if (form := _form(column))}
    tried = rows.with_columns(read(pl.col(cell)).alias(name) for cell, (name, (read, _)) in forms.items())
    told = tried.select(holds(pl.col(cell), pl.col(name)).alias(name) for cell, (name, (_, holds)) in forms.items())
    return {name: tried[name] for name, holds in told.to_dicts()[0].items() if holds} if forms else {}


def _form(column: Column) -> Form | None:
    if column.is_identifier:
        return _as_it_is, lambda text, _: ~text.str.contains(ODD).any()
    if column.is_month:
        return _as_it_is, lambda text, _: text.str.contains(_MONTH).all()
    return _FORMS.get(column.type) or (_decimal(column.scale) if column.type == "decimal" else None)


def _as_it_is(text: pl.Expr) -> pl.Expr:
    return text


def _all_read(text: pl.Expr, values: pl.Expr) -> pl.Expr:
    return text.null_count() == values.null_count()


def _date(text: pl.Expr, values: pl.Expr) -> pl.Expr:
    """A sign or a far year is none of ours."""
    near = values.dt.year().is_between(FIRST_YEAR, LAST_YEAR).all()
    return _all_read(text, values) & near & ~text.str.starts_with("+").any()


def _decimal(scale: int) -> Form:
    fraction = rf"(?:\.[0-9]{{1,{scale}}})?" if scale else ""
    number = rf"^[+-]?[0-9]{{1,{min(DIGITS, PRECISION - scale)}}}{fraction}$"

    def holds(text: pl.Expr, values: pl.Expr) -> pl.Expr:
        return _all_read(text, values) & text.str.contains(number).all()

    return lambda text: text.cast(pl.Decimal(PRECISION, scale), strict=False), holds


_FORMS: dict[str, Form] = {
    "date": (lambda text: text.str.to_date("%Y-%m-%d", strict=False, exact=True), _date),
    "integer": (
        lambda text: text.cast(pl.Int64, strict=False),
        lambda text, values: _all_read(text, values) & (values.abs() < 10**DIGITS).all(),
    ),
    "timestamp": (
        lambda text: text.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False, exact=True),
        lambda text, values: _date(text, values) & text.str.contains(_TIME).all(),
    ),
}
