"""How many of the files there are to read have been read.

Belongs here: counting from outside, for a reader is a process that may die. Does not belong here: reading.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from pipelines.kit.paths import Paths

# (read, of so many, which feeds are being read)
OnProgress = Callable[[int, int, str], None]


class Tally:
    """Files read of each feed: as many as deliveries have come to stand in its bronze, all of them once it is done."""

    def __init__(self, paths: Paths, files: Mapping[str, int], on_progress: OnProgress) -> None:
        self._bronze, self._files, self._tell = paths.bronze, files, on_progress
        self._before: dict[str, int] = {}
        self._done: set[str] = set()

    def begin(self, feed: str) -> None:
        """The feed is read from now on."""
        self._before[feed] = _deliveries(self._bronze / feed)
        self.tell()

    def end(self, feed: str) -> None:
        """Nothing of the feed is left to read."""
        self._done.add(feed)
        self.tell()

    def tell(self) -> None:
        """Tell how far all of them are."""
        in_hand = sorted(self._before.keys() - self._done)
        read = sum(self._files[feed] for feed in self._done) + sum(map(self._read, in_hand))
        self._tell(read, sum(self._files.values()), "、".join(in_hand))

    def _read(self, feed: str) -> int:
        return min(self._files[feed], max(0, _deliveries(self._bronze / feed) - self._before[feed]))


def _deliveries(folder: Path) -> int:
    try:
        return sum(1 for _ in folder.iterdir())
    except FileNotFoundError:
        return 0
