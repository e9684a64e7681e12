"""Which files really leave the departments in a month, and what the register says of each.

Belongs here: the last step before files are written, files held back or sent again, and their truth. Does not belong
here: the list of odd deliveries (mishaps.py), what happens to a file (accidents.py), or wrong rows (defects/).
"""

from collections.abc import Iterator

import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.months import MONTHS, Month
from prefecture.output.mishaps import (
    ACCEPT,
    HALVED,
    LATE,
    MISHAPS,
    MISSING,
    NO_CHANGE,
    QUARANTINE,
    Mishap,
)
from prefecture.output.plans import FilePlan, map_code
from prefecture.register import Register

MADE_GOOD = "made_good"
SCHEMA = {
    "feed": pl.String,
    "scope": pl.String,
    "period": pl.String,
    "file": pl.String,
    "kind": pl.String,
    "what": pl.String,
    "must": pl.String,
    "since": pl.String,
    "until": pl.String,
}
_IN_PLACE = ("truncated", "column_missing", "heading_renamed", HALVED)
_PERIODS = {month.period for month in MONTHS}
_BY_ARRIVAL = {(m.feed, m.month, m.scope, m.period): m for m in MISHAPS}
_HELD = {(m.feed, m.scope, m.period) for m in MISHAPS if m.must in (LATE, MISSING)}


def deliveries(plans: Iterator[FilePlan]) -> Iterator[FilePlan]:
    """The files of a month as they are really sent."""
    for plan in plans:
        if _is_own(plan):
            if (plan.feed.code, plan.scope, plan.period) in _HELD:
                continue
        elif (plan.scope, plan.period) not in _resent(plan.feed.code, plan.month):
            continue
        mishap = mishap_of(plan)
        yield mishap.alter(plan) if mishap else plan


def copied(plans: Iterator[FilePlan]) -> Iterator[FilePlan]:
    """The same deliveries as a program copies them into a front-end database: what happens to files does not
    happen there, but half of the rows may be missing."""
    for plan in plans:
        if _is_own(plan):
            mishap = mishap_of(plan)
            yield mishap.alter(plan) if mishap and mishap.kind == HALVED else plan


def mishap_of(plan: FilePlan) -> Mishap | None:
    """What is odd about a delivery."""
    return _BY_ARRIVAL.get((plan.feed.code, plan.month.index, plan.scope, plan.period))


def are_rows_in_place(plan: FilePlan) -> bool:
    """Whether the rows of a delivery are its own, and whole: what the register says of rows leaves others out."""
    mishap = mishap_of(plan)
    return mishap is None or mishap.is_harmless or mishap.kind in _IN_PLACE


def resent(feed: Feed, month: Month) -> set[tuple[str, str]]:
    """(scope, period) of earlier months' files of a feed, or of its map, that come in this month."""
    return _resent(feed.code, month) | (_resent(map_code(feed.code), month) if feed.map_layout else set())


def stand_ins(code: str, month: Month) -> Iterator[tuple[str, str, str]]:
    """(scope, period, what) of files sent in the month that hold other rows than their own."""
    for m in MISHAPS:
        if (m.feed, m.month) == (code, month.index) and m.rows:
            yield m.scope, m.period, m.rows


def is_quiet(code: str, month: Month) -> bool:
    """Whether a register says that nothing has changed, and tells it all a month later."""
    return any((m.feed, m.month, m.kind) == (code, month.index, NO_CHANGE) for m in MISHAPS)


def truth(plan: FilePlan, files: list[str]) -> pl.DataFrame:
    """What the register says of a delivery, a row a file (SCHEMA): `kind` and `what` is odd about it, and what the
    receiver `must` do. `since` and `until`: periods of the month in which it comes and of that in which it is
    made good or withdrawn."""
    mishap = mishap_of(plan)
    kind, what, must, until = None, None, ACCEPT, None
    if mishap:
        kind, what, must, until = mishap.kind, mishap.what, mishap.must, mishap.until
    elif not _is_own(plan) and plan.period in _PERIODS:
        kind, what = MADE_GOOD, "补报或更正以前期次"
    ending = MONTHS[until].period if until is not None else None
    said = (plan.feed.code, plan.scope, plan.period), (kind, what, must, plan.month.period, ending)
    return pl.DataFrame([(*said[0], name, *said[1]) for name in files], SCHEMA, orient="row")


def never_sent(code: str, month: Month) -> pl.DataFrame:
    """Deliveries of a feed that should have come in the month and never do: rows without a file (SCHEMA)."""
    rows = [
        (m.feed, m.scope, m.period, None, m.kind, m.what, m.must, month.period, None)
        for m in MISHAPS
        if (m.feed, m.month, m.must) == (code, month.index, MISSING)
    ]
    return pl.DataFrame(rows, SCHEMA, orient="row")


def note(register: Register, feeds: set[str]) -> None:
    """Enter the mishaps of the feeds that are delivered."""
    for m in MISHAPS:
        keys = pl.Series([m.entity])
        if m.feed.removesuffix("M") not in feeds or m.must == MISSING:
            continue
        if m.is_harmless:
            register.hard_negative("R47", m.feed, keys, m.what, None)
        else:
            register.defect("R47", m.feed, keys, m.what, None, m.month, m.until)


def _is_own(plan: FilePlan) -> bool:
    """Whether the delivery is of its own month, or of one before the first."""
    return plan.period == plan.month.period or plan.period not in _PERIODS


def _resent(code: str, month: Month) -> set[tuple[str, str]]:
    return {
        (m.scope, m.period)
        for m in MISHAPS
        if m.feed == code
        and m.period in _PERIODS
        and (
            (m.month == month.index and m.period != month.period and m.must != MISSING)
            or (m.must in (QUARANTINE, ACCEPT) and m.until == month.index)
        )
    }
