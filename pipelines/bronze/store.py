"""Writing bronze.

Belongs here: folders, Parquet settings, the empty delivery. Does not belong here: content.
A delivery appears by a rename, whole or not at all. Equal content gives equal bytes.
"""

import shutil
from pathlib import Path

import polars as pl

from pipelines.bronze.result import DeliveryResult
from pipelines.bronze.schema import QUARANTINE, rows_schema
from pipelines.contracts import Feed
from pipelines.landing.delivery import RECORD, to_json
from pipelines.paths import Paths

ROWS_FILE = "rows.parquet"
QUARANTINE_FILE = "quarantine.parquet"
EMPTY = "_empty"
_ROW_GROUP = 122_880


def write_delivery(
    paths: Paths, rows: pl.DataFrame, quarantine: pl.DataFrame, result: DeliveryResult
) -> None:
    """`bronze/{feed}/{delivery_id}/` with rows, quarantine and delivery.json."""
    staging = _fresh(paths, result.feed)
    write_parquet(rows, staging / ROWS_FILE)
    write_parquet(quarantine, staging / QUARANTINE_FILE)
    (staging / RECORD).write_text(to_json(result.record()), encoding="utf-8")
    _publish(staging, paths.bronze / result.feed / result.delivery_id)


def empty_bronze(paths: Paths, feed: Feed) -> None:
    """`bronze/{feed}/_empty/`: both files without rows, so that every glob finds the columns of the contract.

    Written anew when the contract has changed.
    """
    folder = paths.bronze / feed.code / EMPTY
    schemas = {ROWS_FILE: rows_schema(feed), QUARANTINE_FILE: QUARANTINE}
    if all((folder / f).is_file() and pl.read_parquet_schema(folder / f) == s for f, s in schemas.items()):
        return
    staging = _fresh(paths, feed.code)
    for name, schema in schemas.items():
        write_parquet(pl.DataFrame(schema=schema), staging / name)
    shutil.rmtree(folder, ignore_errors=True)
    _publish(staging, folder)


def write_parquet(frame: pl.DataFrame, file: Path) -> None:
    """One chunk, fixed row groups: the bytes depend on the content alone."""
    frame.rechunk().write_parquet(
        file, compression="zstd", compression_level=1, statistics=True, row_group_size=_ROW_GROUP
    )


def _fresh(paths: Paths, feed_code: str) -> Path:
    """An empty folder outside every glob; what a killed run left in it may go."""
    staging = paths.bronze / ".writing" / feed_code
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    return staging


def _publish(staging: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    staging.rename(target)
