"""Whether columns of feeds may bear their names: unquoted in SQL, and beside what staging adds.

Belongs here: these two questions. Does not belong here: which columns staging adds (staging.py).
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache

import duckdb

from pipelines.generate.staging import added
from pipelines.kit.contracts.model import Feed
from pipelines.kit.contracts.says import Says
from pipelines.kit.house_files import refuse

# What Spark reserves (ANSI mode, 3.5) and DuckDB does not: models are SQL of both.
_SPARK = {
    "current_date", "current_time", "current_timestamp", "current_user", "escape", "filter", "grant", "percentile_cont",
    "session_user", "time", "unknown", "user", "within",
}  # fmt: skip


def check_names(feeds: Iterable[tuple[Feed, Says | None]]) -> None:
    """Raises HouseFileError of every column whose name SQL or staging needs."""
    refuse([f"{f.department}/{f.entity}.yaml: columns: {wrong}" for f, says in feeds for wrong in _strange(f, says)])


def _strange(feed: Feed, says: Says | None) -> Iterator[str]:
    ours = Counter(added(feed, says) if says else ())
    for name in feed.by_name:
        if name in reserved():
            yield f"{name} is a word of SQL; give the column another name"
        elif name in ours:
            yield f"{name} is a name that staging gives; give the column another one"
    for name in (n for n, count in ours.items() if count > 1):
        yield f"staging would give the name {name} twice; give one of the columns it is made from another name"


@cache
def reserved() -> frozenset[str]:
    """Words that DuckDB or Spark takes for no column unless they are quoted."""
    words = "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category IN ('reserved', 'type_function')"
    with duckdb.connect() as con:
        return frozenset(_SPARK.union(word for (word,) in con.execute(words).fetchall()))
