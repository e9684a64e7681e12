"""What a department puts on its way in a month, row by row: a shard's part of every file.

Belongs here: stock and differences, what is sent again, and rows that go out instead of a file's own when something
goes wrong. Does not belong here: what happens to files (output/deliveries.py), or wrong rows (defects/).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import polars as pl

from prefecture.feeds import FEEDS
from prefecture.feeds.feed import Feed
from prefecture.months import MONTHS, Month, of_period
from prefecture.output.deliveries import is_quiet, resent, stand_ins
from prefecture.output.deltas import delta
from prefecture.output.mishaps import BEFORE, FLOOD
from prefecture.output.parts import Parts, split
from prefecture.stage import Stage

_KEPT = 2
# Of five rows of the stock, so many are deleted by mistake.
_DELETED = 3


@dataclass
class Sender:
    """A feed's department in one shard. Of a register it remembers the last two states asked for."""

    stage: Stage
    feed: Feed
    _states: dict[int, pl.DataFrame] = field(default_factory=dict)

    def put(self, months: Sequence[Month], parts: Parts) -> None:
        """Put down everything sent in these months."""
        shard = self.stage.world.shard.number
        for month in months:
            if self.feed.is_due(month):
                parts.put(self.feed, month, shard, self.rows(month))
            for scope, period, rows in self._again(month):
                parts.put_file(self.feed, month, scope, period, shard, rows)
            for scope, period, what, rows in self._instead(month):
                parts.put_beside(self.feed, month, scope, period, what, shard, rows)
            for scope, period, rows in self.stage.extras(self.feed, month):
                parts.put_file(self.feed, month, scope, period, shard, _with_change(self.feed, rows))

    def rows(self, month: Month) -> pl.DataFrame:
        """What is due in the month: a list, events, or the differences of a register."""
        if self.feed.kind != "register":
            return self._finished(month)
        now = self._state(month)
        if not month.index:
            return _with_change(self.feed, now)
        changes = delta(self._state(self._last_told(month)), now, self.feed.keys, month.changed_on)
        return changes.clear() if is_quiet(self.feed.code, month) else changes

    def _again(self, month: Month) -> Iterator[tuple[str, str, pl.DataFrame]]:
        """(scope, period, rows) of earlier months' files that come, or come once more, in this one."""
        wanted = resent(self.feed, month)
        for period in sorted({period for _, period in wanted}):
            of = of_period(period)
            for scope, named, rows in split(self.feed, of, self.rows(of)):
                if (scope, named) in wanted:
                    yield scope, named, rows

    def _instead(self, month: Month) -> Iterator[tuple[str, str, str, pl.DataFrame]]:
        """(scope, period, what, rows) that stand in for a file's own rows."""
        for scope, period, what in stand_ins(self.feed.code, month):
            of = of_period(period)
            for place, _, rows in split(self.feed, of, self._stand_in(what, of)):
                if place == (what if what.isdigit() else scope):
                    yield scope, period, what, rows

    def _stand_in(self, what: str, month: Month) -> pl.DataFrame:
        earlier = MONTHS[month.index - self.feed.every]
        if what == FLOOD:
            stock = self._state(earlier)
            chosen = stock.filter(pl.int_range(pl.len()) % 5 < _DELETED)
            deleted = chosen.with_columns(pl.lit("删除").alias("change_type"))
            return pl.concat([deleted, self.rows(month)], how="diagonal_relaxed")
        if what == BEFORE:
            return self.rows(earlier)
        return self.rows(month) if what.isdigit() else Sender(self.stage, FEEDS[what]).rows(month)

    def _last_told(self, month: Month) -> Month:
        """The last month before that in which changes were told."""
        earlier = MONTHS[month.index - self.feed.every]
        return self._last_told(earlier) if is_quiet(self.feed.code, earlier) else earlier

    def _state(self, month: Month) -> pl.DataFrame:
        if month.index not in self._states:
            self._states[month.index] = self._finished(month)
            while len(self._states) > _KEPT:
                del self._states[next(iter(self._states))]
        return self._states[month.index]

    def _finished(self, month: Month) -> pl.DataFrame:
        feed = self.feed
        rows = self.stage.delivered(feed.code, month)
        rows = feed.finish(rows, month) if feed.finish else rows
        return rows.sort(*feed.order, nulls_last=True, maintain_order=True) if feed.order else rows


def _with_change(feed: Feed, rows: pl.DataFrame) -> pl.DataFrame:
    """A register's rows say how they changed; those of the first stock say nothing there."""
    if feed.kind == "register" and "change_type" not in rows.columns:
        return rows.with_columns(pl.lit(None, pl.String).alias("change_type"))
    return rows
