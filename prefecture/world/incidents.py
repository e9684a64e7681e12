"""What happens in the grids, and on which platforms it is reported.

Belongs here: incidents and their reports, each of a place, a time and a class. Does not belong here: how a
platform writes a report down (feeds/), or one incident reported twice without anyone noticing (defects/).
An incident happens where its reporter lives. No one reports again in the same or the next month, and no part
of the city breaks twice in two months, so that two reports never look like one by chance.
"""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from prefecture.months import FIRST, MONTHS, Month

if TYPE_CHECKING:
    from prefecture.world.world import World

GRID, HOTLINE, MUNICIPAL = "F28", "F29", "F30"
PLATFORMS = (GRID, HOTLINE, MUNICIPAL)
_A_MONTH = 4_006
_SHARES = (0.5, 0.32, 0.18)
_LINKED_SHARE = 0.04
_CLASSES = {
    GRID: (4, 2, 3, 10, 6, 5, 2, 3, 5, 3, 8, 14, 35, 0),
    HOTLINE: (7, 2, 3, 6, 7, 10, 5, 4, 9, 15, 7, 5, 0, 20),
    MUNICIPAL: (14, 9, 9, 22, 18, 16, 4, 8, 0, 0, 0, 0, 0, 0),
}
_CODES = np.array([f"{i:02d}" for i in range(1, 15)])
_EARLIER = 11
_ADULTS = (18, 79)


def read_classes(reference: Path) -> pl.DataFrame:
    """`codes/incident_classes.csv`: one class of incidents, and each platform's own words for it."""
    return pl.read_csv(reference / "codes" / "incident_classes.csv", infer_schema=False)


def draw_reports(world: "World", month: Month, platform: str) -> pl.DataFrame:
    """Reports a platform delivers in a month (the first time those of a year), in order of time.

    `_pid` of the reporter and his name, sex, phone, household and house; `grid`, `residence` (village),
    `serial` (distinct among a month's reports of a platform and county), `platform`, `class_code`,
    `part_no` (for parts of the city), `reported` (time), `first_platform`, `first_serial` and `first_reported`
    of the report it is linked with, `lot`, `lot_2` and `lot_3` for whatever a platform leaves to chance.
    """
    since = date.min if month == FIRST else month.start
    told = pl.col("reported").dt.date().is_between(since, month.as_of)
    reports = world.incidents.filter((pl.col("platform") == platform) & told)
    about = ("name", "sex", "household", "house_no", "grid", "residence", "is_collective", "phone")
    reports = pl.concat([reports, world.of(reports["_pid"], *about)], how="horizontal")
    return reports.sort("reported", "serial")


def draw_incidents(world: "World") -> pl.DataFrame:
    """Every report of all months on all platforms: the columns of `draw_reports` that do not tell who reports."""
    who = _reporters(world)
    return pl.concat([_slot(world, slot, who) for slot in range(_EARLIER + len(MONTHS))])


def _slot(world: "World", slot: int, who: np.ndarray) -> pl.DataFrame:
    """One calendar month of reports on all platforms."""
    count = world.scaled(_A_MONTH, 40)
    rng = world.stream(f"incidents {slot}")
    first, last = _days(slot)
    minutes = np.clip(rng.normal(14 * 60, 3.5 * 60, count), 0, 24 * 60 - 1).astype(np.int64)
    reported = (
        np.datetime64(first, "m")
        + rng.integers(0, (last - first).days + 1, count) * np.timedelta64(1440, "m")
        + minutes * np.timedelta64(1, "m")
    )
    place = rng.choice(len(PLATFORMS), count, p=_SHARES)
    lot = rng.random((count, 5))
    frame = pl.DataFrame(
        {
            "_pid": who[(slot * count + np.arange(count)) % len(who)],
            "serial": np.arange(count),
            "platform": np.array(PLATFORMS)[place],
            "class_code": _classes(place, lot[:, 0]),
            "part_no": 2 * np.arange(count) + slot % 2,
            "reported": reported.astype("datetime64[ms]"),
            "lot": lot[:, 1],
            "lot_2": lot[:, 2],
            "lot_3": lot[:, 3],
        }
    )
    nothing = pl.lit(None, pl.String).alias("first_platform"), pl.lit(None, pl.Int64).alias("first_serial")
    never = pl.lit(None, pl.Datetime("ms")).alias("first_reported")
    end = pl.lit(np.datetime64(last, "m") + np.timedelta64(1439, "m")).cast(pl.Datetime("ms"))
    again = frame.filter(pl.Series(lot[:, 4] < _LINKED_SHARE) & (pl.col("class_code") <= "12"))
    linked = again.with_columns(
        pl.col("platform").alias("first_platform"),
        pl.col("serial").alias("first_serial"),
        pl.col("reported").alias("first_reported"),
        _other_platform().alias("platform"),
        (pl.col("serial") + count).alias("serial"),
        pl.min_horizontal(pl.col("reported") + pl.duration(minutes=10 + pl.col("lot_2") * 1200), end).alias("reported"),
    )
    return pl.concat([frame.with_columns(*nothing, never), linked], how="diagonal_relaxed")


def _other_platform() -> pl.Expr:
    """The platform that hears of an incident second: the hotline of the others', the grid of the hotline's."""
    return pl.when(pl.col("platform") == HOTLINE).then(pl.lit(GRID)).otherwise(pl.lit(HOTLINE))


def _classes(place: np.ndarray, lot: np.ndarray) -> pl.Series:
    code = np.empty(len(place), dtype="U2")
    for which, platform in enumerate(PLATFORMS):
        weights = np.cumsum(_CLASSES[platform]) / sum(_CLASSES[platform])
        here = place == which
        code[here] = _CODES[np.searchsorted(weights, lot[here], side="right")]
    return pl.Series(code)


def _reporters(world: "World") -> np.ndarray:
    """Adults of the shard's own counties who stay the whole time and call from a number of their own, in the order of
    their turns."""
    stays = pl.col("death_date").is_null() & pl.col("left_date").is_null() & ~pl.col("is_newborn")
    here = pl.col("residence").str.head(6).is_in(list(world.census.codes))
    adults = world.people.filter(stays & here & pl.col("has_own_phone") & pl.col("age").is_between(*_ADULTS))
    return world.stream("reporters").permutation(adults["pid"].to_numpy())


def _days(slot: int) -> tuple[date, date]:
    """First and last day of a slot: slot 0 is the month eleven months before the first business date."""
    if slot >= _EARLIER:
        return MONTHS[slot - _EARLIER].start, MONTHS[slot - _EARLIER].as_of
    month = FIRST.as_of.month + slot + 1
    start = date(FIRST.as_of.year - 1, month, 1)
    return start, date.fromordinal(date(start.year + month // 12, month % 12 + 1, 1).toordinal() - 1)
