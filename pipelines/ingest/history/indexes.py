"""The indexes of one feed, made from bronze where they are not there yet.

Belongs here: reading bronze for them, many small deliveries at a time. Does not belong here: their shape (said.py).
Townships send a hundred files of twenty rows: one by one, each would cost a query, so small ones share one. A large
one is read by itself, as a stream that DuckDB sorts within its memory.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

from pipelines.ingest.bronze import store
from pipelines.ingest.history.said import (
    CHANGE_TYPE,
    DELETED,
    KEY,
    KEYS_FILE,
    RECORD,
    ROWS_FILE,
    Said,
    Source,
    believed,
    cell,
    fresh,
    publish,
    read_said,
    rows_type,
    said_folder,
)  # fmt: skip
from pipelines.ingest.history.spill import Spilling, spilling
from pipelines.kit.contracts import Feed
from pipelines.kit.paths import Paths

_BATCH = 200_000
# Bytes of Parquet that are read into memory at once; ten times as much when unpacked.
_TOGETHER = 8_000_000
_NUMBERS = ("part", "row", "sheet", "deleted")


class Indexes:
    """The indexes of one feed. Those that are not there, or were made by another DuckDB, are made from bronze."""

    def __init__(self, paths: Paths, feed: Feed) -> None:
        self._paths, self._feed = paths, feed
        self._bronze = paths.bronze / feed.code
        self._opened = ExitStack()

    def close(self) -> None:
        """Let go of DuckDB."""
        self._opened.close()

    @cached_property
    def _spilling(self) -> Spilling:
        """Opened for the first index to be made: most runs make none."""
        return self._opened.enter_context(spilling(self._paths, self._feed, "sorting"))

    def prepare(self, sources: Iterable[Source]) -> None:
        """Make those that are not there; `said` can then be asked for each of them."""
        lacking = [s for s in sources if not self._is_made(s)]
        for together in _batches(lacking, [self._size(s) for s in lacking]):
            self._make(together)

    def said(self, source: Source) -> Said:
        """The index of a delivery that was prepared."""
        return read_said(self._folder(source), len(source.compared))

    def _folder(self, source: Source) -> Path:
        return said_folder(self._paths, self._feed) / source.head

    def _is_made(self, source: Source) -> bool:
        return believed(self._folder(source), RECORD) == _description(source)

    def _files(self, source: Source) -> list[str]:
        return [str(self._bronze / folder / store.ROWS_FILE) for folder in source.folders]

    def _size(self, source: Source) -> int:
        return sum(Path(file).stat().st_size for file in self._files(source))

    def _make(self, sources: Sequence[Source]) -> None:
        staging = fresh(self._paths, self._feed)
        for source in sources:
            (staging / source.head).mkdir()
        last = None
        for number, keys, rows in self._rows(sources):
            is_first = np.concatenate([[last != (number, keys[0])], keys[1:] != keys[:-1]])
            folder = staging / sources[number].head
            for name, array in ((KEYS_FILE, keys), (ROWS_FILE, rows)):
                with (folder / name).open("ab") as file:
                    file.write(array[is_first].tobytes())
            last = number, keys[-1]
        for source in sources:
            folder = staging / source.head
            if not (folder / KEYS_FILE).exists():
                (folder / KEYS_FILE).touch()
                (folder / ROWS_FILE).touch()
            publish(folder, self._folder(source), RECORD, _description(source))

    def _rows(self, sources: Sequence[Source]) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
        """(place of the source, keys, rows), some at a time; of each source in order of key, its last row first."""
        parts = [(d, n, p) for n, s in enumerate(sources) for p, d in enumerate(s.delivery_ids)]
        places = pl.DataFrame(parts, schema=["_delivery_id", "_number", "_part"], orient="row")
        told = self._spilling.given("places", places)
        found = self._spilling.con.execute(_sql(self._relation(sources), told, sources[0]))
        kind = rows_type(len(sources[0].compared))
        for batch in found.to_arrow_reader(_BATCH):
            numbers, keys, rows = _arrays(batch, kind)
            edges = np.flatnonzero(np.diff(numbers)) + 1
            for start, end in zip([0, *edges], [*edges, len(numbers)], strict=True):
                if end > start:
                    yield int(numbers[start]), keys[start:end], rows[start:end]

    def _relation(self, sources: Sequence[Source]) -> str:
        """SQL of the rows in bronze, with the columns of the contract."""
        files = [str(self._bronze / store.EMPTY / store.ROWS_FILE), *(f for s in sources for f in self._files(s))]
        if len(sources) > 1 and (frame := _together(files, sources[0])) is not None:
            return self._spilling.given("together", frame)
        return f"read_parquet({files}, union_by_name = true)"


def _description(source: Source) -> dict:
    """What an index was made of, and by what."""
    return {
        "duckdb": duckdb.__version__,
        "folders": list(source.folders),
        "keys": list(source.feed.key_columns),
        "compared": list(source.compared),
    }


def _batches(sources: Sequence[Source], sizes: Sequence[int]) -> Iterator[list[Source]]:
    batch, held = [], 0
    for source, size in zip(sources, sizes, strict=True):
        if batch and held + size > _TOGETHER:
            yield batch
            batch, held = [], 0
        batch.append(source)
        held += size
    if batch:
        yield batch


def _together(files: Sequence[str], source: Source) -> pl.DataFrame | None:
    """Many small files at once, ten times as fast as DuckDB opens them; None where an earlier contract wrote one of
    them, which DuckDB unites with the others."""
    wanted = ["_delivery_id", "_record_key", "_row", "_source_ref", *source.compared]
    deletes = [CHANGE_TYPE] if CHANGE_TYPE in source.feed.by_name else []
    try:
        return pl.read_parquet(files, columns=[*wanted, *deletes])
    except pl.exceptions.PolarsError:
        return None


def _sql(relation: str, places: str, source: Source) -> str:
    """Rows in order of key, of each key the last one first, as the models choose it (macro current_rows)."""
    cells = "".join(f", {cell(name)}" for name in source.compared)
    is_deleted = f"coalesce({CHANGE_TYPE}, '') = '{DELETED}'" if CHANGE_TYPE in source.feed.by_name else "false"
    return f"""
        SELECT CAST(_number AS UINTEGER) AS number, unhex(_record_key) AS key,
            CAST(_part AS USMALLINT) AS part, CAST(_row AS UINTEGER) AS "row",
            CAST(coalesce(nullif(split_part(_source_ref, '@', 2), ''), '1') AS UTINYINT) AS sheet,
            CAST({is_deleted} AS UTINYINT) AS deleted{cells}
        FROM {relation} JOIN {places} USING (_delivery_id)
        ORDER BY number, key, part DESC, "row" DESC, split_part(_source_ref, '@', 2)"""


def _arrays(batch: pa.RecordBatch, kind: np.dtype) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places of the sources, keys, and what stands beside them."""
    fixed = batch.column(1).cast(pa.binary(KEY.itemsize))
    rows = np.empty(batch.num_rows, dtype=kind)
    for place, name in enumerate(_NUMBERS, start=2):
        rows[name] = _plain(batch.column(place), _plain_type(kind[name]))
    for place in range(kind["cells"].shape[0]):
        rows["cells"][:, place] = _plain(batch.column(place + 2 + len(_NUMBERS)), np.dtype("<u4"))
    return _plain(batch.column(0), np.dtype("<u4")), _plain(fixed, KEY), rows


def _plain_type(kind: np.dtype) -> np.dtype:
    """DuckDB hands truth out as a number: Arrow packs it into bits."""
    return np.dtype("u1") if kind == np.dtype("?") else kind


def _plain(column: pa.Array, kind: np.dtype) -> np.ndarray:
    """A column of fixed width without nulls as it lies in memory; Arrow's own way loads pandas first."""
    return np.frombuffer(column.buffers()[1], dtype=kind, count=len(column) + column.offset)[column.offset :]
