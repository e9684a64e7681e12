"""Deltas that have lost their connection: no full before them, or one between them that never came.

Belongs here: noticing it. Does not belong here: which deliveries were expected at all (the expected ledger), or
holding anything back: a delta that is there says facts, whatever is missing before it.
"""

from collections.abc import Iterator, Sequence

from pipelines.ingest.deliveries.sets import PageSet
from pipelines.kit.contracts import Feed

_DAYS_OF_A_MONTH = 30


def notes(feed: Feed, ordered: Sequence[PageSet]) -> Iterator[tuple[PageSet, str]]:
    """(delta, what is missing before it, in Chinese) of deliveries in the order in which they speak."""
    step = max(1, round(feed.cadence_days / _DAYS_OF_A_MONTH))
    before: dict[str, PageSet] = {}
    for pages in ordered:
        earlier = before.get(pages.scope)
        before[pages.scope] = pages
        if pages.mode != "delta":
            continue
        if earlier is None:
            yield pages, "此前没有全量，只有增量所含的记录；请补报全量"
        elif lost := _between(earlier.period, pages.period, step):
            yield pages, f"与上一份交付之间缺 {'、'.join(lost)} 的增量；请补报，或重报全量"


def _between(earlier: str, later: str, step: int) -> list[str]:
    """Periods (YYYYMM) strictly between two, `step` months apart."""
    start, end = _month(earlier), _month(later)
    return [f"{m // 12:04d}{m % 12 + 1:02d}" for m in range(start + step, end, step)]


def _month(period: str) -> int:
    return int(period[:4]) * 12 + int(period[4:6]) - 1
