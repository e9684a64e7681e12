"""Which counties and townships there were in a month, and which codes mean the same one.

Belongs here: divisions as scopes of deliveries. Does not belong here: villages, or the codes inside rows (the
models resolve those).
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.reference.tables import division_change, division_snapshot

LEVELS = {"city": "市", "county": "县", "township": "乡镇"}
_CITY_DIGITS = 6


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

    def scopes(self, scope_kind: str, day: date) -> list[Division]:
        """Who delivers a feed of a scope on a day, in order of code."""
        level = LEVELS[scope_kind]
        return sorted((u for u in self.on(day).values() if u.level == level), key=lambda u: u.code)


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
