"""Typed cells (of workbooks, JSON, shapefiles) as text, without repair.

Belongs here: how a value is written as text, and which values are spoilt by the way they were stored. Does not
belong here: types of the contract (typing.py), which ids survive being a number (id_numbers.py). One that may have
lost something is marked, never repaired.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from pipelines.ingest.values.id_numbers import exact
from pipelines.ingest.values.table import ID_NUMERIC
from pipelines.kit.contracts import Column

EXACT = 2**53
_MIDNIGHT = time()
_DIGITS = 15
_LONGEST = 40
# 2023.1 is what a number keeps of 2023.01 typed short, and of 2023.10; every other month is told by its digits.
JANUARY_OR_OCTOBER = ".1"


class Unusable(str):
    """A value that is none, such as NaN; `str` gives what stood there."""

    __slots__ = ()


def column_texts(
    values: Sequence[Any], column: Column | None
) -> tuple[Sequence[str | None], dict[str, list[int]]]:
    """(texts, rows from 0 by the code that spoils them, or by ID_NUMERIC) of one file column; `column` None: not in the
    contract."""
    kinds = set(map(type, values))
    if kinds <= _TEXT:
        return values, {}
    spoilt: dict[str, list[int]] = {}
    if column is not None and column.type != "geometry" and not kinds <= _HARMLESS[column.type == "string"]:
        kept = exact(values, column) if column.is_identifier else set()
        if kept:
            spoilt[ID_NUMERIC] = sorted(kept)
        for i, value in enumerate(values):
            if i not in kept and (code := _fault(value, column)):
                spoilt.setdefault(code, []).append(i)
    return _written(values, kinds), spoilt


def _written(values: Sequence[Any], kinds: set[type]) -> list[str | None]:
    """Every distinct value is written once: a column of a county has many rows, but few days and few amounts."""
    if kinds & _NO_KEYS:
        return [text(v) for v in values]
    written = {v: text(v) for v in set(values)}
    return [written[v] for v in values]


_TEXT = {str, type(None)}
# True equals 1, and what JSON nests has no hash.
_NO_KEYS = {bool, dict, list}
_DATES = {date, datetime, time}
_HARMLESS = {True: _TEXT, False: _TEXT | _DATES | {int, float, Decimal, bool, timedelta}}


def _fault(value: Any, column: Column) -> str | None:
    if value is None or type(value) is str:
        return None
    if isinstance(value, (Unusable, dict, list)):
        return "E_VALUE"
    if column.is_identifier:
        return "E_ID_NUMERIC"
    if column.is_month and isinstance(value, (float, Decimal)) and text(value).endswith(JANUARY_OR_OCTOBER):
        return "E_MONTH"
    is_long = column.type == "string" and isinstance(value, (int, float, Decimal)) and abs(value) >= EXACT
    return "E_PRECISION" if is_long else None


def text(value: Any) -> str | None:
    """A cell as text: whole numbers without a point, dates in ISO form, other numbers to 15 digits, None as None."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.{_DIGITS}g}"
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == _MIDNIGHT else value.isoformat(sep=" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return str(value)


def _decimal(value: Decimal) -> str:
    """A JSON number; what has more than 15 digits behind a point is a printed double."""
    if abs(value.adjusted()) > _LONGEST:
        return str(value)
    if value == value.to_integral_value():
        return str(int(value))
    if len(value.as_tuple().digits) > _DIGITS:
        value = Decimal(f"{float(value):.{_DIGITS}g}")
    return format(value, "f")


def _plain(value: Any) -> float | str:
    return float(value) if isinstance(value, Decimal) else str(value)
