"""The stage on which errors are planted: one shard's people, and who still lives an ordinary life.

Belongs here: choosing people and enterprises so that none is chosen twice, and noting what departments get
wrong about them. Does not belong here: any single error (defects/).
"""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from prefecture.feeds import FEEDS
from prefecture.feeds.feed import Feed
from prefecture.log import ALWAYS, TOUCHED, Change, Log, Span, only
from prefecture.months import FIRST, Month
from prefecture.register import Register
from prefecture.world.divisions import Divisions
from prefecture.world.lots import stream
from prefecture.world.world import World

_KEPT = 6

__all__ = ["ALWAYS", "Span", "Stage", "only", "per_person"]


@dataclass
class Stage:
    """`free` tells which households still lead ordinary lives, `free_firms` which enterprises."""

    world: World
    players: list[str]
    register: Register = field(default_factory=Register)
    log: Log = field(default_factory=Log)

    def __post_init__(self) -> None:
        self.free = np.ones(self.people["household"].max() + 1, dtype=bool)
        # A household is registered in one township.
        self._plays = self.people["township"].is_in(self.players).to_numpy()
        self.free_firms = np.ones(self.enterprises.height, dtype=bool)
        self._extras: list[tuple[str, Month, str, str, pl.DataFrame]] = []
        self._draws: dict[str, int] = {}
        self._listed: dict[tuple[str, int], pl.Series] = {}
        self._truths: OrderedDict[tuple[str, int], pl.DataFrame] = OrderedDict()

    @property
    def people(self) -> pl.DataFrame:
        """The people of the shard."""
        return self.world.people

    @property
    def enterprises(self) -> pl.DataFrame:
        """The enterprises of the shard."""
        return self.world.enterprises

    @property
    def divisions(self) -> Divisions:
        """The divisions of the whole city."""
        return self.world.divisions

    def count(self, at_one_percent: float, least: int = 1) -> int:
        """This shard's part of a number stated for 1 %. The parts of all shards add up to the whole: what a
        division leaves over goes to one shard or another by lot."""
        total = max(least, round(at_one_percent * self.world.scale * 100))
        self._draws["count"] = self._draws.get("count", 0) + 1
        lot = stream(self.world.seed, f"count {self._draws['count']}").random()
        low, high = self.world.shard.cumulative
        return int(np.floor(total * high + lot) - np.floor(total * low + lot))

    def take(self, where: pl.Expr, count: int, playing: int = 0) -> pl.DataFrame:
        """Up to `count` people of ordinary households that meet `where`, one of a household; these
        households are ordinary no more. The first `playing` of them live in playing townships as far as
        there are any, the others elsewhere."""
        home, rng = self.people["household"].to_numpy(), self.rng("take")
        if count <= 0:
            return self.people.head(0)
        found = np.flatnonzero(self.people.select(where).to_series().fill_null(False).to_numpy() & self.free[home])
        found = rng.permutation(found)
        plays = self._plays[found]
        some = _one_a_household(found[plays], home, playing)
        chosen = self.people[np.r_[some, _one_a_household(found[~plays], home, count - len(some))]]
        self.settle(chosen)
        return chosen

    def settle(self, people: pl.DataFrame) -> None:
        """Mark the households of these people as no longer ordinary."""
        self.free[people["household"].to_numpy()] = False

    def take_firms(self, where: pl.Expr, count: int) -> pl.DataFrame:
        """Up to `count` enterprises that meet `where` and were not taken before."""
        found = self.enterprises.filter(where & pl.Series(self.free_firms))
        chosen = found[self.rng("firms").permutation(found.height)].head(count)
        self.free_firms[chosen["_eid"].to_numpy() - self.world.shard.first_number] = False
        return chosen

    def take_employers(self, largest_staff: int, count: int) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Up to `count` live enterprises with a small staff of ordinary people only, and that staff (`_pid`,
        `_eid`); both are ordinary no more."""
        jobs = self.world.employment.filter(pl.col("_eid").is_not_null())
        household = self.people["household"].gather(jobs["_pid"] - self.world.shard.first_number)
        jobs = jobs.with_columns(pl.Series(self.free).gather(household).alias("is_free"))
        staff = jobs.group_by("_eid").agg(pl.col("is_free").all(), pl.col("stop_date").is_null().sum().alias("staff"))
        small = staff.filter(pl.col("is_free") & pl.col("staff").is_between(1, largest_staff))["_eid"]
        live = (pl.col("status_name") == "存续") & ~pl.col("has_old_code")
        firms = self.take_firms(live & pl.col("_eid").is_in(small.implode()), count)
        people = jobs.filter(pl.col("_eid").is_in(firms["_eid"].implode())).select("_pid", "_eid")
        self.settle(self.people.filter(self.among(people["_pid"])))
        return firms, people

    def rng(self, name: str) -> np.random.Generator:
        """A fresh stream each time, in the order of the calls."""
        self._draws[name] = self._draws.get(name, 0) + 1
        return self.world.stream(f"{name} {self._draws[name]}")

    def rows(self, feed: str, people: pl.DataFrame, month: Month = FIRST) -> pl.DataFrame:
        """Rows of a feed about these people, in their order, as delivered with all that is planted so far."""
        asked = people["pid"]
        truth = self.truth(feed, month).filter(pl.col("_pid").is_in(asked.implode()))
        changed = self.log.apply(feed, month, truth, only=asked)
        return people.select(pl.col("pid").alias("_pid")).join(changed, on="_pid", maintain_order="left")

    def delivered(self, feed: str, month: Month) -> pl.DataFrame:
        """All rows of a feed in a month, with all that is planted."""
        return self.log.apply(feed, month, self._drawn(FEEDS[feed], month))

    def truth(self, feed: str, month: Month = FIRST) -> pl.DataFrame:
        """All rows of a feed in a month before anything is planted; the last few asked for are kept."""
        key = (feed, month.index)
        if key not in self._truths:
            self._truths[key] = self._drawn(FEEDS[feed], month)
            if len(self._truths) > _KEPT:
                self._truths.popitem(last=False)
        self._truths.move_to_end(key)
        return self._truths[key]

    def _drawn(self, feed: Feed, month: Month) -> pl.DataFrame:
        if feed.rows_of:
            return feed.rows_of(self.delivered, self.world, month)
        return feed.rows(self.world, month)

    def forget(self) -> None:
        """Give back the memory of the true rows kept."""
        self._truths.clear()
        self._listed.clear()

    def listed(self, feed: str, month: Month = FIRST) -> pl.Expr:
        """True for people who have a row in the feed in the month, planted ones included."""
        key = (feed, month.index)
        if key not in self._listed:
            self._listed[key] = self.truth(feed, month)["_pid"].unique()
        added = [c.table["_pid"] for c in self.log.active(feed, month) if c.kind == "add"]
        return self.among(pl.concat([self._listed[key], *added]))

    def once(self, feed: str) -> pl.Expr:
        """True for people who have just one row in the feed's first stock."""
        rows = self.truth(feed).group_by("_pid").len()
        return self.among(rows.filter(pl.col("len") == 1)["_pid"])

    def among(self, pids: pl.Series) -> pl.Expr:
        """True for the people with these pids; a lookup, where `is_in` would hash all of them each time.
        Numbers that are nobody's, as vacant houses have, do not matter."""
        first, known = self.world.shard.first_number, np.zeros(self.people.height, dtype=bool)
        places = pids.drop_nulls().to_numpy() - first
        known[places[(places >= 0) & (places < len(known))]] = True
        return pl.lit(pl.Series(known)).gather(pl.col("pid") - first)

    def edit(self, feed: str, span: Span, table: pl.DataFrame, on: tuple[str, ...] = ("_pid",)) -> None:
        """Overwrite columns of the rows that match `table` on `on`; nulls in `table` are written, too.
        Columns the feed does not have tell the writer how to write a cell, or start with `_`."""
        self.log.note(feed, Change("edit", span, table, on))

    def drop(self, feed: str, span: Span, table: pl.DataFrame, on: tuple[str, ...] = ("_pid",)) -> None:
        """Leave out the rows that match."""
        self.log.note(feed, Change("drop", span, table.select(on), on))

    def add(self, feed: str, span: Span, rows: pl.DataFrame) -> None:
        """Append rows in the span's months; rows of events or payments belong into a single month."""
        self.log.note(feed, Change("add", span, rows))

    def send_also(self, feed: str, month: Month, scope: str, period: str, rows: pl.DataFrame) -> None:
        """Send one more file of the feed in the month, with rows of another period."""
        self._extras.append((feed, month, scope, period, rows.with_columns(pl.lit(False).alias(TOUCHED))))

    def extras(self, feed: Feed, month: Month) -> Iterator[tuple[str, str, pl.DataFrame]]:
        """(scope, period, rows) of the files sent besides."""
        for code, when, scope, period, rows in self._extras:
            if (code, when) == (feed.code, month):
                yield scope, period, rows


def _one_a_household(found: np.ndarray, home: np.ndarray, count: int) -> np.ndarray:
    """The first `count` of the people found (rows) that are of different households. Few are wanted of very
    many: most often the head of the list has them."""
    size = max(0, 4 * count)
    while True:
        head = found[:size]
        firsts = np.sort(np.unique(home[head], return_index=True)[1])
        if len(firsts) >= count or size >= len(found):
            return head[firsts[: max(0, count)]]
        size *= 8


def per_person(people: pl.DataFrame, *columns: pl.Expr | pl.Series) -> pl.DataFrame:
    """A table for `Stage.edit`: `_pid` and the new values."""
    return people.select(pl.col("pid").alias("_pid"), *columns)
