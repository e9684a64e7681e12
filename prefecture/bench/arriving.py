"""Inside the process in which months of deliveries arrive, one after the other, and what became of each.

Belongs here: letting a month arrive as the pipeline does, counting, and judging against the register of deliveries.
Does not belong here: starting the process (arrivals.py), generating, or any step of the pipeline.
"""

import time
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import yaml

from pipelines import turn
from pipelines.ingest.bronze import DeliveryResult, results, withdrawals
from pipelines.ingest.feeds import bring_all
from pipelines.kit.contracts import Feed, load_contracts
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from prefecture.bench.parts import send
from prefecture.register import register_of

_ACCEPTED, _QUARANTINED, _REPEAT = "accepted", "quarantined", "repeat"
_KEY = ["feed", "file_name", "delivered_on"]


def arrive(paths: Paths, sent: Sequence[tuple[date, Path]]) -> dict[str, Any]:
    """Every business date in order, with the folder where its files wait: they are dropped and brought in,
    and the ledgers brought up to date. Returns `months` (one record each) and what `judge` says."""
    feeds, months, repeats = load_contracts(), [], []
    for day, outbox in sent:
        files = send(paths, outbox)
        hand_in_withdrawals(paths, day)
        withdrawals.take_in(paths, day)
        start = time.time()
        taken: list[DeliveryResult] = []
        for feed, state in bring_all(paths, list(feeds.values()), day):
            if isinstance(state, Exception):
                raise state
            repeats += [(feed.code, d.file_name, day.isoformat()) for d in state.landed if d.is_repeat]
            taken += state.taken
        read = time.time()
        covered = _ledgers(paths, day)
        months.append({
            "day": day.isoformat(), "files": files, "rows": sum(r.rows_in for r in taken), "start": start, "read": read,
            "end": time.time(), "refused": sum(r.status == _QUARANTINED for r in taken),
            "lost": sum(abs(r.rows_in - r.rows_bronze - r.rows_quarantined) for r in taken), "coverage": covered,
        })  # fmt: skip
    return {"months": months, **judge(paths, feeds, repeats, [day for day, _ in sent])}


def judge(
    paths: Paths, feeds: Mapping[str, Feed], repeats: Sequence[tuple[str, str, str]], days: Sequence[date]
) -> dict[str, Any]:
    """What became of the planted deliveries: counts, `kinds` (of every kind how many, how many as they should) and
    the deliveries that went wrong (`leaked`: broken and not refused whole; `falsely_refused`: good and refused).
    A cell is a feed, a scope and a period; it has arrived when a good delivery of it was not refused."""
    told = pl.concat(pl.read_parquet(_register(paths, day)) for day in days).filter(pl.col("feed").is_in(list(feeds)))
    sent = told.filter(pl.col("file").is_not_null()).join(
        _became(paths, feeds, repeats),
        left_on=["feed", "file", "since"],
        right_on=["feed", "file_name", "period_of_arrival"],
        how="left",
    ).with_columns(pl.col("status").fill_null(""))
    groups = sent.group_by("feed", "scope", "period", "since", "kind", "must", maintain_order=True).agg(
        pl.col("file").first(),
        pl.col("status").eq(_QUARANTINED).all().alias("is_refused"),
        pl.col("status").is_in([_ACCEPTED, _REPEAT]).all().alias("is_known"),
        pl.col("breaker_code").drop_nulls().first().alias("code"),
    )
    broken, good = groups.filter(pl.col("must") == "quarantine"), groups.filter(pl.col("must") != "quarantine")
    right = pl.when(pl.col("must") == "quarantine").then("is_refused").otherwise("is_known")
    odd = groups.filter(pl.col("kind").is_not_null())
    kinds = odd.group_by("kind", "must").agg(pl.len().alias("planted"), right.sum().alias("right"))
    expected = told.unique(["feed", "scope", "period"])
    arrived = good.filter("is_known").unique(["feed", "scope", "period"])
    return {
        "deliveries": groups.height, "broken": broken.height, "refused": broken["is_refused"].sum(),
        "good": good.height, "cells_expected": expected.height, "cells_arrived": arrived.height,
        "kinds": kinds.sort("must", "kind").to_dicts(),
        "leaked": _listed(broken.filter(~pl.col("is_refused"))),
        "falsely_refused": _listed(good.filter(~pl.col("is_known"))),
    }  # fmt: skip


def _ledgers(paths: Paths, day: date) -> dict[str, Any]:
    """The ledgers of deliveries and arrivals, as a turn begins with them; returns the city's coverage by then."""
    with connect(paths) as con:
        turn.begin(paths, con, day)
        return _coverage(con, day)


def _coverage(con: duckdb.DuckDBPyConnection, day: date) -> dict[str, Any]:
    names = ("due", "arrived", "late", "refused", "missing")
    of_all = f"SELECT {', '.join(names)} FROM lake.ledger.coverage WHERE level_name = 'city' AND period IS NULL"
    row = con.execute(f"{of_all} AND as_of = ?", [day]).fetchone()
    return dict(zip(names, row or [0] * len(names), strict=True))


def hand_in_withdrawals(paths: Paths, day: date) -> None:
    """What departments withdraw this month becomes a decision, as a clerk would write it down."""
    period = f"{day:%Y%m}"
    told = pl.concat(pl.read_parquet(f) for f in sorted((register_of(paths) / "deliveries").glob("*.parquet")))
    gone = told.filter((pl.col("must") == "withdrawn") & (pl.col("until") == period))
    entries = [
        {"feed": feed, "delivery_id": r.delivery_id, "decision": "withdraw", "reason": "部门来函撤回", "by": "归集专班",
         "on": day.isoformat()}
        for feed, file in gone.select("feed", "file").iter_rows()
        for r in results(paths, feed)
        if r.file_name == file
    ]  # fmt: skip
    if entries:
        target = paths.decisions / "withdrawals" / f"{period}.yaml"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(yaml.safe_dump(entries, allow_unicode=True), encoding="utf-8")


def _register(paths: Paths, day: date) -> Path:
    return register_of(paths) / "deliveries" / f"{day:%Y%m}.parquet"


def _became(paths: Paths, feeds: Mapping[str, Feed], repeats: Sequence[tuple[str, str, str]]) -> pl.DataFrame:
    """feed, file_name, period_of_arrival -> status and breaker code of every file that came."""
    known = [(r.feed, r.file_name, r.delivered_on, r.status, r.breaker_code) for f in feeds for r in results(paths, f)]
    rows = [*known, *((*repeat, _REPEAT, None) for repeat in repeats)]
    frame = pl.DataFrame(rows, [*_KEY, "status", "breaker_code"], orient="row", infer_schema_length=None)
    arrival = pl.col("delivered_on").str.replace_all("-", "").str.head(6).alias("period_of_arrival")
    return frame.with_columns(arrival).drop("delivered_on")


def _listed(groups: pl.DataFrame) -> list[dict[str, Any]]:
    return groups.select("since", "feed", "kind", "file", "code").sort("since", "feed", "file").to_dicts()
