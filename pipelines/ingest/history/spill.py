"""DuckDB that sorts and counts a city-wide delivery within little memory.

Belongs here: how much it may hold, where it puts the rest, how it is given rows. Feeds are worked on side by side, so
each has a folder of its own, which is gone afterwards. A process opens one database: opening costs more than most
feeds have to sort.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
import polars as pl

from pipelines.ingest.history.said import fresh
from pipelines.kit.contracts import Feed
from pipelines.kit.paths import Paths

# Enough to sort tens of millions of rows; with more, two feeds at a time would need it twice.
_MEMORY = "512MB"


@dataclass(frozen=True)
class Spilling:
    """An empty database, and its folder."""

    con: duckdb.DuckDBPyConnection
    folder: Path

    def given(self, name: str, rows: pl.DataFrame) -> str:
        """SQL of these rows. They are handed over as a file: to look at anything of Python's, be it a parameter, DuckDB
        loads pandas, which takes longer than the sorting of most deliveries."""
        file = self.folder / f"{name}.parquet"
        rows.write_parquet(file, compression="uncompressed")
        return f"read_parquet('{file}')"


@contextmanager
def spilling(paths: Paths, feed: Feed, purpose: str) -> Iterator[Spilling]:
    """A database for one piece of work."""
    scratch = fresh(paths, feed, purpose)
    try:
        with _spilling_to(scratch / "spilt") as con:
            yield Spilling(con, scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _spilling_to(folder: Path) -> duckdb.DuckDBPyConnection:
    """The database of this process; another one where it has spilt, for then it keeps to the folder it has."""
    spill = f"SET temp_directory = '{folder}'"
    try:
        return _database().cursor().execute(spill)
    except duckdb.NotImplementedException:
        _database.cache_clear()
        return _database().cursor().execute(spill)


@cache
def _database() -> duckdb.DuckDBPyConnection:
    # Files are written anew under the same name, so nothing of them is kept.
    config = {"memory_limit": _MEMORY, "preserve_insertion_order": False, "enable_external_file_cache": False}
    return duckdb.connect(config=config).execute("SET enable_progress_bar = false")
