"""The division at the beginning of an address.

Belongs here: which names in a row may be meant, and what of them is sure. Does not belong here: the names
(names.py), or
what follows (parts.py). Of all ways to read the beginning those that leave least of it count; what they disagree in is
not told.
"""

import re
from collections.abc import Iterator

from pipelines.ingest.addresses.names import Name, Names, Unit, common

_ABOVE = re.compile(r"(中国|山东省|山东|烟台市|烟台(?![山]))+")
# What may follow a short name, so that it is one: a number, a road or estate, the end. Not what would make it longer,
# and not what only tells two streets of one name apart (幸福中路, 海阳一路).
_NUMBER = r"(?:\d++(?!路)|[零〇一二三四五六七八九十百]{1,8}号)"
_KIND = "(?:大街|大道|胡同|路|街(?!道)|巷)"
_APART = "[东南西北中前后上下新老大小]?[一二三四五六七八九十]{0,3}"
_GOES_ON = re.compile(
    rf"$|[,，、。;；()（）#\-]|{_NUMBER}|附近|对面|旁|[东南西北村]{{1,2}}(?:头|首|侧)"
    rf"|(?![道线山河湾口]|{_APART}{_KIND})[一-鿿]{{1,6}}?{_KIND}"
)
# 海阳市场 is a market, not something in 海阳市.
_MARKET = "市场"
_SHORTEST = 2
_COUNTY, _TOWNSHIP, _VILLAGE = range(3)

Path = tuple[Name, ...]


def find(text: str, names: Names) -> tuple[int, tuple[str, ...]]:
    """How many signs of a (normalised) text name divisions, and the codes told for sure, from the county down."""
    start = _skip(text, 0)
    best: list[tuple[int, Path]] = [(start, ())]
    for end, path in (found for at in {0, start} for found in _read(text, at, names, _COUNTY, ())):
        if path and end >= best[0][0]:
            best = [*(best if end == best[0][0] else ()), (end, path)]
    paths = [path for _, path in best if path]
    if not paths:
        return best[0][0] if _is_whole(text, start) else 0, ()
    return best[0][0], common(path[-1].unit.told for path in paths)


def _is_whole(text: str, start: int) -> bool:
    return start == 0 or start == len(text) or text[start] not in "路街巷"


def _skip(text: str, at: int) -> int:
    found = _ABOVE.match(text, at)
    return found.end() if found else at


def _read(text: str, at: int, names: Names, level: int, path: Path) -> Iterator[tuple[int, Path]]:
    """Every way to read names from here on, of this level or below."""
    if _may_end(text, at, path):
        yield at, path
    for below in range(level, _VILLAGE + 1):
        found = [(end, name) for end, name in _words(text, at, names, below) if _fits(name.unit, path)]
        longest = max((end for end, _ in found), default=at)
        for end, name in found:
            goes_on = _read(text, _again(text, end, names, below, name.unit), names, below + 1, (*path, name))
            # The beginning of a longer name is none by itself: 栾家疃街 lies in no 栾家, whatever 栾家疃街 is.
            yield from (way for way in goes_on if end == longest or len(way[1]) > len(path) + 1)


def _words(text: str, at: int, names: Names, level: int) -> Iterator[tuple[int, Name]]:
    known = names.by_level[level]
    for end in range(at + _SHORTEST, min(len(text), at + names.longest) + 1):
        for name in known.get(text[at:end], ()):
            yield end, name


def _again(text: str, at: int, names: Names, level: int, unit: Unit) -> int:
    """Past the same name written twice, and the city's."""
    if level == _VILLAGE:
        return at
    past = _skip(text, at) if level == _COUNTY else at
    ends = [end for end, name in _words(text, past, names, level) if name.unit is unit and not name.is_short]
    return max(ends, default=past if ends else at)


def _fits(unit: Unit, path: Path) -> bool:
    return all(above.unit.key in unit.above for above in path)


def _may_end(text: str, at: int, path: Path) -> bool:
    """A short name needs company and must not be the beginning of a longer one; a county may be followed by a road."""
    if not path:
        return True
    if not path[-1].is_short:
        return not text.startswith(_MARKET, at - 1)
    return (len(path) > 1 or path[-1].unit.level == _COUNTY) and _GOES_ON.match(text, at) is not None
