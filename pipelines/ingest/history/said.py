"""What one delivery says, by key: the index that later deliveries are compared with.

Belongs here: its shape, and where it lies. Does not belong here: making it (indexes.py), any comparison (compare.py).
Two files of fixed width, sorted by key and mapped into memory, so that looking n keys up among N costs n·log N
and touches no more than that: a delta does not pay for the stock. A column stands as 32 bits of its hash.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from pipelines.kit.contracts import Feed
from pipelines.kit.paths import Paths
from pipelines.kit.records import read_record
from pipelines.kit.whole_files import fresh_folder, publish_folder

CHANGE_TYPE, DELETED = "change_type", "删除"
KEY = np.dtype("S16")
KEYS_FILE, ROWS_FILE, RECORD = "keys.bin", "rows.bin", "said.json"
_SIZES = "sizes"


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
        return con.execute(f"SELECT {cell('CAST(NULL AS VARCHAR)')}").fetchone()[0]


def said_folder(paths: Paths, feed: Feed) -> Path:
    """Where the indexes of a feed lie, one folder a delivery."""
    return paths.history / feed.code / "said"


def fresh(paths: Paths, feed: Feed, purpose: str = "writing") -> Path:
    """An empty folder of the feed outside every glob; what a killed run left in it may go."""
    return fresh_folder(paths.history / ".writing" / feed.code / purpose)


def publish(staging: Path, target: Path, name: str, record: Mapping) -> None:
    """Put a finished folder in its place, with its record under `name`.

    Made from bronze, it waits for no disk: the record says how long every file is, so what power took of one shows.
    """
    told = {**record, _SIZES: _sizes(staging, name)}
    (staging / name).write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)
    publish_folder(staging, target, is_lasting=False)


def believed(folder: Path, name: str) -> dict[str, Any]:
    """The record of a folder all of whose files are as long as it says; empty otherwise, and it is made again."""
    record = read_record(folder / name, dict[str, Any]) or {}
    return record if record.pop(_SIZES, None) == _sizes(folder, name) else {}


def read_said(folder: Path, compared: int) -> Said:
    """The index in a folder, mapped into memory; `compared` columns stand beside each key."""
    return Said(_mapped(folder / KEYS_FILE, KEY), _mapped(folder / ROWS_FILE, rows_type(compared)))


def cell(expression: str) -> str:
    """SQL of what stands in the cells for a value."""
    return f"CAST(hash({expression}) & 4294967295 AS UINTEGER)"


def rows_type(compared: int) -> np.dtype:
    """What stands beside a key."""
    return np.dtype([("part", "<u2"), ("row", "<u4"), ("sheet", "u1"), ("deleted", "?"), ("cells", "<u4", (compared,))])


def _sizes(folder: Path, name: str) -> dict[str, int]:
    """Bytes of every file beside the record."""
    return {f.name: f.stat().st_size for f in sorted(folder.glob("*")) if f.name != name}


def _mapped(file: Path, dtype: np.dtype) -> np.ndarray:
    if not file.stat().st_size:
        return np.empty(0, dtype=dtype)
    return np.memmap(file, dtype=dtype, mode="r").view(np.ndarray)
