"""One process at a time: a lock of the operating system, which a killed process gives back.

Belongs here: waiting for one, and saying so. Does not belong here: what is done meanwhile.
"""

import fcntl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

# By which thread of this process.
_held: dict[Path, int] = {}


@contextmanager
def alone(file: Path, on_wait: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold the lock; where another process has it, wait, after `on_wait`. Its thread may take it again."""
    if _held.get(file) == threading.get_ident():
        yield
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(lock, fcntl.LOCK_EX)
        _held[file] = threading.get_ident()
        try:
            yield
        finally:
            del _held[file]
