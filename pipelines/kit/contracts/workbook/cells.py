"""What a cell of the workbook says and what the feed file holds: one form each, both ways.

Belongs here: the forms. Does not belong here: which cell has which (layout.py). `show` and `read` are inverse;
`read` gets text that is not empty and raises ValueError with what is wrong, in Chinese.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

NOTHING = "无"
_UNITS = {"d": "天", "w": "周", "m": "个月", "q": "季度", "y": "年"}


@dataclass(frozen=True)
class Form:
    """How a fact is written in a cell; `choices` are its drop-down, the only values if `is_closed`."""

    show: Callable[[Any], str]
    read: Callable[[str], Any]
    choices: tuple[str, ...] = ()
    is_closed: bool = True


def text(pattern: str = "", wrong: str = "") -> Form:
    """Words as they are; a pattern they must match whole, and what to say when they do not."""

    def read(cell: str) -> str:
        if pattern and not re.fullmatch(pattern, cell):
            raise ValueError(wrong)
        return cell

    return Form(str, read)


def choice(words: Mapping[str, str]) -> Form:
    """One of a few values, shown in words."""
    values = {word: value for value, word in words.items()}

    def read(cell: str) -> str:
        if cell not in values:
            raise ValueError(f"只能是：{'、'.join(values)}")
        return values[cell]

    return Form(lambda value: words[value], read, tuple(values))


def suggestion(words: tuple[str, ...]) -> Form:
    """Words, of which some are offered."""
    return Form(str, str, words, is_closed=False)


def number(least: int = 0) -> Form:
    """A whole number."""

    def read(cell: str) -> int:
        if not re.fullmatch(r"\d{1,6}", cell) or int(cell) < least:
            raise ValueError(f"应为不小于 {least} 的整数")
        return int(cell)

    return Form(str, read)


def _show_ratio(value: float) -> str:
    return f"{value:g}"


def _read_ratio(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        raise ValueError("应为数字，如 0.3") from None


def _show_duration(value: str) -> str:
    return f"{value[:-1]} {_UNITS[value[-1]]}"


def _read_duration(cell: str) -> str:
    units = {word: unit for unit, word in _UNITS.items()}
    found = re.fullmatch(rf"([1-9]\d*)\s*({'|'.join(units)})", cell)
    if not found:
        raise ValueError("应为数字加天、周、个月、季度或年，如“1 个月”")
    return found[1] + units[found[2]]


def _show_words(value: tuple[str, ...]) -> str:
    return "、".join(value) or NOTHING


def _read_words(cell: str) -> list[str]:
    return [] if cell == NOTHING else _read_signs(cell)


def _read_signs(cell: str) -> list[str]:
    return [w.strip() for w in re.split(r"[、\n]", cell) if w.strip()]


def _show_codes(value: Mapping[str, str]) -> str:
    return "、".join(f"{code}={label}" if label else code for code, label in value.items()) or NOTHING


def _read_codes(cell: str) -> dict[str, str]:
    pairs = [word.partition("=") for word in _read_words(cell)]
    codes = {code.strip(): label.strip() for code, _, label in pairs}
    if len(codes) < len(pairs):
        raise ValueError("同一个代码写了两次")
    return codes


def _read_yes(cell: str) -> bool:
    if cell not in ("是", "否"):
        raise ValueError("只能是：是、否")
    return cell == "是"


YES = Form(lambda value: "是" if value else "", _read_yes, ("是", "否"))
RATIO = Form(_show_ratio, _read_ratio)
DURATION = Form(_show_duration, _read_duration, ("1 天", "1 周", "1 个月", "3 个月", "6 个月", "1 年"), is_closed=False)
WORDS = Form(_show_words, _read_words)
# Among signs for no value NOTHING is one.
SIGNS = Form("、".join, _read_signs)
CODES = Form(_show_codes, _read_codes)
UNIT = Form(lambda value: value or NOTHING, lambda cell: "" if cell == NOTHING else cell)
