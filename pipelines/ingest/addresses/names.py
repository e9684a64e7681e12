"""Names of counties, townships and villages as people write them, past ones among them, and which unit of today each
is.

Belongs here: the ways a unit is called, and where it lies or once lay. Does not belong here: finding names in a text
(division.py). A unit that is gone without one successor is still known by its name, and tells its township.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

COUNTY, TOWNSHIP, VILLAGE = LEVELS = ("县", "乡镇", "村")
_DIGITS = {COUNTY: 6, TOWNSHIP: 9, VILLAGE: 12}
_COMMITTEE = re.compile(r"(居民|村民|居|村)?(委员会|委会)$")
_OFFICE = re.compile(r"(街道|镇|乡)?(办事处)?(（.*）)?$")
_ROAD = re.compile(r"(路|街|巷|大道|胡同)$")
# What is no place where anybody lives.
_VIRTUAL = "虚拟"
_SHORTEST = 2
# Longer names of counties are those of zones, which nobody cuts.
_PLAIN = 4


@dataclass(frozen=True, eq=False)
class Unit:
    """A unit by its code of today, or one that is gone. `told`: codes of county, township and village it means for
    sure,
    from above; `above`: keys of all units it lies or once lay in."""

    key: str
    level: int
    told: tuple[str, ...]
    above: frozenset[str]


@dataclass(frozen=True)
class Name:
    """What a word may mean; `is_short` where it lacks the part that says of what kind the unit is (牟平, 李家疃)."""

    unit: Unit
    is_short: bool


@dataclass(frozen=True)
class Version:
    """A unit as long as it stood unchanged; `current_code` it has today, None where none follows."""

    code: str
    name: str
    level: str
    parent_code: str | None
    current_code: str | None


@dataclass(frozen=True)
class Names:
    """By level, and by word; `longest` word of all."""

    by_level: tuple[Mapping[str, tuple[Name, ...]], ...]
    longest: int = field(default=0)


def read_names(versions: Iterable[Version], also: Path | None = None) -> Names:
    """From all versions of all divisions. `also`: a CSV of further names (name, code); those of a unit that has
    ended mean the one that followed it, those of a code nobody knows are left out."""
    known = [v for v in versions if v.level in LEVELS and _VIRTUAL not in v.name]
    units = _units(known)
    words: tuple[dict[str, dict[Unit, bool]], ...] = tuple(defaultdict(dict) for _ in LEVELS)
    for version in known:
        unit = units[_key(version)]
        for word, is_short in _written(version):
            found = words[unit.level][word]
            found[unit] = found.get(unit, True) and is_short
    today = {version.code: _key(version) for version in known}
    for row in _further(also):
        if unit := units.get(today.get(row["code"], "")):
            words[unit.level][row["name"]][unit] = False
    by_level = tuple({w: tuple(Name(u, s) for u, s in found.items()) for w, found in level.items()} for level in words)
    return Names(by_level, max((len(word) for level in words for word in level), default=0))


def _further(file: Path | None) -> Iterator[dict[str, str]]:
    if file:
        with file.open(encoding="utf-8", newline="") as lines:
            yield from csv.DictReader(lines)


def _key(version: Version) -> str:
    """Successors may be of another level (a village's code of today is one of a village): else it is gone."""
    current = version.current_code
    return current if current and len(current) == _DIGITS[version.level] else f"gone {version.code} {version.name}"


def _units(versions: list[Version]) -> dict[str, Unit]:
    """By key; counties first, for a unit lies in what its versions lay in, and in what those lay in."""
    keys_of: dict[str, set[str]] = defaultdict(set)
    grouped: dict[str, list[Version]] = defaultdict(list)
    for version in versions:
        keys_of[version.code].add(_key(version))
        grouped[_key(version)].append(version)
    units: dict[str, Unit] = {}
    for key, group in sorted(grouped.items(), key=lambda pair: LEVELS.index(pair[1][0].level)):
        parents = {k for v in group for k in keys_of.get(v.parent_code or "", ())}
        parents |= keys_of.get(key[:9], set()) if group[0].level == VILLAGE else keys_of.get(key[:6], set())
        parents &= units.keys()
        above = parents.union(*(units[p].above for p in parents))
        level = group[0].level
        units[key] = Unit(key, LEVELS.index(level), _told(key, level, parents, units), frozenset(above))
    return units


def _told(key: str, level: str, parents: set[str], units: Mapping[str, Unit]) -> tuple[str, ...]:
    if not key.startswith("gone"):
        return tuple(key[:digits] for digits in _DIGITS.values() if digits <= _DIGITS[level])
    return common(units[p].told for p in parents)


def common(told: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """What all of them tell, from the county down."""
    found: list[str] = []
    for codes in zip(*told, strict=False):
        if len(set(codes)) > 1:
            break
        found.append(codes[0])
    return tuple(found)


def _written(version: Version) -> Iterator[tuple[str, bool]]:
    """Every way a unit is called, and whether it is a short one."""
    name = version.name
    yield name, False
    if version.level == COUNTY:
        yield from _cut(name, name[:-1] if len(name) <= _PLAIN and name[-1] in "区市县" else name)
    elif version.level == TOWNSHIP:
        stem = _OFFICE.sub("", name)
        kind = "街道" if "街道" in name else name.removeprefix(stem)[:1]
        if kind in ("街道", "镇", "乡"):
            yield stem + kind, False
            yield from ((stem + "街道" + office, False) for office in ("办事处", "办") if kind == "街道")
            yield from _cut(name, stem)
    else:
        yield from _of_village(_COMMITTEE.sub("", name))


def _of_village(told: str) -> Iterator[tuple[str, bool]]:
    stem = told.removesuffix("社区")
    is_long = len(stem) >= _SHORTEST
    for ending in ("村委会", "村民委员会", "居委会", "居民委员会", "居委", "村委", "社区", "社区居委会", "社区居委"):
        if is_long or ending.startswith("社区"):
            yield stem + ending, False
    if is_long:
        yield (stem + "村", False) if not stem.endswith("村") else (stem, False)
        if not _ROAD.search(stem) and stem != told + "村":
            yield stem, not stem.endswith("村")


def _cut(name: str, stem: str) -> Iterator[tuple[str, bool]]:
    if stem != name and len(stem) >= _SHORTEST:
        yield stem, True
