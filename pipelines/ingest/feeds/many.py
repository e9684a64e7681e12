"""Many feeds, side by side in worker processes where there is enough to read, apart where a file may end its reader.

Belongs here: how many processes, which feed first. A feed writes nothing outside folders of its own, so feeds do not
meet; the caller holds the lake.
"""

import os
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from pathlib import Path
from queue import SimpleQueue

from pipelines.ingest.bronze import awaiting
from pipelines.ingest.bronze.reading import blame
from pipelines.ingest.feeds.one import FeedState, bring
from pipelines.ingest.feeds.stale import clear, in_bronze, mark
from pipelines.ingest.feeds.tally import OnProgress, Tally
from pipelines.ingest.formats.kinds import may_unfold
from pipelines.ingest.landing import dropped
from pipelines.kit.contracts import Feed
from pipelines.kit.incidents import is_ours
from pipelines.kit.paths import Paths
from pipelines.kit.quiet import quiet
from pipelines.kit.workers import READER_MEMORY, READER_PATIENCE, Apart

MOST_WORKERS = 4
# A file costs as much as so many bytes more of it would, and with less than a pool's start there is none.
_FILE = 100_000
_WORTH_A_POOL = 15_000_000
# Seconds between two looks at how far the readers are.
_LOOK = 2.0


def bring_all(
    paths: Paths, feeds: Sequence[Feed], as_of: date, workers: int | None = None,
    on_progress: OnProgress = lambda read, total, feeds: None,
) -> Iterator[tuple[Feed, FeedState | BaseException]]:
    """Every feed with its state, or with what stopped it, as they are finished. One that fails stops no other: its last
    good version stands, and `stale.stale_feeds` names it. Files still being written are left for the next time.
    `on_progress` hears how many files are read, of how many, and which feeds are being read."""
    settled = quiet(file for feed in feeds for file in dropped(paths.drop / feed.code))
    before = {feed.code: in_bronze(paths, feed) for feed in feeds}
    for feed, state in _brought(paths, feeds, as_of, settled, workers, on_progress):
        if isinstance(state, BaseException):
            mark(paths, feed, as_of, state, before[feed.code])
        else:
            clear(paths, feed)
        yield feed, state


def _brought(
    paths: Paths, feeds: Sequence[Feed], as_of: date, settled: Collection[Path], workers: int | None,
    on_progress: OnProgress,
) -> Iterator[tuple[Feed, FeedState | BaseException]]:
    files = {feed.code: unread(paths, feed, as_of) for feed in feeds}
    work = {code: sum(size + _FILE for size in found.values()) for code, found in files.items()}
    workers = min(workers or len(os.sched_getaffinity(0)), MOST_WORKERS, sum(map(bool, work.values())))
    is_little = workers < 2 or sum(work.values()) < _WORTH_A_POOL
    tally = Tally(paths, {code: len(found) for code, found in files.items()}, on_progress)
    here = [feed for feed in feeds if is_little and not any(map(may_unfold, files[feed.code]))]
    for feed in here:
        tally.begin(feed.code)
        try:
            yield feed, bring(paths, feed, as_of, settled)
        except BaseException as error:  # a reader's panic is no Exception; whatever it is, the others go on
            if not isinstance(error, Exception) and is_ours(error):
                raise
            yield feed, error
        tally.end(feed.code)
    apart = sorted((feed for feed in feeds if feed not in here), key=lambda feed: -work[feed.code])
    if apart:
        yield from _apart(paths, apart, as_of, settled, 1 if is_little else workers, tally)


def _apart(
    paths: Paths, feeds: Sequence[Feed], as_of: date, settled: Collection[Path], workers: int, tally: Tally
) -> Iterator[tuple[Feed, FeedState | BaseException]]:
    """In processes that may die: what a file unfolds to is known for certain only when it is read."""
    killed = []
    for feed, state in _side_by_side(paths, feeds, as_of, settled, workers, tally):
        if isinstance(state, BrokenProcessPool) and blame(paths, feed.code):
            killed.append(feed)
        else:
            yield feed, state
    for feed in killed:  # alone, so that no other file can be why
        with Apart(READER_MEMORY, READER_PATIENCE) as reader:
            state = _state(reader, paths, feed, as_of, settled)
            while isinstance(state, BrokenProcessPool) and blame(paths, feed.code):
                state = _state(reader, paths, feed, as_of, settled)
        yield feed, state


def _side_by_side(
    paths: Paths, feeds: Sequence[Feed], as_of: date, settled: Collection[Path], workers: int, tally: Tally
) -> Iterator[tuple[Feed, FeedState | BaseException]]:
    readers: SimpleQueue[Apart] = SimpleQueue()
    for _ in range(workers):
        readers.put(Apart(READER_MEMORY, READER_PATIENCE))

    def brought(feed: Feed) -> FeedState | BaseException:
        reader = readers.get()
        tally.begin(feed.code)
        state = _state(reader, paths, feed, as_of, settled)
        readers.put(reader)
        return state

    threads = ThreadPoolExecutor(workers)
    try:
        running = {threads.submit(brought, feed): feed for feed in feeds}
        while running:
            done, _ = wait(running, _LOOK, return_when=FIRST_COMPLETED)
            tally.tell()
            for future in done:
                feed = running.pop(future)
                tally.end(feed.code)
                yield feed, future.result()
    finally:
        threads.shutdown(cancel_futures=True)
        while not readers.empty():
            readers.get().close()


def _state(
    reader: Apart, paths: Paths, feed: Feed, as_of: date, settled: Collection[Path]
) -> FeedState | BaseException:
    try:
        return reader.call(bring, paths, feed, as_of, settled)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # raised by the reader, or its end
        return error


def unread(paths: Paths, feed: Feed, as_of: date) -> dict[Path, int]:
    """What there is to read of a feed, each file with its bytes."""
    there = {file: file.lstat().st_size for file in dropped(paths.drop / feed.code)}
    return there | {d.file(paths): d.size for d in awaiting(paths, feed, as_of)}
