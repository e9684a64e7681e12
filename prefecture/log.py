"""The difference between the truth and what departments deliver, as a list of changes to feeds.

Belongs here: changes, from which month to which they show, and laying them over a feed's true rows. Does not
belong here: why a change is made (changes.py, defects/).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from prefecture.months import Month

TOUCHED = "_touched"


@dataclass(frozen=True)
class Span:
    """Months from `since` on (index), and before `until` if there is one."""

    since: int = 0
    until: int | None = None

    def holds(self, month: Month) -> bool:
        """Whether the month lies in the span."""
        return self.since <= month.index and (self.until is None or month.index < self.until)


ALWAYS = Span()


def only(month: int) -> Span:
    """The span of a single month."""
    return Span(month, month + 1)


@dataclass(frozen=True)
class Change:
    """`kind` edit, drop or add; `on` are the columns that find the rows of an edit or drop."""

    kind: str
    span: Span
    table: pl.DataFrame
    on: tuple[str, ...] = ()

    def goes_with(self, other: "Change") -> bool:
        """Whether both can be made in one pass."""
        alike = self.kind == other.kind and self.on == other.on
        return alike and (self.kind != "edit" or self.table.columns == other.table.columns)


@dataclass
class Log:
    """Changes by feed, in the order in which they are made."""

    changes: dict[str, list[Change]] = field(default_factory=dict)

    def note(self, feed: str, change: Change) -> None:
        """Append a change; one without rows is none."""
        if change.table.height:
            self.changes.setdefault(feed, []).append(change)

    def active(self, feed: str, month: Month) -> list[Change]:
        """The changes that show in a month."""
        return [c for c in self.changes.get(feed, []) if c.span.holds(month)]

    def apply(self, feed: str, month: Month, truth: pl.DataFrame, only: pl.Series | None = None) -> pl.DataFrame:
        """The feed's rows of the month with all changes made; `_touched` marks edited and added rows.

        With `only` (values of `_pid`) both the truth and the changes are about these people alone.
        """
        frame = truth.with_columns(pl.lit(False).alias(TOUCHED))
        for change in _together(self.active(feed, month)):
            table = change.table
            if only is not None and "_pid" in table.columns:
                table = table.filter(pl.col("_pid").is_in(only.implode()))
            if table.height:
                frame = _made(frame, change, table)
        return frame


def _together(changes: list[Change]) -> Iterator[Change]:
    """Neighbouring changes of one shape as one; where two edit a row, the later one counts."""
    batch: list[Change] = []
    for change in [*changes, None]:
        if batch and (change is None or not change.goes_with(batch[0])):
            yield _merged(batch)
            batch = []
        if change is not None:
            batch.append(change)


def _merged(batch: list[Change]) -> Change:
    first = batch[0]
    if len(batch) == 1:
        return first
    table = pl.concat([c.table for c in batch], how="diagonal_relaxed")
    if first.kind != "add":
        table = table.unique(first.on, keep="last", maintain_order=True)
    return Change(first.kind, first.span, table, first.on)


def _made(frame: pl.DataFrame, change: Change, table: pl.DataFrame) -> pl.DataFrame:
    if change.kind == "drop":
        return frame.join(table, on=list(change.on), how="anti", maintain_order="left")
    table = table.with_columns(pl.lit(True).alias(TOUCHED))
    if change.kind == "add":
        return pl.concat([frame, table], how="diagonal_relaxed")
    new = {c: t for c, t in table.schema.items() if c not in frame.columns}
    frame = frame.with_columns(pl.lit(None, t).alias(c) for c, t in new.items())
    return frame.update(table, on=list(change.on), how="left", include_nulls=True)
