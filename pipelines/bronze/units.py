"""Units a file states for its numbers: 单位：万元 above the header, （万元） behind a title, in a note below.

Belongs here: finding them, telling where they are not what was agreed, turning numbers into the contract's unit where
another one was agreed. Does not belong here: the units themselves (pipelines.contracts.units). A unit nobody agreed on
is never converted: what stands above a sheet is as often left over from another year as it is true.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

import polars as pl

from pipelines.bronze.header import Header
from pipelines.contracts import Column, Feed
from pipelines.contracts.units import UNITS, folded, ratio, thing

_UNIT = "(?:人民币)?(?:" + "|".join(map(re.escape, sorted(UNITS, key=len, reverse=True))) + r")(?:/[^\s、,;)]+)?"
_SEVERAL = rf"{_UNIT}(?:[\s、,;和及与或]+{_UNIT})*"
_END = r"(?![A-Za-z0-9\u4e00-\u9fff])"
_STATED = re.compile(rf"单位(?:均?[为是])?\s*:?\s*\(?\s*({_SEVERAL}){_END}|[(\[]\s*({_SEVERAL})\s*[)\]]")
_ONE = re.compile("|".join(map(re.escape, sorted(UNITS, key=len, reverse=True))))
_NUMBER = r"^[+-]?[0-9]+(?:\.[0-9]*)?$"
_NUMBERS = ("integer", "decimal")


@lru_cache(maxsize=1 << 12)
def stated(text: str) -> tuple[str, ...]:
    """Units a title, note or heading states for numbers, in order."""
    found = []
    for match in _STATED.finditer(folded(text)):
        for part in re.split(r"[\s、,;和及与或]+", match[1] or match[2]):
            found.append(_ONE.search(part.removeprefix("人民币"))[0])
    return tuple(found)


def conflicts(texts: Iterable[str], header: Header, feed: Feed) -> tuple[list[str], list[str]]:
    """What to say of columns for which `texts` state another unit than the one agreed on: (of those whose heading says
    nothing, of those whose heading states the agreed one)."""
    said = [unit for text in texts for unit in stated(text)]
    silent, named = [], []
    for name, place in header.columns.items():
        column, heading = feed.by_name[name], header.headings[place]
        agreed = _sent(column, heading, feed)
        alike = [unit for unit in said if agreed and thing(unit) == thing(agreed)]
        if alike and all(ratio(unit, agreed) != 1 for unit in alike):
            words = f"写明单位为「{alike[0]}」，「{heading}」列约定为「{agreed}」"
            (named if stated(heading) else silent).append(words)
    return silent, named


def factors(header: Header, feed: Feed) -> dict[str, Fraction]:
    """Contract column -> by how much its numbers are to be multiplied; of columns agreed to come in another unit."""
    found = {}
    for name, place in header.columns.items():
        column = feed.by_name[name]
        own, sent = _own(column), _sent(column, header.headings[place], feed)
        if own and sent and ratio(sent, own) != 1:
            found[name] = ratio(sent, own)
    return found


def times(numbers: pl.Series, factor: Fraction, column: Column) -> pl.Series:
    """Plain numbers as text, multiplied; what is no number stays as it is."""
    distinct = numbers.drop_nulls().unique(maintain_order=True)
    is_number = distinct.str.contains(_NUMBER)
    scale = column.scale if column.type == "decimal" else 0
    products = [_product(t, factor, scale) if ok else t for t, ok in zip(distinct, is_number, strict=True)]
    return numbers.replace_strict(distinct, pl.Series(products, dtype=pl.String), default=None)


def _product(text: str, factor: Fraction, scale: int) -> str:
    """Exact where digits can say it, so that a digit too many is told; 亩 in 平方米 never end and are rounded."""
    product = Fraction(text.removesuffix(".")) * factor
    tens = 10 ** (scale + 15)
    if (product * tens).denominator == 1:
        return format(Decimal(int(product * tens)).scaleb(-scale - 15).normalize(), "f")
    return format(Decimal(round(product * 10**scale)).scaleb(-scale), "f")


def _own(column: Column) -> str | None:
    """The unit of a column in bronze; None where no unit is known."""
    if column.type not in _NUMBERS:
        return None
    units = (column.unit, *stated(column.label))
    return next((unit for unit in units if thing(unit)), None)


def _sent(column: Column, heading: str, feed: Feed) -> str | None:
    """The unit in which the department agreed to send a column: what the heading says, what holds for whole sheets."""
    own = _own(column)
    units = (*stated(heading), feed.sheet_unit)
    return next((unit for unit in units if own and thing(unit) == thing(own)), own)
