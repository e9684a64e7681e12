"""One call makes the deliveries of some months, and the register of what is planted in them.

Belongs here: the order in which the prefecture comes to be, shard by shard and then file by file, so that
memory holds a shard or a file's chunk and never the city. Does not belong here: any part of it.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from pipelines.kit.paths import Paths
from pipelines.kit.workers import pool
from prefecture.changes import change_ordinarily, left_payees
from prefecture.defects import plant_all
from prefecture.feeds import FEEDS
from prefecture.months import Month, month_of
from prefecture.output import deliveries
from prefecture.output.parts import Parts
from prefecture.output.plans import plan_files
from prefecture.output.tables import check_order, fill
from prefecture.output.whereabouts import Whereabouts, truth_files, write_whereabouts
from prefecture.players import PLAYING_TOWNSHIPS
from prefecture.register import Register, register_of
from prefecture.sending import Sender
from prefecture.stage import Stage
from prefecture.subjects import write_subjects
from prefecture.world.census import read_census
from prefecture.world.divisions import read_divisions
from prefecture.world.shards import LARGEST, Shard, shards
from prefecture.world.world import World

SEED = 20231104
_WORKERS = 2


@dataclass(frozen=True)
class Summary:
    """What one call wrote."""

    files: int
    rows: int
    bytes: int
    residents: int


@dataclass(frozen=True)
class Order:
    """What is to be delivered: months, feeds (codes), how large a prefecture, and how far it is cut up."""

    months: tuple[Month, ...]
    scale: float = 0.01
    seed: int = SEED
    feeds: tuple[str, ...] = tuple(FEEDS)
    largest: int = LARGEST


def generate(
    paths: Paths, as_of: date, scale: float = 0.01, seed: int = SEED, feeds: Sequence[str] = tuple(FEEDS)
) -> Summary:
    """Write the files departments deliver on `as_of` to `paths.drop`, and the register to `register_of(paths)`.
    Equal arguments give equal bytes. Raises ValueError when nothing is delivered on `as_of`."""
    order = Order((month_of(as_of),), scale, seed, tuple(feeds))
    return deliver(paths, order, lambda _: paths.drop)


def deliver(paths: Paths, order: Order, drop: Callable[[Month], Path], front_end: str | None = None) -> Summary:
    """Write the files of all months of the order, each month's to the folder `drop(month)`. With `front_end`
    (address of a PostgreSQL database) the feeds that have a table there go into it and not into files."""
    tables = [code for code in order.feeds if front_end and FEEDS[code].table]
    if tables:
        check_order(front_end, order.months[0], tables)
    scratch = paths.root / ".prefecture"
    shutil.rmtree(scratch, ignore_errors=True)
    parts = Parts(scratch)
    cut = shards(read_census(paths.reference), order.scale, order.largest)
    with _workers(len(cut)) as each:
        made = list(each(partial(_shard, paths, order, parts), cut))
        villages = read_divisions(paths.reference, order.seed).villages
        cases = _write_register(paths, order, villages, [register for _, register in made])
        filled = fill(front_end, parts, order.months, tables) if tables else 0
        codes = [code for code in order.feeds if code not in tables]
        jobs = [(month, code, drop(month)) for month in order.months for code in codes]
        written = list(each(partial(_feed_files, paths, villages, parts, cases), jobs))
    shutil.rmtree(scratch, ignore_errors=True)
    for month in order.months:
        write_whereabouts([w.whereabouts for w in written if w.month == month], month, register_of(paths))
        _write_deliveries([w.deliveries for w in written if w.month == month], month, register_of(paths))
    return Summary(
        sum(w.files for w in written),
        filled + sum(w.rows for w in written),
        sum(w.bytes for w in written),
        sum(residents for residents, _ in made),
    )


@contextmanager
def _workers(shards: int) -> Iterator[Callable]:
    """`map` over processes of their own where there is more than one shard."""
    if shards == 1:
        yield map
        return
    with pool(_WORKERS) as drawing:
        yield drawing.map


def set_stage(reference: Path, scale: float, seed: int, shard: Shard | None = None) -> Stage:
    """A shard's people with all that is planted among them; without a shard, the whole city in one."""
    shard = shard or shards(read_census(reference), scale, largest=10**9)[0]
    stage = Stage(World(reference, seed, scale, shard), PLAYING_TOWNSHIPS(seed, reference))
    change_ordinarily(stage)
    left_payees(stage)
    plant_all(stage)
    stage.forget()
    return stage


