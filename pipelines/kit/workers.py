"""Worker processes of a run.

Belongs here: how they start and end, what memory they may take and how long over a file. Does not belong here: what
they do; a module whose functions they call stays light, for each of them imports it.
"""

import multiprocessing
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing.context import SpawnContext
from pathlib import Path
from typing import Any

from pipelines.kit.paths import PROJECT_ROOT

# What a reader may hold: over a city-wide file it takes 2 GB, and libraries claim twice of what they hold.
READER_MEMORY = 6 << 30
# Seconds a reader may take over a file, once and again for every so many bytes of it: no sound file takes a tenth.
READER_PATIENCE = 900.0
_BYTES = 50_000_000
# Where memory ends, the kernel ends a reader before the run that waits for it.
_EXPENDABLE = "500"


# That of this process, where it may die alone.
_patience: float | None = None


def spawning() -> SpawnContext:
    """How our processes start. They find our modules on the path of this one, where Dagster may have put the project
    for an import alone."""
    if str(PROJECT_ROOT) not in sys.path:
        sys.path.append(str(PROJECT_ROOT))
    return multiprocessing.get_context("spawn")


def pool(workers: int, memory: int | None = None, patience: float | None = None) -> ProcessPoolExecutor:
    """Processes that start empty, since a fork of threaded libraries may hang, and end when their parent is killed: a
    run that follows must not find them writing. `memory`: bytes of data each may hold; `patience`: as in `hurried`."""
    context = spawning()
    return ProcessPoolExecutor(workers, context, initializer=_begin, initargs=(memory, patience))


class Apart:
    """A process that may die alone, started on first use and again after it has died."""

    def __init__(self, memory: int = READER_MEMORY, patience: float = READER_PATIENCE) -> None:
        self._memory, self._patience = memory, patience
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> "Apart":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(self, function: Callable, *args: Any) -> Any:
        """What the function returns or raises; BrokenProcessPool when its process died, also for want of memory or
        time."""
        self._pool = self._pool or pool(1, self._memory, self._patience)
        try:
            return self._pool.submit(_call, function, *args).result()
        except BrokenProcessPool:
            self.close()
            raise

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


@contextmanager
def hurried(size: int) -> Iterator[None]:
    """What is done with a file of so many bytes, in a process that may die alone: it dies when that takes too long. The
    kernel ends it, for a library that hangs lets no clock of Python's go on. Elsewhere nothing is limited."""
    if _patience is None:
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, _patience * (1 + size / _BYTES))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _call(function: Callable, *args: Any) -> Any:
    try:
        return function(*args)
    except MemoryError:  # libraries that find none end their process by themselves
        os._exit(1)


def _begin(memory: int | None, patience: float | None) -> None:
    global _patience
    _patience = patience
    threading.Thread(target=_await_parent, daemon=True).start()
    if memory is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with suppress(ValueError, OSError):  # not every system can limit it
            resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
            Path("/proc/self/oom_score_adj").write_text(_EXPENDABLE)


def _await_parent() -> None:
    multiprocessing.parent_process().join()
    os._exit(1)
