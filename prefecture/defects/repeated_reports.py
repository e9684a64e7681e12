"""R45: one incident counted on two or three platforms.

Belongs here: reports of F28, F29 and F30 that repeat one another, and reports that only look as if. Does not
belong here: incidents and the reports departments link themselves (world/incidents.py).

R45 finds a report (its record key) that repeats an earlier one of another of the three platforms, when
  * it came at most 24 hours after it,
  * both are of one class (data/reference/codes/incident_classes.csv holds each platform's words for it),
  * both bear the same reporter's number, and no two townships where both name one (F28 and F30 by the first
    nine digits of the grid, F29 by its own guess, which may be missing); or both bear the same part code,
  * neither names any other report as related (related_no: it is counted with that one), nor is void (作废).
A ticket whose field for the number is empty bears the number in its text. A report sent again under its own
number replaces the one sent before: linked later, it is found no more.
"""

from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from prefecture.defects.common import Wave, plain, record_keys, waves
from prefecture.feeds import grid_events, hotline_tickets, municipal_events
from prefecture.feeds.reporting import VOID
from prefecture.months import FIRST, MONTHS, Month
from prefecture.stage import Stage, only
from prefecture.world.incidents import GRID, HOTLINE, MUNICIPAL, draw_reports
from prefecture.world.phones import phone_of

_ROWS = {
    GRID: grid_events.event_rows,
    HOTLINE: hotline_tickets.ticket_rows,
    MUNICIPAL: municipal_events.event_rows,
}
_NUMBER = {GRID: "reporter_phone", HOTLINE: "caller_phone", MUNICIPAL: "reporter_phone"}
_LAST_CLASS = {GRID: "12", HOTLINE: "12", MUNICIPAL: "08"}
_COPY_SERIAL = 5_000_000
# Lots that make a platform take down who reported, or the part and no one, or no township.
_SEEN = {GRID: 0.8, HOTLINE: 0.8, MUNICIPAL: 0.75}
_OFFICER, _PLAIN, _NO_TOWNSHIP, _WITH_PART = 0.1, 0.5, 0.1, 0.2
_NO_WRONG_TOWNSHIP = 0.9
_NUMBERED = ("platform", "serial", "reported")


@dataclass(frozen=True)
class Repeat:
    """Reports of `source` repeated on `targets`; `by_part`: known by the code of the part, not the number."""

    source: str
    targets: tuple[str, ...]
    what: str
    by_part: bool = False


_REPEATS = (
    Repeat(GRID, (HOTLINE,), "同一事件在网格平台和热线各计一次"),
    Repeat(HOTLINE, (MUNICIPAL,), "同一事件在热线和城市管理平台各计一次"),
    Repeat(MUNICIPAL, (GRID,), "同一部件在城市管理平台和网格平台各计一次", by_part=True),
    Repeat(HOTLINE, (GRID, MUNICIPAL), "同一事件在三个平台各计一次"),
)


def plant_repeated_reports(stage: Stage) -> None:
    """Plant R45: at 1 % of each of four kinds 8 in the first month, 2 in the second and one every fourth
    month after it, every third of the last linked two months later."""
    for wave in waves(8, 2, 1, fixed=1 / 4):
        for repeat in _REPEATS:
            _repeated(stage, wave, repeat)
    _harmless(stage)


def _repeated(stage: Stage, wave: Wave, repeat: Repeat) -> None:
    people, reports = _originals(stage, wave.month, repeat, wave.count(stage))
    fixed = wave.fixed_of(people.height)
    for place, target in enumerate(repeat.targets):
        again = _copies(reports, target, pl.duration(minutes=20 + 300 * place + pl.col("lot") * 800), repeat.by_part)
        keys = _add(stage, wave.since, again)
        stage.register.defect("R45", target, keys, repeat.what, _who(people), wave.since, wave.untils(people.height))
        if fixed:
            first = reports.head(fixed).select(pl.col(c).alias(f"first_{c}") for c in _NUMBERED)
            _add(stage, wave.until, again.head(fixed).with_columns(first))


