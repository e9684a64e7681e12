"""How many different keys a delivery has, in bounded memory.

Belongs here: counting. Does not belong here: what a key is (pipelines.keys), what follows from repeats (breakers.py).
Keys are told apart by their first eight bytes; among a hundred million, two would be taken for one once in 4,000
deliveries.
"""

from pathlib import Path

import numpy as np
import polars as pl

HELD = 4_000_000
_PARTS = 16


class DistinctKeys:
    """Counts keys (hexadecimal, at least 16 digits); beyond HELD of them they go to files, by their last bits."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: list[np.ndarray] = []
        self._spilt = False

    def add(self, keys: pl.Series) -> None:
        """Keys of some rows."""
        self._held.append(keys.str.head(16).str.to_integer(base=16, dtype=pl.UInt64).to_numpy())
        if sum(map(len, self._held)) > HELD:
            self._spill()

    def count(self) -> int:
        """Distinct ones of all that were added."""
        if not self._spilt:
            return len(np.unique(np.concatenate(self._held))) if self._held else 0
        if self._held:
            self._spill()
        return sum(len(np.unique(np.fromfile(self._file(part), np.uint64))) for part in range(_PARTS))

    def _spill(self) -> None:
        keys = np.concatenate(self._held)
        for part in range(_PARTS):
            with self._file(part).open("ab") as out:
                out.write(keys[keys % _PARTS == part].tobytes())
        self._held, self._spilt = [], True

    def _file(self, part: int) -> Path:
        return self._folder / f"keys.{part}"
