"""Worker processes of a run.

Belongs here: how they start and end, and what memory they may take. Does not belong here: what they do; a module
whose functions they call stays light, for each of them imports it.
"""

import multiprocessing
import os
import resource
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from pathlib import Path
from typing import Any

# Where memory ends, the kernel ends a reader before the run that waits for it.
_EXPENDABLE = "500"


def pool(workers: int, memory: int | None = None) -> ProcessPoolExecutor:
    """Processes that start empty, since a fork of threaded libraries may hang, and end when their parent is killed: a
    run that follows must not find them writing. `memory`: bytes of data each may hold."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, context, initializer=_begin, initargs=(memory,))


class Apart:
    """A process that may die alone, started on first use and again after it has died."""

    def __init__(self, memory: int) -> None:
        self._memory = memory
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> "Apart":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(self, function: Callable, *args: Any) -> Any:
        """What the function returns or raises; BrokenProcessPool when its process died, also for want of memory."""
        self._pool = self._pool or pool(1, self._memory)
        try:
            return self._pool.submit(_call, function, *args).result()
        except BrokenProcessPool:
            self.close()
            raise

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


def _call(function: Callable, *args: Any) -> Any:
    try:
        return function(*args)
    except MemoryError:  # libraries that find none end their process by themselves
        os._exit(1)


def _begin(memory: int | None) -> None:
    threading.Thread(target=_await_parent, daemon=True).start()
    if memory is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with suppress(ValueError, OSError):  # not every system can limit it
            resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
            Path("/proc/self/oom_score_adj").write_text(_EXPENDABLE)


def _await_parent() -> None:
    multiprocessing.parent_process().join()
    os._exit(1)
