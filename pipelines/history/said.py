"""What one delivery says, by key: the index that later deliveries are compared with.

Belongs here: making and reading it. Does not belong here: any comparison (compare.py).
Two files of fixed width, sorted by key and mapped into memory, so that looking n keys up among N costs n·log N
and touches no more than that: a delta does not pay for the stock. A column stands as 32 bits of its hash.
"""

import json
import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from pipelines.bronze.store import EMPTY, ROWS_FILE
from pipelines.contracts import Feed
from pipelines.paths import Paths

CHANGE_TYPE, DELETED = "change_type", "删除"
_KEY = np.dtype("S16")
_BATCH = 200_000
# Enough for a sort of millions of rows; beyond it DuckDB spills to disk.
_MEMORY = "1GB"


@dataclass(frozen=True)
class Said:
    """Distinct keys of a delivery in order (16 bytes each) and, beside each, its last row in the delivery.

    `rows`: `part` is the place of the file within the delivery, `row` and `sheet` the place within the file,
    `deleted` whether the row deletes, `cells` one number a compared column.
    """

    keys: np.ndarray
    rows: np.ndarray

    def find(self, wanted: np.ndarray) -> np.ndarray:
        """Place of each wanted key, -1 where it is not said."""
        if not len(self.keys) or not len(wanted):
            return np.full(len(wanted), -1, dtype=np.int64)
        at = np.searchsorted(self.keys, wanted)
        at[at == len(self.keys)] = 0
        return np.where(self.keys[at] == wanted, at, -1)


@dataclass(frozen=True)
class Source:
    """A logical delivery to be indexed: its folders in bronze and its delivery ids, in order of page."""

    feed: Feed
    folders: tuple[str, ...]
    delivery_ids: tuple[str, ...]

    @property
    def head(self) -> str:
        """The id the delivery is known by."""
        return self.delivery_ids[0]

    @cached_property
    def compared(self) -> tuple[str, ...]:
        """Columns whose values are compared: all but the key and the word that says what a delta row does."""
        return compared_columns(self.feed)

    def references(self, rows: np.ndarray) -> list[str]:
        """Source references of rows, as bronze spells them."""
        parts, numbers, sheets = rows["part"].tolist(), rows["row"].tolist(), rows["sheet"].tolist()
        heads = [f"{self.feed.code}/{d}/" for d in self.delivery_ids]
        return [
            f"{heads[p]}{n}" if s < 2 else f"{heads[p]}{n}@{s}" for p, n, s in zip(parts, numbers, sheets, strict=True)
        ]


def compared_columns(feed: Feed) -> tuple[str, ...]:
    """Names of the columns a change is told by, in contract order."""
    left_out = {*feed.key_columns, CHANGE_TYPE}
    return tuple(c.name for c in feed.columns if c.name not in left_out)


@cache
def cell_of_null() -> int:
    """What stands in the cells for a blank text."""
    with duckdb.connect() as con:
        return con.execute(f"SELECT {_cell('CAST(NULL AS VARCHAR)')}").fetchone()[0]


