"""Which file is being read, so that one that ends its reader's process can be named, and is not read again and again.

Belongs here: the note beside bronze, how often a file may do so, what its reader is. Does not belong here: processes
(pipelines.kit.workers), the refusal (judging.py).
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from pipelines.ingest.landing import Delivery
from pipelines.kit.paths import Paths
from pipelines.kit.records import read_record
from pipelines.kit.whole_files import take_away, write_whole
from pipelines.kit.workers import hurried

# The first time it may have been another file's doing, or somebody's; the second time it is read alone.
_MOST_DEATHS = 2
_LIBRARIES = ("python-calamine", "polars", "pyarrow", "olefile", "pyshp")


@dataclass(frozen=True)
class _Note:
    delivery_id: str
    deaths: int


@contextmanager
def being_read(paths: Paths, delivery: Delivery) -> Iterator[None]:
    """Noted while it lasts; where the process dies, also because it takes too long, the note stays."""
    note = _note(paths, delivery.feed)
    deaths = deaths_of(paths, delivery)
    _write(note, delivery.delivery_id, deaths)
    try:
        with hurried(delivery.size) if deaths < _MOST_DEATHS else nullcontext():  # what is only refused is not read
            yield
    finally:
        take_away(note)


def blame(paths: Paths, feed_code: str) -> bool:
    """Count the death of a reader against the file it read; False where it read none, or the file is refused already.

    For the caller that has seen it die: of a run that was killed as a whole nobody says so.
    """
    note = _note(paths, feed_code)
    delivery_id, deaths = _read(note)
    if not delivery_id or deaths >= _MOST_DEATHS:
        return False
    _write(note, delivery_id, deaths + 1)
    return True


def deaths_of(paths: Paths, delivery: Delivery) -> int:
    """How many readers died over it since it was last read through."""
    delivery_id, deaths = _read(_note(paths, delivery.feed))
    return deaths if delivery_id == delivery.delivery_id else 0


def has_killed(paths: Paths, delivery: Delivery) -> bool:
    """Whether it is not to be read."""
    return deaths_of(paths, delivery) >= _MOST_DEATHS


@cache
def reader_version() -> str:
    """Changes with the programs that read files: with ours, and with the libraries that parse."""
    ours = (file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py")))
    digest = hashlib.sha256(b"\0".join(ours))
    digest.update(" ".join(map(version, _LIBRARIES)).encode())
    return digest.hexdigest()[:12]


def _note(paths: Paths, feed_code: str) -> Path:
    return paths.bronze / ".reading" / f"{feed_code}.json"


def _write(note: Path, delivery_id: str, deaths: int) -> None:
    """It has to outlive the process, not the power: no reader is to blame for that."""
    write_whole(note, json.dumps(asdict(_Note(delivery_id, deaths))), is_lasting=False)


def _read(note: Path) -> tuple[str, int]:
    said = read_record(note, _Note) or _Note("", 0)
    return said.delivery_id, said.deaths
