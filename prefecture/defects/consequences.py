"""What departments that hear of planted deaths and closures do: they stop paying, they close the account.

Belongs here: keeping F16, F18 and F35 in step with what other planters did to F03, F04 and F14. Does not belong
here: errors. Runs after the planters of those feeds.
"""

import polars as pl

from prefecture.feeds.hukou_events import DEATH
from prefecture.months import FIRST
from prefecture.stage import Span, Stage

_PAYERS = ("F18", "F35")


def follow_up(stage: Stage) -> None:
    """Let pensions and subsidies end with planted deaths, and taxes with planted closures."""
    _end_payments(stage)
    _end_taxes(stage)


def _end_payments(stage: Stage) -> None:
    """Paid until the month of death, like those who die in truth."""
    told = [c.table.select("_pid", on="death_date") for c in stage.log.changes.get("F04", []) if c.kind == "add"]
    events = [c.table for c in stage.log.changes.get("F03", []) if c.kind == "add"]
    told += [t.filter(pl.col("event_type") == DEATH).select("_pid", on="event_date") for t in events]
    if not told:
        return
    first = FIRST.as_of.year * 12 + FIRST.as_of.month - 1
    after = pl.col("on").dt.year().cast(pl.Int64) * 12 + pl.col("on").dt.month() - first
    lives = stage.people.filter(pl.col("death_date").is_null() & pl.col("namesake").is_null())
    deaths = pl.concat(told).group_by("_pid").agg(pl.col("on").min()).with_columns(after.clip(0).alias("since"))
    deaths = deaths.filter(pl.col("_pid").is_in(lives["pid"].implode())).sort("_pid")
    for (since,), group in deaths.group_by("since", maintain_order=True):
        for feed in _PAYERS:
            stage.drop(feed, Span(int(since)), group)


def _end_taxes(stage: Stage) -> None:
    """Whoever is cancelled or revoked in F14 is no taxpayer any more."""
    for change in list(stage.log.changes.get("F14", [])):
        if change.kind == "edit" and "status_name" in change.table.columns and "_eid" in change.table.columns:
            closed = change.table.filter(pl.col("status_name").is_in(["注销", "吊销"]))
            stage.drop("F16", change.span, closed, ("_eid",))
