"""The stage on which errors are planted: people, feeds of both turns, and who still lives an ordinary life.

Belongs here: choosing people and enterprises so that none is chosen twice, and changing rows of feeds.
Does not belong here: any single error (defects/).
"""

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from pipelines.prefecture.register import Register
from pipelines.prefecture.world.divisions import Divisions
from pipelines.prefecture.world.lots import scaled, stream

BOTH = (1, 2)


@dataclass
class Stage:
    """`feeds[(feed, turn)]` are frames with contract column names and `_pid` or `_eid`; F08 and F10 of turn
    1 hold three months. `free` tells which households still lead ordinary lives, `free_firms` which
    enterprises."""

    seed: int
    scale: float
    people: pl.DataFrame
    divisions: Divisions
    enterprises: pl.DataFrame
    employment: pl.DataFrame
    players: list[str]
    feeds: dict[tuple[str, int], pl.DataFrame]
    register: Register
    free: np.ndarray
    free_firms: np.ndarray
    _draws: dict[str, int] = field(default_factory=dict)

    def count(self, at_one_percent: int, least: int = 1) -> int:
        """A number stated for 1 %, at this scale."""
        return scaled(at_one_percent, self.scale, least)

    def take(self, where: pl.Expr, count: int, playing: int = 0) -> pl.DataFrame:
        """Up to `count` people of ordinary households that meet `where`, one of a household; these
        households are ordinary no more. The first `playing` of them live in playing townships as far as
        there are any, the others elsewhere."""
        home = self.people["household"].to_numpy()
        found = np.flatnonzero(
            self.people.select(where).to_series().fill_null(False).to_numpy() & self.free[home]
        )
        found = self.rng("take").permutation(found)
        found = found[np.sort(np.unique(home[found], return_index=True)[1])]
        plays = self.people["township"].gather(found).is_in(self.players).to_numpy()
        some = found[plays][:playing]
        chosen = self.people[np.concatenate([some, found[~plays][: max(0, count - len(some))]])]
        self.settle(chosen)
        return chosen

    def settle(self, people: pl.DataFrame) -> None:
        """Mark the households of these people as no longer ordinary."""
        self.free[people["household"].to_numpy()] = False

    def take_firms(self, where: pl.Expr, count: int) -> pl.DataFrame:
        """Up to `count` enterprises that meet `where` and were not taken before."""
        found = self.enterprises.filter(where & pl.Series(self.free_firms))
        chosen = found[self.rng("firms").permutation(found.height)].head(count)
        self.free_firms[chosen["_eid"].to_numpy()] = False
        return chosen

    def rng(self, name: str) -> np.random.Generator:
        """A fresh stream each time, in the order of the calls."""
        self._draws[name] = self._draws.get(name, 0) + 1
        return stream(self.seed, f"{name} {self._draws[name]}")

    def rows(self, feed: str, turn: int, people: pl.DataFrame) -> pl.DataFrame:
        """Rows of a feed about these people, in their order."""
        return people.select(pl.col("pid").alias("_pid")).join(
            self.feeds[feed, turn], on="_pid", maintain_order="left"
        )

    def edit(
        self, feed: str, turns: tuple[int, ...], table: pl.DataFrame, on: tuple[str, ...] = ("_pid",)
    ) -> None:
        """Overwrite columns of the rows that match `table` on `on`; nulls in `table` are written, too."""
        for turn in turns:
            frame = self.feeds[feed, turn]
            self.feeds[feed, turn] = frame.update(table, on=list(on), how="left", include_nulls=True)

    def drop(
        self, feed: str, turns: tuple[int, ...], table: pl.DataFrame, on: tuple[str, ...] = ("_pid",)
    ) -> None:
        """Remove the rows that match."""
        for turn in turns:
            self.feeds[feed, turn] = self.feeds[feed, turn].join(
                table, on=list(on), how="anti", maintain_order="left"
            )

    def mark(self, feed: str, turn: int, table: pl.DataFrame, on: tuple[str, ...] = ("_pid",)) -> None:
        """Write columns the feed may not have yet (they start with `_`, or tell the writer how to write a
        cell)."""
        frame = self.feeds[feed, turn]
        new = {c: t for c, t in table.schema.items() if c not in frame.columns}
        self.feeds[feed, turn] = frame.with_columns(pl.lit(None, t).alias(c) for c, t in new.items())
        self.edit(feed, (turn,), table, on)

    def listed(self, feed: str, turn: int = 1) -> pl.Expr:
        """True for people who have a row in the feed."""
        return pl.col("pid").is_in(self.feeds[feed, turn]["_pid"].unique().implode())

    def take_employers(self, largest_staff: int, count: int) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Up to `count` live enterprises with a small staff of ordinary people only, and that staff (`_pid`,
        `_eid`); both are ordinary no more."""
        jobs = self.employment.filter(pl.col("_eid").is_not_null())
        household = self.people["household"].gather(jobs["_pid"])
        jobs = jobs.with_columns(pl.Series(self.free).gather(household).alias("is_free"))
        staff = jobs.group_by("_eid").agg(
            pl.col("is_free").all(), pl.col("stop_date").is_null().sum().alias("staff")
        )
        small = staff.filter(pl.col("is_free") & pl.col("staff").is_between(1, largest_staff))["_eid"]
        live = (pl.col("status_name") == "存续") & ~pl.col("has_old_code")
        firms = self.take_firms(live & pl.col("_eid").is_in(small.implode()), count)
        people = jobs.filter(pl.col("_eid").is_in(firms["_eid"].implode())).select("_pid", "_eid")
        self.settle(self.people.filter(pl.col("pid").is_in(people["_pid"].implode())))
        return firms, people

    def add(self, feed: str, turns: tuple[int, ...], rows: pl.DataFrame) -> None:
        """Append rows; columns the feed has and `rows` lacks become null."""
        for turn in turns:
            frame = self.feeds[feed, turn]
            self.feeds[feed, turn] = pl.concat(
                [frame, rows.select(c for c in frame.columns if c in rows.columns)], how="diagonal_relaxed"
            )


def per_person(people: pl.DataFrame, *columns: pl.Expr | pl.Series) -> pl.DataFrame:
    """A table for `Stage.edit`: `_pid` and the new values."""
    return people.select(pl.col("pid").alias("_pid"), *columns)
