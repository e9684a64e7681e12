"""Many feeds, side by side in worker processes where there is enough to read.

Belongs here: how many processes, which feed first. A feed writes nothing outside folders of its own, so feeds do not
meet; the caller holds the lake.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import as_completed
from datetime import date

from pipelines.contracts import Feed
from pipelines.feeds.one import FeedState, bring
from pipelines.landing import dropped, landed
from pipelines.paths import Paths
from pipelines.workers import pool

# Each may hold 2 GB over a city-wide file.
MOST_WORKERS = 4
# A file costs as much as so many bytes more of it would, and with less than a pool's start there is none.
_FILE = 100_000
_WORTH_A_POOL = 15_000_000


def bring_all(
    paths: Paths, feeds: Sequence[Feed], as_of: date, workers: int | None = None
) -> Iterator[tuple[Feed, FeedState | Exception]]:
    """Every feed with its state, or with what stopped it, as they are finished. One that fails stops no other."""
    work = {feed.code: unread(paths, feed) for feed in feeds}
    workers = min(workers or len(os.sched_getaffinity(0)), MOST_WORKERS, sum(map(bool, work.values())))
    if workers < 2 or sum(work.values()) < _WORTH_A_POOL:
        for feed in feeds:
            try:
                yield feed, bring(paths, feed, as_of)
            except Exception as error:  # whatever it is, the others go on
                yield feed, error
        return
    readers = pool(workers)
    try:
        largest_first = sorted(feeds, key=lambda feed: -work[feed.code])
        running = {readers.submit(bring, paths, feed, as_of): feed for feed in largest_first}
        for future in as_completed(running):
            yield running[future], future.exception() or future.result()
    finally:
        readers.shutdown(cancel_futures=True)


def unread(paths: Paths, feed: Feed) -> int:
    """What there is to read of a feed: its bytes, and so many more a file."""
    bronze = paths.bronze / feed.code
    sizes = [file.stat().st_size for file in dropped(paths.drop / feed.code)]
    sizes += [d.size for d in landed(paths, feed.code) if not (bronze / d.delivery_id).is_dir()]
    return sum(size + _FILE for size in sizes)
