"""Writing bronze.

Belongs here: folders, Parquet settings, the empty delivery, the sketch of the keys. Does not belong here: content.
A delivery appears by a rename, whole or not at all, and is written as it is read: a city-wide file never stands in
memory. Equal content gives equal bytes.
"""

import hashlib
import shutil
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.ingest.bronze.points import SCHEMA, is_located
from pipelines.ingest.bronze.result import DeliveryResult
from pipelines.ingest.landing.delivery import RECORD, to_json
from pipelines.ingest.values.schema import QUARANTINE, rows_schema
from pipelines.kit.contracts import Feed
from pipelines.kit.paths import Paths
from pipelines.kit.whole_files import fresh_folder, publish_folder

ROWS_FILE = "rows.parquet"
QUARANTINE_FILE = "quarantine.parquet"
SKETCH_FILE = "keys.parquet"
PEOPLE_FILE = "people.parquet"
POINTS_FILE = "points.parquet"
EMPTY = "_empty"
_ROW_GROUP = 122_880
_UNIQUE = ("_row", "_record_key", "_source_ref", "row", "message", "raw")


class Draft:
    """A delivery being written, row group by row group; it appears in bronze with `publish`."""

    def __init__(self, paths: Paths, feed: Feed) -> None:
        self._paths, self._feed = paths, feed
        self._folder = _fresh(paths, feed.code)
        self.sketch: pl.Series | None = None
        self.people: pl.DataFrame | None = None
        self.points: pl.DataFrame | None = None
        self._open()

    def _open(self) -> None:
        self.rows = ParquetRows(self._folder / ROWS_FILE, rows_schema(self._feed))
        self.entries = ParquetRows(self._folder / QUARANTINE_FILE, QUARANTINE)

    def restart(self) -> None:
        """Forget every row and entry so far."""
        self.rows.close()
        self.entries.close()
        self._open()

    def scratch(self) -> Path:
        """An empty folder for what a reader has to unpack; it is gone when the delivery appears."""
        return _fresh(self._paths, f"{self._feed.code}.unpacked")

    def publish(self, result: DeliveryResult) -> DeliveryResult:
        """`bronze/{feed}/{delivery_id}/` with rows, quarantine and delivery.json, and the samples there are; returns
        what the record says."""
        self.rows.close()
        self.entries.close()
        if self.sketch is not None:
            self.sketch.to_frame().write_parquet(self._folder / SKETCH_FILE)
        if self.people is not None and self.people.height:
            self.people.write_parquet(self._folder / PEOPLE_FILE)
        if self.points is not None:
            self.points.write_parquet(self._folder / POINTS_FILE)
        shutil.rmtree(self._paths.bronze / ".writing" / f"{self._feed.code}.unpacked", ignore_errors=True)
        result = replace(result, digests=digests(self._folder))
        (self._folder / RECORD).write_text(to_json(result.record()), encoding="utf-8")
        publish_folder(self._folder, self._paths.bronze / result.feed / result.folder, RECORD)
        return result


class ParquetRows:
    """One Parquet file that grows; its row groups depend on the rows alone, not on how they came."""

    def __init__(self, file: Path, schema: pl.Schema) -> None:
        self.height = 0
        # A dictionary of values that never repeat costs time and space.
        repeating = [name for name in schema.names() if name not in _UNIQUE]
        self._writer = pq.ParquetWriter(
            file,
            _arrow_schema(tuple(schema.items())),
            use_dictionary=repeating,
            compression="zstd",
            compression_level=1,
        )
        self._waiting: list[pl.DataFrame] = []
        self._waiting_rows = 0

    def add(self, frame: pl.DataFrame) -> None:
        """Append rows of the schema."""
        self.height += frame.height
        self._waiting.append(frame)
        self._waiting_rows += frame.height
        if self._waiting_rows >= _ROW_GROUP:
            waiting = pl.concat(self._waiting)
            full = waiting.height - waiting.height % _ROW_GROUP
            self._write(waiting[:full])
            self._waiting, self._waiting_rows = [waiting[full:]], waiting.height - full

    def close(self) -> None:
        """Write what waits and end the file."""
        if self._waiting_rows:
            self._write(pl.concat(self._waiting))
        self._waiting, self._waiting_rows = [], 0
        self._writer.close()

    def _write(self, frame: pl.DataFrame) -> None:
        self._writer.write_table(_arrow(frame), row_group_size=_ROW_GROUP)


@lru_cache(maxsize=64)
def _arrow_schema(columns: tuple[tuple[str, pl.DataType], ...]) -> pa.Schema:
    return _arrow(pl.DataFrame(schema=columns)).schema


def _arrow(frame: pl.DataFrame) -> pa.Table:
    """With plain strings; Parquet knows no others, and turning them later costs more."""
    return frame.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())


def digests(folder: Path) -> dict[str, str]:
    """The SHA-256 of each Parquet file of a delivery, by name."""
    found = {}
    for file in sorted(folder.glob("*.parquet")):
        with file.open("rb") as reader:
            found[file.name] = hashlib.file_digest(reader, "sha256").hexdigest()
    return found


def discard(paths: Paths, result: DeliveryResult) -> None:
    """Take a delivery out of bronze; it is in landing still."""
    folder = paths.bronze / result.feed / result.folder
    folder.unlink() if folder.is_symlink() else shutil.rmtree(folder)


def read_sketch(paths: Paths, result: DeliveryResult | None) -> pl.Series | None:
    """The sketch of the keys of a delivery; None where it has none."""
    file = result and paths.bronze / result.feed / result.folder / SKETCH_FILE
    return pl.read_parquet(file)["key"] if file and file.is_file() else None


def read_people(paths: Paths, result: DeliveryResult | None) -> pl.DataFrame | None:
    """The sample of people of a delivery; None where it has none."""
    file = result and paths.bronze / result.feed / result.folder / PEOPLE_FILE
    return pl.read_parquet(file) if file and file.is_file() else None


def empty_bronze(paths: Paths, feed: Feed) -> None:
    """`bronze/{feed}/_empty/`: every file without rows, so that every glob finds the columns of the contract.

    Written anew when the contract has changed.
    """
    folder = paths.bronze / feed.code / EMPTY
    schemas = {ROWS_FILE: rows_schema(feed), QUARANTINE_FILE: QUARANTINE}
    schemas |= {POINTS_FILE: SCHEMA} if is_located(feed) else {}
    if all((folder / f).is_file() and pl.read_parquet_schema(folder / f) == s for f, s in schemas.items()):
        return
    staging = _fresh(paths, feed.code)
    for name, schema in schemas.items():
        ParquetRows(staging / name, schema).close()
    shutil.rmtree(folder, ignore_errors=True)
    publish_folder(staging, folder, RECORD)


def _fresh(paths: Paths, feed_code: str) -> Path:
    """An empty folder outside every glob; what a killed run left in it may go."""
    return fresh_folder(paths.bronze / ".writing" / feed_code)
