"""Whether a file is of the place its name says: the codes of divisions its rows carry, the records it would replace.

Belongs here: gathering the codes while a file is read, counting those outside its scope. Does not belong here: which
divisions there are (kit.reference.divisions), what follows (breakers.py), codes that are wrong (expectations/).
"""

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from pipelines.ingest.bronze.distinct import DistinctKeys
from pipelines.ingest.bronze.profile import SKETCH, vanished_share
from pipelines.ingest.bronze.result import DeliveryResult
from pipelines.ingest.bronze.store import ROWS_FILE
from pipelines.kit.contracts import Column, Feed
from pipelines.kit.paths import Paths
from pipelines.kit.reference.divisions import Divisions

# Elements of the data standard that say in which village or township a row lies.
_PLACED = ("DE05001", "DE05002")
# People live outside the place they are registered in.
_ELSEWHERE = "户籍"
_CODE = r"^([0-9]{6}(?:[0-9]{3})?)(?:[0-9]{3})?$"
# So few records say nothing of another place, and may all be others in a correction.
_ENOUGH_RECORDS = 20


class Places:
    """Counts the townships and counties in which rows lie, by the first such column of the feed."""

    def __init__(self, feed: Feed) -> None:
        self._column = next((c.name for c in feed.columns if _places(c)), None)
        self.counts: Counter[str] = Counter()

    def add(self, rows: pl.DataFrame) -> None:
        """Typed rows of the feed."""
        if self._column is not None:
            codes = rows[self._column].str.extract(_CODE).drop_nulls()
            self.counts.update(dict(codes.value_counts(name="count").iter_rows()))


def _places(column: Column) -> bool:
    return column.element in _PLACED and _ELSEWHERE not in column.label


def outside(counts: Mapping[str, int], scope: str, known: Divisions) -> dict[str, int]:
    """Rows by the county they lie in, of those outside a scope; the most first, of as many the lower code."""
    found: Counter[str] = Counter()
    for code, rows in counts.items():
        if not known.lies_in(code, scope):
            found[code[:6]] += rows
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def lost_share(
    paths: Paths, replaced: DeliveryResult | None, now: pl.Series | None, scratch: Callable[[], Path]
) -> float | None:
    """Share of the records of `replaced` that are not among those of the sketch `now`; None for too few of either."""
    if replaced is None or now is None or min(replaced.rows_bronze, now.len()) < _ENOUGH_RECORDS:
        return None
    keys = DistinctKeys(scratch())
    with pq.ParquetFile(paths.bronze / replaced.feed / replaced.folder / ROWS_FILE) as file:
        for batch in file.iter_batches(columns=["_record_key"]):
            keys.add(pl.from_arrow(batch)["_record_key"])
    return vanished_share(keys.finish(SKETCH)[1], now)