def _originals(
    stage: Stage, month: Month, repeat: Repeat, count: int, days_left: int = 2, days_gone: int = 0
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Reporters whom nothing else happens to, and their reports of the month, at least so many days from its
    end (and its beginning) and known by what they are to be repeated by."""
    since = month.start + timedelta(days=days_gone)
    last_class = min(_LAST_CLASS[p] for p in (repeat.source, *repeat.targets))
    timely = pl.col("reported").dt.date().is_between(since, month.as_of - timedelta(days=days_left))
    shown = "part_code" if repeat.by_part else _NUMBER[repeat.source]
    rows = stage.truth(repeat.source, month).filter(
        timely & pl.col(shown).is_not_null() & pl.col("related_no").is_null() & (pl.col("status_name") != VOID)
    )
    reports = draw_reports(stage.world, month, repeat.source).filter(
        timely
        & pl.col("first_serial").is_null()
        & (pl.col("class_code") <= last_class)
        & (pl.col("lot_3") < _NO_WRONG_TOWNSHIP)
    )
    may = reports.join(rows, on="_pid", how="semi")["_pid"].unique()
    people = stage.take(plain() & stage.among(may), count)
    return people, people.select(_pid="pid").join(reports, on="_pid", how="left", maintain_order="left")


def _copies(reports: pl.DataFrame, target: str, later: pl.Expr, by_part: bool = False) -> pl.DataFrame:
    """The same reports once more on another platform. Every second ticket names no township."""
    no_township = pl.int_range(pl.len()) % 2 == 1
    return reports.with_columns(
        pl.lit(target).alias("platform"),
        pl.col("serial") + _COPY_SERIAL,
        pl.col("reported") + later,
        pl.lit(_OFFICER if by_part else _SEEN[target]).alias("lot_2"),
        pl.when(by_part)
        .then(_WITH_PART)
        .when(no_township & pl.lit(target == HOTLINE))
        .then(_NO_TOWNSHIP)
        .otherwise(_PLAIN)
        .alias("lot_3"),
    )


def _add(stage: Stage, index: int, reports: pl.DataFrame) -> pl.Series:
    """Write the reports down on their platform in a month; returns their keys."""
    if reports.is_empty():
        return pl.Series([], dtype=pl.String)
    platform = reports["platform"][0]
    rows = _ROWS[platform](reports, stage.world, MONTHS[index])
    stage.add(platform, only(index), rows)
    return record_keys(platform, rows)


def _who(people: pl.DataFrame) -> pl.DataFrame:
    return people.select("pid", pl.col("residence_township").alias("township"))


def _harmless(stage: Stage) -> None:
    count = stage.count
    _elsewhere(stage, count(6, 2))
    _next_door(stage, count(6, 2))
    _a_week_later(stage, count(6, 2))
    _trials(stage, count(4, 1))
    linked = stage.truth(HOTLINE).filter(pl.col("related_no").is_not_null()).head(count(8, 2))
    places = stage.people.select(_pid="pid", pid="pid", township="residence_township")
    who = linked.select("_pid").join(places, on="_pid", how="left", maintain_order="left")
    stage.register.hard_negative("R45", HOTLINE, record_keys(HOTLINE, linked), "已关联原单", who)


def _elsewhere(stage: Stage, count: int) -> None:
    """One caller tells the grid platform of one place and the hotline of another, in another township."""
    people, reports = _originals(stage, FIRST, Repeat(GRID, (HOTLINE,), ""), count)
    others = people.select("residence", "township").unique("township", keep="first", maintain_order=True)
    after = others.select(pl.col("residence").shift(-1).fill_null(pl.col("residence").first()), "township")
    place = people.select("township").join(after, on="township", how="left", maintain_order="left")["residence"]
    moves = place.str.head(9) != people["township"]
    again = _copies(reports, HOTLINE, pl.duration(minutes=90)).with_columns(
        place.alias("residence"), pl.lit(_PLAIN).alias("lot_3")
    )
    _note(stage, again.filter(moves), people.filter(moves), "同一人当天在两个镇街各报一起同类事件")


def _next_door(stage: Stage, count: int) -> None:
    """Two people report the like of each other in neighbouring grids within an hour."""
    people, reports = _originals(stage, FIRST, Repeat(HOTLINE, (GRID,), ""), count)
    others = stage.take(plain() & pl.col("age").is_between(25, 70), people.height)
    people, reports = people.head(others.height), reports.head(others.height)
    grids = stage.divisions.grids.filter(pl.col("valid_to").is_null())
    beside = grids.select(pl.col("unit_code").alias("beside"), pl.col("village_code").alias("residence"))
    near = reports.select("_pid", "residence", "grid").join(beside, on="residence", how="left", maintain_order="left")
    near = near.sort(pl.col("beside") == pl.col("grid"), maintain_order=True).unique("_pid", keep="first")
    near = reports.select("_pid").join(near, on="_pid", how="left", maintain_order="left")["beside"]
    again = _copies(reports, GRID, pl.duration(minutes=40)).with_columns(
        near.alias("grid"), others["pid"].alias("_pid"), others["name"], others["sex"]
    )
    _note(stage, again.with_columns(phone_of("_pid").alias("phone")), people, "相邻网格一小时内各有一起同类事件")


def _a_week_later(stage: Stage, count: int) -> None:
    """The same part breaks again."""
    people, reports = _originals(stage, FIRST, Repeat(MUNICIPAL, (GRID,), "", by_part=True), count, days_left=9)
    _note(stage, _copies(reports, GRID, pl.duration(days=7), by_part=True), people, "同一部件一周后再次损坏")


def _trials(stage: Stage, count: int) -> None:
    """Someone tries the grid platform out with what he has told the hotline."""
    people, reports = _originals(stage, FIRST, Repeat(HOTLINE, (GRID,), ""), count)
    again = _copies(reports, GRID, pl.duration(minutes=30)).with_columns(pl.lit(0.0).alias("lot_3"))
    _note(stage, again, people, "网格平台测试数据，已作废")


def _note(stage: Stage, reports: pl.DataFrame, people: pl.DataFrame, what: str) -> None:
    if reports.height:
        keys = _add(stage, 0, reports)
        stage.register.hard_negative("R45", reports["platform"][0], keys, what, _who(people))
