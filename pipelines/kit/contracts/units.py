"""Units of numbers: which of them measure the same thing, and how many of one make one of another.

Belongs here: names and sizes of units. Does not belong here: finding units in files (pipelines.ingest.values.units).
"""

import unicodedata
from fractions import Fraction

_MANY = {"": 1, "十": 10, "百": 100, "千": 10**3, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7, "亿": 10**8}
# What is measured -> its units, by how many of the first make one.
_PLAIN = {
    "money": {"元": 1, "角": Fraction(1, 10), "分": Fraction(1, 100)},
    "area": {
        "平方米": 1, "m2": 1, "平米": 1, "亩": Fraction(2000, 3), "公顷": 10_000, "hm2": 10_000, "平方公里": 10**6,
        "平方千米": 10**6, "km2": 10**6,
    },
    "volume": {"立方米": 1, "m3": 1, "方": 1, "升": Fraction(1, 1000)},
    "mass": {"克": 1, "g": 1, "千克": 1000, "kg": 1000, "公斤": 1000, "斤": 500, "吨": 10**6, "t": 10**6},
    "length": {"米": 1, "m": 1, "千米": 1000, "km": 1000, "公里": 1000, "厘米": Fraction(1, 100)},
    "people": {"人": 1},
    "households": {"户": 1},
    "times": {"次": 1},
    "share": {"%": 1, "‰": Fraction(1, 10)},
}  # fmt: skip
# 千分 is no money, nor do people say 万角.
_ALONE = ("角", "分")
PERCENT = "%"


def _all() -> dict[str, tuple[str, Fraction]]:
    found = {}
    for thing, units in _PLAIN.items():
        many = {"": 1} if thing in ("share", "length") else _MANY
        for word, factor in many.items():
            several = {u: size for u, size in units.items() if u not in _ALONE}
            found |= {word + unit: (thing, Fraction(size) * factor) for unit, size in several.items()}
    plain = {unit: (thing, Fraction(size)) for thing, units in _PLAIN.items() for unit, size in units.items()}
    return found | plain


# Unit -> (what it measures, its size).
UNITS = _all()


def folded(text: str) -> str:
    """Text in which every unit is spelt one way: ㎡ and m² are m2."""
    return unicodedata.normalize("NFKC", text)


def thing(unit: str | None) -> str | None:
    """What a unit measures; None for one we do not know."""
    return UNITS[folded(unit)][0] if unit and folded(unit) in UNITS else None


def smaller(unit: str, times: int) -> str:
    """The unit of which so many make one of `unit`; `unit` where it has no name."""
    what, size = UNITS[folded(unit)]
    return next((name for name, found in UNITS.items() if found == (what, size / times)), unit)


def ratio(unit: str, other: str) -> Fraction:
    """How many of `other` one of `unit` is; both measure the same thing."""
    return UNITS[folded(unit)][1] / UNITS[folded(other)][1]