class Indexes:
    """The indexes of one feed. Those that are not there, or were made by another DuckDB, are made from bronze."""

    def __init__(self, paths: Paths, feed: Feed) -> None:
        self._paths, self._feed = paths, feed
        self._opened = ExitStack()

    def close(self) -> None:
        """Let go of DuckDB."""
        self._opened.close()

    @cached_property
    def _con(self) -> duckdb.DuckDBPyConnection:
        """Opened for the first index to be made: most runs make none."""
        scratch = str(self._paths.history / ".writing" / "scratch")
        config = {"memory_limit": _MEMORY, "temp_directory": scratch, "preserve_insertion_order": False}
        return self._opened.enter_context(duckdb.connect(config=config))

    def said(self, source: Source) -> Said:
        """The index of one delivery, mapped into memory."""
        folder = said_folder(self._paths, self._feed) / source.head
        description = {
            "duckdb": duckdb.__version__,
            "folders": list(source.folders),
            "keys": list(source.feed.key_columns),
            "compared": list(source.compared),
        }
        record = folder / "said.json"
        if not record.is_file() or json.loads(record.read_text(encoding="utf-8")) != description:
            self._make(source, folder, description)
        rows_type = _rows_type(len(source.compared))
        return Said(_mapped(folder / "keys.bin", _KEY), _mapped(folder / "rows.bin", rows_type))

    def _make(self, source: Source, folder: Path, description: dict) -> None:
        staging = fresh(self._paths, source.feed)
        rows_type = _rows_type(len(source.compared))
        last = np.empty(0, dtype=_KEY)
        with (staging / "keys.bin").open("wb") as keys_file, (staging / "rows.bin").open("wb") as rows_file:
            sql = _sql(source, self._paths.bronze / source.feed.code)
            for batch in self._con.execute(sql).to_arrow_reader(_BATCH):
                keys, rows = _arrays(batch, rows_type)
                is_first = np.concatenate([last[:1] != keys[:1] if len(last) else [True], keys[1:] != keys[:-1]])
                keys_file.write(keys[is_first].tobytes())
                rows_file.write(rows[is_first].tobytes())
                last = keys[-1:]
        (staging / "said.json").write_text(json.dumps(description, ensure_ascii=False), encoding="utf-8")
        publish(staging, folder)


def said_folder(paths: Paths, feed: Feed) -> Path:
    """Where the indexes of a feed lie, one folder a delivery."""
    return paths.history / feed.code / "said"


def fresh(paths: Paths, feed: Feed) -> Path:
    """An empty folder outside every glob; what a killed run left in it may go."""
    staging = paths.history / ".writing" / feed.code
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    return staging


def publish(staging: Path, target: Path) -> None:
    """Put a finished folder in its place."""
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    staging.rename(target)


def _sql(source: Source, bronze: Path) -> str:
    """Rows in order of key, of each key the last one first, as the models choose it (macro current_rows)."""
    cells = "".join(f", {_cell(name)}" for name in source.compared)
    is_deleted = f"coalesce({CHANGE_TYPE}, '') = '{DELETED}'" if CHANGE_TYPE in source.feed.by_name else "false"
    pages = " UNION ALL BY NAME ".join(
        f"SELECT {part} AS _part, * FROM read_parquet("
        f"['{bronze / EMPTY / ROWS_FILE}', '{bronze / folder / ROWS_FILE}'], union_by_name = true)"
        for part, folder in enumerate(source.folders)
    )
    return f"""
        SELECT unhex(_record_key) AS key, CAST(_part AS USMALLINT) AS part, CAST(_row AS UINTEGER) AS "row",
            CAST(coalesce(nullif(split_part(_source_ref, '@', 2), ''), '1') AS UTINYINT) AS sheet,
            {is_deleted} AS deleted{cells}
        FROM ({pages})
        ORDER BY key, part DESC, "row" DESC, split_part(_source_ref, '@', 2)"""


def _cell(expression: str) -> str:
    return f"CAST(hash({expression}) & 4294967295 AS UINTEGER)"


def _arrays(batch: pa.RecordBatch, rows_type: np.dtype) -> tuple[np.ndarray, np.ndarray]:
    fixed = batch.column(0).cast(pa.binary(_KEY.itemsize))
    keys = np.frombuffer(fixed.buffers()[1], dtype=_KEY, count=len(fixed) + fixed.offset)[fixed.offset :]
    rows = np.empty(batch.num_rows, dtype=rows_type)
    for place, name in enumerate(("part", "row", "sheet", "deleted"), start=1):
        rows[name] = batch.column(place).to_numpy(zero_copy_only=False)
    for place in range(rows_type["cells"].shape[0]):
        rows["cells"][:, place] = batch.column(place + 5).to_numpy(zero_copy_only=False)
    return keys, rows


def _rows_type(compared: int) -> np.dtype:
    return np.dtype(
        [("part", "<u2"), ("row", "<u4"), ("sheet", "u1"), ("deleted", "?"), ("cells", "<u4", (compared,))]
    )


def _mapped(file: Path, dtype: np.dtype) -> np.ndarray:
    if not file.stat().st_size:
        return np.empty(0, dtype=dtype)
    return np.memmap(file, dtype=dtype, mode="r").view(np.ndarray)
