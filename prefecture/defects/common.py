"""Who may carry a planted error, when it shows, and under which key it is found.

Belongs here: conditions, waves and keys shared by several subjects. Does not belong here: errors.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from pipelines.kit.keys import key_expr
from prefecture.feeds import FEEDS
from prefecture.months import MONTHS, Month
from prefecture.output.mishaps import BROKEN_ALLOWANCE_COUNTY
from prefecture.players import SILENT_COUNTY
from prefecture.stage import Span, Stage

# Names with a character beyond the common ones.
RARE = r"^[\u4e00-\u9fa5]+[^\u4e00-\u9fa5]$"
_LATER = (4, 8, 12, 16, 20)
_REPAIRED_AFTER = 2


@dataclass(frozen=True)
class Wave:
    """Errors that begin to show in the month `since`, `at_one_percent` of them but no fewer than `least`; the
    share `fixed` of them is right again from the month `until` on."""

    since: int
    at_one_percent: float
    least: int = 1
    fixed: float = 0.0
    until: int | None = None

    @property
    def month(self) -> Month:
        """The month of the first wrong delivery."""
        return MONTHS[self.since]

    def count(self, stage: Stage) -> int:
        """How many to take on this stage."""
        return stage.count(self.at_one_percent, self.least)

    def fixed_of(self, count: int) -> int:
        """How many of `count` are repaired."""
        return int(count * self.fixed)

    def untils(self, count: int) -> pl.Series:
        """The month of repair of each of `count` cases, the repaired ones first."""
        fixed = self.fixed_of(count)
        return pl.Series([self.until] * fixed + [None] * (count - fixed), dtype=pl.Int64)


def waves(first: float, second: float = 0, later: float = 0, least: int = 1, fixed: float = 0.0) -> Iterator[Wave]:
    """In the stock (of which some are repaired at once), in the second month, and now and then afterwards
    (of which every third is repaired two months later)."""
    yield Wave(0, first, least, fixed, 1)
    if second:
        yield Wave(1, second)
    for month in _LATER if later else ():
        yield Wave(month, later, 0, 1 / 3, month + _REPAIRED_AFTER)


def plant_wave(
    stage: Stage,
    wave: Wave,
    rule: str,
    feed: str,
    who: pl.DataFrame,
    table: pl.DataFrame,
    keys: pl.Series,
    what: str,
    on: tuple[str, ...] = ("_pid",),
) -> None:
    """Write `table` into the feed for the wave's months and register the cases; `who`, `table` and `keys` go
    row by row."""
    fixed = wave.fixed_of(who.height)
    stage.edit(feed, Span(wave.since), table.slice(fixed), on)
    stage.edit(feed, Span(wave.since, wave.until), table.head(fixed), on)
    stage.register.defect(rule, feed, keys, what, who, wave.since, wave.untils(who.height))


def record_keys(feed: str, rows: pl.DataFrame) -> pl.Series:
    """Record keys of rows that have the feed's key columns; for F01 people have them, too."""
    return rows.select(key_expr(feed, list(FEEDS[feed].keys))).to_series()


def keys_with(stage: Stage, feed: str, people: pl.DataFrame, table: pl.DataFrame) -> pl.Series:
    """Record keys of the people's rows in the first stock once `table` (`_pid` and columns) is written."""
    return record_keys(feed, stage.rows(feed, people).update(table, on="_pid", include_nulls=True))


def entity_keys(kind: str, rows: pl.DataFrame, *values: str | pl.Expr) -> pl.Series:
    """Keys of entities of a kind from values of the rows (column names or expressions)."""
    parts = rows.select((pl.col(v) if isinstance(v, str) else v).alias(str(i)) for i, v in enumerate(values))
    return parts.select(key_expr(kind, parts.columns)).to_series()


def payee_keys(feed: str, people: pl.DataFrame) -> pl.Series:
    """Keys of people as payees of a feed."""
    return entity_keys("payee", people, pl.lit(feed), "id_no")


def tickets(rule: str, keys: pl.Series) -> pl.Series:
    """Keys of the tickets of a rule about entities."""
    return entity_keys("ticket", keys.to_frame("key"), pl.lit(rule), "key")


def public_employers(stage: Stage) -> pl.Series:
    """Codes of the public bodies that insure people in F17 and stand in no register of enterprises."""
    return stage.truth("F17").filter(pl.col("_eid").is_null())["employer_code"].unique().sort()


def settled() -> pl.Expr:
    """Registered in a family that stays as it is, living in the township of registration: every source names
    the same township."""
    return pl.col("is_settled")


def settled_elsewhere() -> pl.Expr:
    """As settled, but living in another township than the one of registration."""
    return pl.col("is_ordinary") & ~pl.col("stays") & ~pl.col("is_collective") & pl.col("namesake").is_null()


def plain() -> pl.Expr:
    """Settled, younger than 75 and without social assistance."""
    return settled() & (pl.col("age") < 75) & pl.col("assist").is_null()


def is_resurveyed() -> pl.Expr:
    """Lives where the survey is delivered again in the second month."""
    return ~pl.col("residence").str.starts_with(SILENT_COUNTY)


def is_allowance_delivered() -> pl.Expr:
    """Registered where the second month's allowance file is readable."""
    return pl.col("county_code") != BROKEN_ALLOWANCE_COUNTY
