"""Which counties and townships there were in a month, and which codes mean the same one.

Belongs here: divisions as scopes of deliveries. Does not belong here: villages, or the codes inside rows (the
models resolve those).
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path

import polars as pl

from pipelines.kit.reference.tables import division_change, division_snapshot

LEVELS = {"city": "市", "county": "县", "township": "乡镇"}
_CITY_DIGITS = 6
_CODE = re.compile(r"(?<!\d)(\d{9}|\d{6})(?!\d)")


@dataclass(frozen=True)
class Division:
    """A unit as files name it: the city and counties by six digits, townships by nine."""

    code: str
    name: str
    level: str
    county_code: str
    county_name: str


@dataclass(frozen=True)
class Divisions:
    """`snapshots`: (first day, units by code), oldest first. `families`: code -> every code its unit ever had."""

    snapshots: tuple[tuple[date, Mapping[str, Division]], ...]
    families: Mapping[str, frozenset[str]]

    def on(self, day: date) -> Mapping[str, Division]:
        """Units in force on a day; before the first snapshot those of the first."""
        place = bisect_right([since for since, _ in self.snapshots], day)
        return self.snapshots[max(0, place - 1)][1]

    def unit(self, code: str, day: date) -> Division | None:
        """The unit a code means, as it stands on a day: under the code of that day, whichever one is given."""
        units = self.on(day)
        if code in units:
            return units[code]
        return next((units[c] for c in sorted(self.families.get(code, ())) if c in units), None)

    def knows(self, code: str) -> bool:
        """Whether a code is, or once was, that of a unit that delivers."""
        return any(code in units for _, units in self.snapshots)

    def lies_in(self, code: str, scope: str) -> bool:
        """Whether a county or township (six or nine digits) lies in a scope, under any code either ever had: townships
        carry the codes of a county that was merged into another."""
        stem = re.sub("0000$|00$", "", scope) if len(scope) == _CITY_DIGITS else scope
        if code.startswith(stem) or stem.startswith(code):
            return True
        own = self._codes(code)
        return any(mine.startswith(theirs) for theirs in self._codes(stem) for mine in own)

    def named(self, text: str) -> list[frozenset[str]]:
        """The codes of each county and township a text names, by code or by name: 370611, 福山区."""
        found = [frozenset([c]) for c in _CODE.findall(text) if self.knows(c)]
        return found + [frozenset(codes) for name, codes in self._by_name.items() if name in text]

    @cached_property
    def _by_name(self) -> Mapping[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for unit in (unit for _, units in self.snapshots for unit in units.values()):
            if unit.level != LEVELS["city"] and len(unit.name) > 2:
                found[unit.name].add(unit.code)
        return found

    def _codes(self, code: str) -> frozenset[str]:
        """Every code a unit ever had, and a county also those of the counties its townships were in."""
        return self.families.get(code, frozenset([code])) | self._merged.get(code, frozenset())

    @cached_property
    def _merged(self) -> Mapping[str, frozenset[str]]:
        """County -> counties to or from which whole townships of it were recoded when either ceased to be."""
        newest, oldest = self.snapshots[-1][1], self.snapshots[0][1]
        gone = {c for c, unit in oldest.items() if unit.level == LEVELS["county"] and c not in newest}
        found: dict[str, set[str]] = defaultdict(set)
        for family in self.families.values():
            counties = {code[:_CITY_DIGITS] for code in family}
            for county in counties:
                found[county] |= counties if counties & gone else set()
        return {county: frozenset(others) for county, others in found.items()}

    def scopes(self, scope_kind: str, day: date) -> list[Division]:
        """Who delivers a feed of a scope on a day, in order of code."""
        level = LEVELS[scope_kind]
        return sorted((u for u in self.on(day).values() if u.level == level), key=lambda u: u.code)


@cache
def read_divisions(folder: Path) -> Divisions:
    """From the reference data: a unit has the codes of a snapshot from its date until the next one."""
    is_scope = pl.col("level_name").is_in(list(LEVELS.values()))
    frames = division_snapshot(folder).filter(is_scope).partition_by("snapshot_date", as_dict=True)
    snapshots = tuple((day, _units(frame)) for (day,), frame in sorted(frames.items()))
    families: dict[str, frozenset[str]] = {}
    recoded = division_change(folder).filter(is_scope & (pl.col("change") == "recoded"))
    for old, new in recoded.select("old_code", "new_code").iter_rows():
        family = families.get(old, frozenset([old])) | families.get(new, frozenset([new]))
        families.update(dict.fromkeys(family, family))
    return Divisions(snapshots, families)


def _units(rows: pl.DataFrame) -> dict[str, Division]:
    names = dict(rows.filter(pl.col("level_name") == "县").select("division_code", "division_name").iter_rows())
    units = {}
    cells = rows.select("level_name", "division_code", "division_name", "parent_code")
    for level, code, name, parent in cells.iter_rows():
        county = {"市": "", "县": code}.get(level, parent)
        code = code.ljust(_CITY_DIGITS, "0")
        units[code] = Division(code, name, level, county, names.get(county, ""))
    return units
