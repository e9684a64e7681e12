"""Units a file states for its numbers: 单位：万元 above the header, （万元） behind a title, in a note below, in a row
of units, in what a cell shows behind its number.

Belongs here: finding them, telling where they are not what was agreed, turning numbers into the contract's unit where
another one was agreed. Does not belong here: the units themselves (kit.contracts.units). A unit nobody agreed on
is never converted: what stands above a sheet is as often left over from another year as it is true.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

import polars as pl

from pipelines.ingest.values.header import Header
from pipelines.kit.contracts import Column, Feed
from pipelines.kit.contracts.heading import normal
from pipelines.kit.contracts.units import UNITS, folded, ratio, smaller, thing

_UNIT = "(?:人民币)?(?:" + "|".join(map(re.escape, sorted(UNITS, key=len, reverse=True))) + r")(?:/[^\s、,;)]+)?"
_SEVERAL = rf"{_UNIT}(?:[\s、,;和及与或]+{_UNIT})*"
_END = r"(?![A-Za-z0-9\u4e00-\u9fff])"
_STATED = re.compile(rf"单位(?:均?[为是])?\s*:?\s*\(?\s*({_SEVERAL}){_END}|[(\[]\s*({_SEVERAL})\s*[)\]]")
_ONE = re.compile("|".join(map(re.escape, sorted(UNITS, key=len, reverse=True))))
_BARE = rf"^[¥￥(（\[【\s]*({_UNIT})[)）\]】\s]*$"
# A code of Excel: what it shows besides the number ([$US$-409] is a currency), a separator of thousands behind all
# digits, a point that is text.
_GENERAL = re.compile("General|G/通用格式", re.IGNORECASE)
_LITERAL = re.compile(
    r'"([^"]*)"|[\\!](.)|\[\$([^\]-]+)[^\]]*\]|\[[^\]]*\]|[_*].|([\u4e00-\u9fff㎡²³%‰¥￥$€£₩₽]+)'
)
_OF_A_DAY = re.compile("[ymdhs]", re.IGNORECASE)
# What says no more than that a number is yuan, or nothing.
_YUAN = re.compile(r"人民币|RMB|CN[Y¥]|¥|[整正]$|[\s.,:()\[\]【】+\-]", re.IGNORECASE)
_THOUSANDS, _POINT = re.compile(r"[0#?](,+)(?![0#?,])"), re.compile(r"[\\!]\.([0#?]+)|\"\.\"([0#?]+)")
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


def in_format(code: str) -> str | None:
    """The unit of the number a cell holds, where its format shows one: 0.00"万元", but also 0!.0,"万元", which shows
    yuan as ten thousands. A word that is no unit we know (美元, $, 厘) is one of its own; 万 is one of yuan."""
    code = _GENERAL.sub("", code.partition(";")[0])
    if _OF_A_DAY.search(_LITERAL.sub("", code)):
        return None
    literal = "".join("".join(filter(None, found.groups())) for found in _LITERAL.finditer(code) if found[0] != "%")
    match, word = re.match(_BARE, folded(literal).replace(".", "")), _YUAN.sub("", folded(literal))
    unit = _ONE.search(match[1].removeprefix("人民币"))[0] if match else word
    if match is None and word and f"{word}元" in UNITS:
        unit = f"{word}元"
    if unit not in UNITS:
        return unit or None
    thousands, point = _THOUSANDS.search(code), _POINT.search(code)
    shown = 1000 ** len(thousands[1]) if thousands else 1
    shown *= 10 ** len(point[1] or point[2]) if point else 1
    return smaller(unit, shown)


def in_cells(rows: pl.DataFrame, header: Header, feed: Feed) -> dict[int, list[str]]:
    """Units that stand alone in cells, as in a row of units below the heading, by place."""
    found = {}
    for name, place in header.columns.items():
        if rows.height and own(feed.by_name[name]):
            bare = rows[f"c{place}"].str.extract(_BARE).drop_nulls().unique(maintain_order=True)
            if bare.len():
                found[place] = [_ONE.search(folded(text).removeprefix("人民币"))[0] for text in bare]
    return found


def conflicts(
    texts: Iterable[str], header: Header, feed: Feed, shown: Mapping[int, Collection[str]] | None = None
) -> tuple[list[str], list[str]]:
    """What to say of columns for which another unit is stated than the one agreed on: (what refuses the file, what
    gives way to a heading that states the agreed one). `texts` state units of all columns, the upper of two headings
    that of its own, and the cells by place (`shown`) that of their numbers, whatever the heading says."""
    said = [unit for text in texts for unit in stated(text)]
    silent, named = [], []
    for name, place in header.columns.items():
        column, heading = feed.by_name[name], header.headings[place]
        agreed = _sent(column, heading, feed)
        if (unit := _shown((shown or {}).get(place, ()), agreed)) is not None:
            silent.append(f"单元格写明单位为「{unit}」，「{heading}」列约定为「{agreed}」")
        elif (unit := _other(stated(header.upper.get(place, "")) or said, agreed)) is not None:
            words = f"写明单位为「{unit}」，「{heading}」列约定为「{agreed}」"
            (named if stated(heading) else silent).append(words)
    return silent + _misnamed(header, feed), named


def _other(units: Collection[str], agreed: str | None) -> str | None:
    """The first of the units of the same kind, where none of them is the agreed one."""
    alike = [unit for unit in units if agreed and thing(unit) == thing(agreed)]
    return alike[0] if alike and all(ratio(unit, agreed) != 1 for unit in alike) else None


def _shown(units: Collection[str], agreed: str | None) -> str | None:
    """The first of the units of cells that is not the agreed one. Money is in no currency and no part but that: each
    other word beside it is another unit."""
    if thing(agreed) != "money":
        return _other(units, agreed)
    return next((u for u in units if thing(u) != "money" or ratio(u, agreed) != 1), None)


def _misnamed(header: Header, feed: Feed) -> list[str]:
    """Columns that would be the contract's, were it not for the unit in their heading: 补贴金额(百元)."""
    words = []
    for heading in header.extra:
        name = feed.by_heading.get(normal(_STATED.sub("", folded(heading))))
        if name is None or name in header.columns:
            continue
        agreed = _sent(feed.by_name[name], "", feed)
        if (unit := _other(stated(heading), agreed)) is not None:
            words.append(f"「{heading}」列写明单位为「{unit}」，约定为「{agreed}」")
    return words


def factors(header: Header, feed: Feed) -> dict[str, Fraction]:
    """Contract column -> by how much its numbers are to be multiplied; of columns agreed to come in another unit."""
    found = {}
    for name, place in header.columns.items():
        column = feed.by_name[name]
        ours, sent = own(column), _sent(column, header.headings[place], feed)
        if ours and sent and ratio(sent, ours) != 1:
            found[name] = ratio(sent, ours)
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


def own(column: Column) -> str | None:
    """The unit of a column in bronze; None where no unit is known."""
    if column.type not in _NUMBERS:
        return None
    units = (column.unit, *stated(column.label))
    return next((unit for unit in units if thing(unit)), None)


def _sent(column: Column, heading: str, feed: Feed) -> str | None:
    """The unit in which the department agreed to send a column: what the heading says, what holds for whole sheets."""
    ours = own(column)
    units = (*stated(heading), feed.sheet_unit)
    return next((unit for unit in units if ours and thing(unit) == thing(ours)), ours)
