"""Hand-made bronze: the parquet files ingestion would have written, from rows given as dicts.

Belongs here: the shape of bronze (contract columns typed, then lineage). Does not belong here: any case.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from pipelines.ingest.bronze import DeliveryResult
from pipelines.ingest.values.schema import rows_schema
from pipelines.kit.contracts import Feed, load_contracts
from pipelines.kit.keys import key_expr
from pipelines.kit.paths import Paths

FEEDS = load_contracts()
Row = Mapping[str, Any]


def write_empty(paths: Paths) -> None:
    """A `_empty` delivery for every feed, so that every source has its columns."""
    for feed in FEEDS.values():
        _write(paths, feed, "_empty", _frame(feed, []))


def deliver(
    paths: Paths,
    code: str,
    rows: Sequence[Row],
    *,
    seq: int = 1,
    on: date = date(2024, 1, 31),
    mode: str = "full",
    scope: str = "370600",
) -> str:
    """Write one accepted delivery; returns its id."""
    feed = FEEDS[code]
    delivery_id = f"{on:%Y%m%d}-{seq:08d}"
    frame = (
        _frame(feed, rows)
        .with_columns(
            _feed=pl.lit(code),
            _delivery_id=pl.lit(delivery_id),
            _delivery_seq=pl.lit(seq, pl.Int64),
            _delivered_on=pl.lit(on),
            _mode=pl.lit(mode),
            _scope=pl.lit(scope),
            _file=pl.lit(f"{code}_{scope}.csv"),
            _sheet=pl.lit(None, pl.String),
            _row=pl.int_range(2, len(rows) + 2, dtype=pl.Int64),
        )
        .with_columns(
            _record_key=key_expr(code, list(feed.key_columns)),
            _source_ref=pl.format("{}/{}/{}", "_feed", "_delivery_id", "_row"),
        )
    )
    _write(paths, feed, delivery_id, frame)
    record = DeliveryResult(
        feed=code, delivery_id=delivery_id, delivery_seq=seq, delivered_on=on.isoformat(),
        file_name=f"{code}_{scope}.csv", sha256=delivery_id, size=0, scope=scope, period=f"{on:%Y%m}", mode=mode,
        kind="data", status="accepted", breaker_code=None, breaker_message=None, rows_in=len(rows),
        rows_bronze=len(rows), rows_quarantined=0, row_count_ratio=None, duplicate_ratio=None, extra_columns=(),
        notices=(),
    )  # fmt: skip
    (paths.bronze / code / delivery_id / "delivery.json").write_text(json.dumps(record.record()), encoding="utf-8")
    return delivery_id


def _frame(feed: Feed, rows: Sequence[Row]) -> pl.DataFrame:
    schema = {name: kind for name, kind in rows_schema(feed).items() if not name.startswith("_")}
    unknown = {name for row in rows for name in row} - set(schema)
    assert not unknown, f"{feed.code} has no columns {unknown}"
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def _write(paths: Paths, feed: Feed, delivery_id: str, frame: pl.DataFrame) -> None:
    if "_feed" not in frame.columns:
        frame = frame.with_columns(
            *[
                pl.lit(None, pl.String).alias(c)
                for c in ("_feed", "_delivery_id", "_mode", "_scope", "_file", "_sheet")
            ],
            *[pl.lit(None, pl.Int64).alias(c) for c in ("_delivery_seq", "_row")],
            pl.lit(None, pl.Date).alias("_delivered_on"),
            *[pl.lit(None, pl.String).alias(c) for c in ("_record_key", "_source_ref")],
        )
    folder = paths.bronze / feed.code / delivery_id
    folder.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(folder / "rows.parquet")
