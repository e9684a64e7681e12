"""How many different keys a delivery has, and the smallest of them, in bounded memory.

Belongs here: counting. Does not belong here: what a key is (kit.keys), what follows from repeats (breakers.py).
Keys are told apart by their first eight bytes; among a hundred million, two would be taken for one once in 4,000
deliveries.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

HELD = 4_000_000
# By their first four bits: a set of millions is several times as large as its members.
_PARTS = 16
_SHIFT = np.uint64(60)


class DistinctKeys:
    """Counts keys (hexadecimal, at least 16 digits); beyond HELD of them they go to files in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: list[np.ndarray] = []
        self._waiting = 0
        self._spilt = False

    def add(self, keys: pl.Series) -> None:
        """Keys of some rows."""
        self._held.append(keys.str.head(16).str.to_integer(base=16, dtype=pl.UInt64).to_numpy())
        self._waiting += keys.len()
        if self._waiting > HELD:
            self._spill()

    def finish(self, smallest: int) -> tuple[int, pl.Series]:
        """(how many distinct ones, the `smallest` of them as sorted numbers)."""
        count, least = 0, np.empty(0, np.uint64)
        for keys in self._parts():
            distinct = np.unique(keys)
            count += len(distinct)
            least = np.concatenate([least, distinct[: smallest - len(least)]])
        return count, pl.Series("key", least, dtype=pl.UInt64)

    def _parts(self) -> Iterator[np.ndarray]:
        """All keys, those of one part at a time; the parts in order."""
        held = np.concatenate([np.empty(0, np.uint64), *self._held])
        if not self._spilt:
            yield held
            return
        for part in range(_PARTS):
            yield np.concatenate([held[held >> _SHIFT == part], np.fromfile(self._file(part), np.uint64)])

    def _spill(self) -> None:
        keys = np.concatenate(self._held)
        for part in range(_PARTS):
            with self._file(part).open("ab") as out:
                out.write(keys[keys >> _SHIFT == part].tobytes())
        self._held, self._waiting, self._spilt = [], 0, True

    def _file(self, part: int) -> Path:
        return self._folder / f"keys.{part}"
