"""Worker processes of a run.

Belongs here: how they start and end. Does not belong here: what they do; a module whose functions they call stays
light, for each of them imports it.
"""

import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor


def pool(workers: int) -> ProcessPoolExecutor:
    """Processes that start empty, since a fork of threaded libraries may hang, and end when their parent is killed: a
    run that follows must not find them writing."""
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_end_with_parent)


def _end_with_parent() -> None:
    threading.Thread(target=_await_parent, daemon=True).start()


def _await_parent() -> None:
    multiprocessing.parent_process().join()
    os._exit(1)
