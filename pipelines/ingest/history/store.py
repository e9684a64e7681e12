"""Files of what a delivery changed: `history/{feed}/changes/{delivery}/`.

Belongs here: their columns, writing and reading them. Does not belong here: what is in them.
`changes.parquet` (one row a changed record), `key_changes.parquet`, `deleted.bin` (sorted keys, to tell who returns),
`changes.json` (what it was compared with, the counts, how long the others are). All but the last are only there where
they have something to say: every file costs, and townships send a hundred deliveries a month.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from pipelines.ingest.bronze.store import EMPTY, ParquetRows
from pipelines.ingest.history.compare import DELETED, KINDS, Changes
from pipelines.ingest.history.said import Said, Source, believed, fresh, publish
from pipelines.kit.contracts import Feed
from pipelines.kit.paths import Paths

CHANGES_FILE, KEY_CHANGES_FILE = "changes.parquet", "key_changes.parquet"
_GONE_FILE, _RECORD = "deleted.bin", "changes.json"
_ABOUT = {
    "feed": pl.String,
    "scope": pl.String,
    "period": pl.String,
    "delivery_id": pl.String,
    "delivered_on": pl.Date,
    "ordinal": pl.Int64,
}
CHANGES = pl.Schema(
    {
        "record_key": pl.String,
        "kind": pl.String,
        "columns": pl.String,
        "source_ref": pl.String,
        "previous_ref": pl.String,
        **_ABOUT,
    }
)
KEY_CHANGES = pl.Schema(
    {
        "subject": pl.String,
        "is_said": pl.Boolean,
        "old_key": pl.String,
        "new_key": pl.String,
        "source_ref": pl.String,
        **_ABOUT,
    }
)


def changes_folder(paths: Paths, feed: Feed) -> Path:
    """Where the changes of a feed lie, one folder a delivery."""
    return paths.history / feed.code / "changes"


def read_record(folder: Path) -> dict:
    """changes.json of a delivery; empty where there is none, or anything beside it is damaged."""
    return believed(folder, _RECORD)


def read_gone(folder: Path) -> np.ndarray:
    """Sorted keys a delivery deleted."""
    file = folder / _GONE_FILE
    return np.fromfile(file, dtype="S16") if file.is_file() else np.empty(0, dtype="S16")


class ChangesDraft:
    """The changes of one delivery being written; they appear with `publish`.

    `about`: scope, period, delivered_on and ordinal, the same in every row.
    """

    def __init__(self, paths: Paths, source: Source, about: Mapping) -> None:
        self._folder = fresh(paths, source.feed)
        self._target = changes_folder(paths, source.feed) / source.head
        self._source = source
        self._about = {"feed": source.feed.code, "delivery_id": source.head, **about}
        self._rows = _Lazy(self._folder / CHANGES_FILE, CHANGES)
        self._gone: list[np.ndarray] = []
        self.counts = dict.fromkeys(KINDS, 0)

    def count(self, part: Changes) -> None:
        """Count changes, and remember what was deleted."""
        for place, kind in enumerate(KINDS):
            self.counts[kind] += int(np.count_nonzero(part.kind == place))
        self._gone.append(part.keys[part.kind == KINDS.index(DELETED)])

    def add(self, part: Changes, now: Said, layers: Sequence[Said], sources: Sequence[Source]) -> None:
        """Write changes; `sources` belong to `layers`."""
        if not len(part.keys):
            return
        frame = pl.DataFrame(
            {
                "record_key": hexadecimal(part.keys),
                "kind": pl.Series(np.array(KINDS)[part.kind], dtype=pl.String),
                "columns": _columns(part, now, layers, self._source.compared),
                "source_ref": _references(part.now, now, self._source),
                "previous_ref": _previous(part, layers, sources),
            }
        )
        self._rows.add(complete(frame, self._about, CHANGES))

    def publish(self, key_changes: Iterable[pl.DataFrame], record: Mapping) -> None:
        """Write the rest. Frames of key changes lack the columns that are the same in every row."""
        self._rows.close()
        rows = _Lazy(self._folder / KEY_CHANGES_FILE, KEY_CHANGES)
        for frame in key_changes:
            if frame.height:
                rows.add(complete(frame, self._about, KEY_CHANGES))
        rows.close()
        if any(map(len, self._gone)):
            np.sort(np.concatenate(self._gone)).tofile(self._folder / _GONE_FILE)
        publish(self._folder, self._target, _RECORD, record)


class _Lazy:
    """ParquetRows without a file where there are no rows: many deliveries change nothing."""

    def __init__(self, file: Path, schema: pl.Schema) -> None:
        self._file, self._schema = file, schema
        self._rows: ParquetRows | None = None

    def add(self, frame: pl.DataFrame) -> None:
        self._rows = self._rows or ParquetRows(self._file, self._schema)
        self._rows.add(frame)

    def close(self) -> None:
        if self._rows:
            self._rows.close()


def empty_history(paths: Paths, feed: Feed) -> None:
    """`changes/_empty/`: both files without rows, so that every glob finds some."""
    folder = changes_folder(paths, feed) / EMPTY
    record = {"feed": feed.code}
    if believed(folder, _RECORD) == record:
        return
    staging = fresh(paths, feed)
    ParquetRows(staging / CHANGES_FILE, CHANGES).close()
    ParquetRows(staging / KEY_CHANGES_FILE, KEY_CHANGES).close()
    publish(staging, folder, _RECORD, record)


def hexadecimal(keys: np.ndarray) -> pl.Series:
    """Keys as bronze spells them: 32 hexadecimal digits."""
    buffer = pa.py_buffer(np.ascontiguousarray(keys).tobytes())
    fixed = pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), len(keys), [None, buffer])
    return pl.Series("key", pl.from_arrow(fixed.cast(pa.binary())), dtype=pl.Binary).bin.encode("hex")


def complete(frame: pl.DataFrame, about: Mapping, schema: pl.Schema) -> pl.DataFrame:
    """The frame with the columns that are the same in every row, in the order of the schema."""
    same = {name: pl.lit(value, dtype=schema[name]) for name, value in about.items()}
    return frame.select(same.get(name, pl.col(name).cast(kind)).alias(name) for name, kind in schema.items())


def about(scope: str, period: str, delivered_on: str, ordinal: int) -> dict:
    """What all changes of a delivery share."""
    return {
        "scope": scope,
        "period": period,
        "delivered_on": date.fromisoformat(delivered_on),
        "ordinal": ordinal,
    }


def _references(places: np.ndarray, said: Said, source: Source) -> list[str | None]:
    texts: list[str | None] = [None] * len(places)
    known = np.flatnonzero(places >= 0)
    for at, text in zip(known.tolist(), source.references(said.rows[places[known]]), strict=True):
        texts[at] = text
    return texts


def _previous(part: Changes, layers: Sequence[Said], sources: Sequence[Source]) -> list[str | None]:
    texts: list[str | None] = [None] * len(part.keys)
    for number, (layer, source) in enumerate(zip(layers, sources, strict=True)):
        here = np.flatnonzero(part.layer == number)
        for at, text in zip(here.tolist(), source.references(layer.rows[part.before[here]]), strict=True):
            texts[at] = text
    return texts


def _columns(part: Changes, now: Said, layers: Sequence[Said], names: Sequence[str]) -> list[str | None]:
    """Names of the columns in which a changed record differs, joined by a comma; None for other kinds."""
    texts: list[str | None] = [None] * len(part.keys)
    for number, layer in enumerate(layers):
        here = np.flatnonzero((part.layer == number) & (part.kind == KINDS.index("changed")))
        differs = layer.rows[part.before[here]]["cells"] != now.rows[part.now[here]]["cells"]
        patterns, which = np.unique(differs, axis=0, return_inverse=True)
        words = [",".join(n for n, d in zip(names, pattern, strict=True) if d) for pattern in patterns.tolist()]
        for at, word in zip(here.tolist(), which.ravel().tolist(), strict=True):
            texts[at] = words[word]
    return texts
