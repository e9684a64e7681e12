"""Ids that were stored as numbers: which of them are still what was meant.

Belongs here: telling that digits or leading noughts may be lost. Does not belong here: any repair; writing a number as
text (cells.py).
A double holds 15 digits, so a longer id is lost; a JSON literal or a 64-bit integer does not say what held it before it
was written. A shorter one is exact but for noughts in front, and those are missed where the contract says how long the
id is, or where others of its column are longer.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from pipelines.kit.contracts import Column

_HELD = 15  # digits of a double
_LARGEST = 10**40
_OLD_NUMBER = 15  # of identity numbers and credit codes only those without a check character fit into a double


def exact(values: Sequence[Any], column: Column) -> set[int]:
    """Places of the numbers among some values of an id column that have lost nothing."""
    digits = {i: text for i, v in enumerate(values) if (text := _digits(v))}
    others = (v for v in values if isinstance(v, str) and v.isdecimal())
    longest = max(map(len, (*digits.values(), *others)), default=0) if has_open_length(column) else 0
    return {i for i, text in digits.items() if len(text) <= _HELD and _is_whole(text, column, longest)}


def has_open_length(column: Column) -> bool:
    """Whether the contract does not say how long the ids of the column are."""
    return not (column.has_check_character or column.pattern or column.min_length)


def _is_whole(text: str, column: Column, longest: int) -> bool:
    if column.has_check_character:
        return len(text) == _OLD_NUMBER
    if column.pattern:
        return re.fullmatch(column.pattern, text) is not None
    return len(text) >= (column.min_length or longest)


def _digits(value: Any) -> str:
    """The digits of a whole number; '' for everything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return ""
    is_whole = 0 < value < _LARGEST and value == int(value)
    return str(int(value)) if is_whole else ""
