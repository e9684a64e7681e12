"""Whether two deliveries hold the same rows, whatever their order, their bytes or their format.

Belongs here: this comparison over bronze. It is only asked for where a period was delivered twice.
"""

from collections.abc import Callable

import duckdb

from pipelines.ingest.bronze.store import ROWS_FILE
from pipelines.ingest.deliveries.sets import PageSet
from pipelines.kit.contracts import Feed
from pipelines.kit.paths import Paths


def same_rows(paths: Paths, feed: Feed) -> Callable[[PageSet, PageSet], bool]:
    """The comparison for one feed; every set is read once."""
    known: dict[tuple[str, ...], tuple] = {}

    def figures(pages: PageSet) -> tuple:
        name = tuple(r.folder for r in pages.deliveries)
        if name not in known:
            known[name] = _figures(paths, feed, pages)
        return known[name]

    def same(one: PageSet, other: PageSet) -> bool:
        return figures(one) == figures(other)

    return same


def _figures(paths: Paths, feed: Feed, pages: PageSet) -> tuple:
    """Number of rows and two sums of differently seeded hashes: repeated rows count, their order does not."""
    files = [str(paths.bronze / feed.code / r.folder / ROWS_FILE) for r in pages.deliveries]
    columns = ", ".join(f'"{c.name}"' for c in feed.columns)
    sums = ", ".join(f"sum(CAST(hash({seed}, {columns}) AS HUGEINT))" for seed in (1, 2))
    with duckdb.connect() as con:
        return con.execute(f"SELECT count(*), {sums} FROM read_parquet(?, union_by_name = true)", [files]).fetchone()