def _shard(paths: Paths, order: Order, parts: Parts, shard: Shard) -> tuple[int, Register]:
    """Draw a shard and put down its rows of all feeds and months."""
    stage = set_stage(paths.reference, order.scale, order.seed, shard)
    write_subjects(stage, register_of(paths))
    stage.forget()
    for code in order.feeds:
        Sender(stage, FEEDS[code]).put(order.months, parts)
    return stage.people.height, stage.register


def _write_register(paths: Paths, order: Order, villages: pl.DataFrame, registers: list[Register]) -> pl.DataFrame:
    everything = Register()
    deliveries.note(everything, set(order.feeds))
    for register in registers:
        everything.cases += register.cases
        everything.answers += register.answers
        everything.places += register.places
        everything.numbers += register.numbers
    folder = register_of(paths)
    folder.mkdir(parents=True, exist_ok=True)
    cases = everything.case_table()
    cases.drop("_pid", "_eid").write_parquet(folder / "defects.parquet")
    answers = pl.concat(everything.answers).sort("township_code", "rule_id", "entity_key")
    answers.write_parquet(folder / "answers.parquet")
    everything.number_table().write_parquet(folder / "numbers.parquet")
    everything.place_table().write_parquet(folder / "places.parquet")
    _players(villages, PLAYING_TOWNSHIPS(order.seed, paths.reference)).write_parquet(folder / "players.parquet")
    return cases


def _players(villages: pl.DataFrame, players: list[str]) -> pl.DataFrame:
    """The playing townships with their names."""
    names = villages.select("township_code", "township_name", "county_code", "county_name")
    return names.unique().filter(pl.col("township_code").is_in(players)).sort("township_code")


@dataclass(frozen=True)
class _Written:
    month: Month
    files: int
    rows: int
    bytes: int
    whereabouts: Whereabouts
    deliveries: pl.DataFrame


def _write_deliveries(told: list[pl.DataFrame], month: Month, register: Path) -> None:
    if not told:  # every feed asked for has gone into the front-end database
        return
    folder = register / "deliveries"
    folder.mkdir(parents=True, exist_ok=True)
    table = pl.concat([pl.DataFrame(schema=deliveries.SCHEMA), *told]).sort("feed", "file", nulls_last=True)
    table.write_parquet(folder / f"{month.period}.parquet")


def _feed_files(
    paths: Paths, villages: pl.DataFrame, parts: Parts, cases: pl.DataFrame, job: tuple[Month, str, Path]
) -> _Written:
    """Write the files of one feed and month, whose ids are in them, and find the cases in them."""
    month, code, drop = job
    feed, names, rows = FEEDS[code], set(), 0
    counties = dict(villages.select("county_code", "county_name").unique().iter_rows())
    whereabouts, told = Whereabouts(month, cases), [deliveries.never_sent(code, month)]
    with truth_files(register_of(paths), month, feed) as put_truth:
        for plan in deliveries.deliveries(plan_files(parts, feed, month, counties)):
            files = set()
            for written in plan.write(drop):
                files.add(written.file)
                rows += written.rows.height
                if deliveries.are_rows_in_place(plan):
                    put_truth(whereabouts.note(feed, written))
            told.append(deliveries.truth(plan, sorted(files)))
            names |= {drop / plan.feed.code / file for file in files}
    parts.clear(feed, month)
    for name in names:  # whoever takes them in need not wait to see whether they are finished
        os.utime(name, (month.moment, month.moment))
    size = sum(name.stat().st_size for name in names)
    return _Written(month, len(names), rows, size, whereabouts, pl.concat(told))
