"""Many feeds, side by side in worker processes where there is enough to read.

Belongs here: how many processes, which feed first. A feed writes nothing outside folders of its own, so feeds do not
meet; the caller holds the lake.
"""

import os
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import as_completed
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from pathlib import Path

from pipelines.contracts import Feed
from pipelines.feeds.one import FeedState, bring
from pipelines.feeds.stale import clear, in_bronze, mark
from pipelines.incidents import is_ours
from pipelines.landing import dropped, landed
from pipelines.paths import Paths
from pipelines.quiet import quiet
from pipelines.workers import pool

# Each may hold 2 GB over a city-wide file.
MOST_WORKERS = 4
# A file costs as much as so many bytes more of it would, and with less than a pool's start there is none.
_FILE = 100_000
_WORTH_A_POOL = 15_000_000


def bring_all(
    paths: Paths, feeds: Sequence[Feed], as_of: date, workers: int | None = None
) -> Iterator[tuple[Feed, FeedState | BaseException]]:
    """Every feed with its state, or with what stopped it, as they are finished. One that fails stops no other: its last
    good version stands, and `stale.stale_feeds` names it. Files still being written are left for the next time."""
    settled = quiet(file for feed in feeds for file in dropped(paths.drop / feed.code))
    before = {feed.code: in_bronze(paths, feed) for feed in feeds}
    for feed, state in _brought(paths, feeds, as_of, settled, workers):
        if isinstance(state, BaseException):
            mark(paths, feed, as_of, state, before[feed.code])
        else:
            clear(paths, feed)
        yield feed, state


def _brought(
    paths: Paths, feeds: Sequence[Feed], as_of: date, settled: Collection[Path], workers: int | None
) -> Iterator[tuple[Feed, FeedState | BaseException]]:
    work = {feed.code: unread(paths, feed) for feed in feeds}
    workers = min(workers or len(os.sched_getaffinity(0)), MOST_WORKERS, sum(map(bool, work.values())))
    if workers < 2 or sum(work.values()) < _WORTH_A_POOL:
        for feed in feeds:
            try:
                yield feed, bring(paths, feed, as_of, settled)
            except BaseException as error:  # a reader's panic is no Exception; whatever it is, the others go on
                if not isinstance(error, Exception) and is_ours(error):
                    raise
                yield feed, error
        return
    largest_first, killed = sorted(feeds, key=lambda feed: -work[feed.code]), []
    for feed, state in _side_by_side(paths, largest_first, as_of, settled, workers):
        if isinstance(state, BrokenProcessPool):
            killed.append(feed)
        else:
            yield feed, state
    for feed in killed:  # by one of them, and only alone can be told which
        yield from _side_by_side(paths, [feed], as_of, settled, 1)


def _side_by_side(
    paths: Paths, feeds: Sequence[Feed], as_of: date, settled: Collection[Path], workers: int
) -> Iterator[tuple[Feed, FeedState | BaseException]]:
    readers = pool(workers)
    try:
        running = {readers.submit(bring, paths, feed, as_of, settled): feed for feed in feeds}
        for future in as_completed(running):
            yield running[future], future.exception() or future.result()
    finally:
        readers.shutdown(cancel_futures=True)


def unread(paths: Paths, feed: Feed) -> int:
    """What there is to read of a feed: its bytes, and so many more a file."""
    bronze = paths.bronze / feed.code
    sizes = [file.lstat().st_size for file in dropped(paths.drop / feed.code)]
    sizes += [d.size for d in landed(paths, feed.code) if not (bronze / d.delivery_id).is_dir()]
    return sum(size + _FILE for size in sizes)
