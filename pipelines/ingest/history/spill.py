"""DuckDB that sorts and counts a city-wide delivery within little memory.

Belongs here: how much it may hold, and where it puts the rest. Feeds are worked on side by side, so each has a
folder of its own.
"""

import duckdb

from pipelines.ingest.history.said import fresh
from pipelines.kit.contracts import Feed
from pipelines.kit.paths import Paths

# Enough to sort tens of millions of rows; with more, two feeds at a time would need it twice.
_MEMORY = "512MB"


def spilling(paths: Paths, feed: Feed, purpose: str) -> duckdb.DuckDBPyConnection:
    """A connection to an empty database; close it."""
    scratch = str(fresh(paths, feed, purpose))
    config = {"memory_limit": _MEMORY, "temp_directory": scratch, "preserve_insertion_order": False}
    con = duckdb.connect(config=config)
    con.execute("SET enable_progress_bar = false")
    return con
