"""Sizes of the shared strings of an old workbook (xls), from the records of their table ([MS-XLS] 2.5.293).

Belongs here: stepping over the strings, which may run on in the next record. Does not belong here: their text.
"""

import struct
from collections.abc import Sequence

_WIDE, _EXTRA, _RUNS = 1, 4, 8
_RUN_SIZE = 4


def string_sizes(records: Sequence[bytes]) -> list[int]:
    """Bytes every string takes at most as UTF-8, in order; `records` are the table and what continues it.

    Raises struct.error, IndexError for a damaged table.
    """
    if not records:
        return []
    table = _Table(records)
    count = struct.unpack("<I", table.take(8)[4:])[0]
    sizes = []
    for _ in range(count):
        if table.is_read:
            break
        length, flags = struct.unpack("<HB", table.take(3))
        runs = struct.unpack("<H", table.take(2))[0] if flags & _RUNS else 0
        extra = struct.unpack("<I", table.take(4))[0] if flags & _EXTRA else 0
        table.skip_text(length, flags & _WIDE)
        table.skip(runs * _RUN_SIZE + extra)
        sizes.append(3 * length)
    return sizes


class _Table:
    """The records as one, with a place in it."""

    def __init__(self, records: Sequence[bytes]) -> None:
        self._records, self._record, self._place = records, 0, 0

    @property
    def is_read(self) -> bool:
        return self._record == len(self._records) - 1 and self._left == 0

    @property
    def _left(self) -> int:
        return len(self._records[self._record]) - self._place

    def take(self, size: int) -> bytes:
        """A header: it never runs on."""
        self._turn()
        body = self._records[self._record][self._place : self._place + size]
        self._place += size
        return body

    def skip(self, size: int) -> None:
        while size:
            self._turn()
            step = min(size, self._left)
            self._place, size = self._place + step, size - step

    def skip_text(self, length: int, is_wide: int) -> None:
        """Where text runs on, the next record says anew whether it is wide."""
        while length:
            if self._turn():
                is_wide = self._records[self._record][self._place] & _WIDE
                self._place += 1
            step = min(length, self._left >> is_wide)
            self._place, length = self._place + (step << is_wide), length - step

    def _turn(self) -> bool:
        """Go to the next record at the end of one. Raises IndexError when there is none."""
        is_over = self._left <= 0
        if is_over:
            self._record, self._place = self._record + 1, 0
            self._records[self._record]
        return is_over
