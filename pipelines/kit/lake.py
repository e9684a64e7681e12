"""Opening the lake: DuckDB with the DuckLake catalog attached as `lake`.

Belongs here: how to connect and who may write when. Does not belong here: any table. DuckDB lets one process
hold the catalog; `writing` makes the next one wait for it instead of failing. The lock is the operating
system's, so a killed process gives it back.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

import duckdb
from duckdb_extensions import import_extension

from pipelines.kit.locks import alone
from pipelines.kit.paths import Paths

SCHEMAS = (
    "reference", "ledger", "staging", "linkage", "unified", "past", "verify", "returns", "packs", "published",
)  # fmt: skip
# A run that was killed may leave its dbt process alive for a while, holding the catalog.
PATIENCE_SECONDS = 600
# What DuckDB may hold in memory (its own word, e.g. 6GB); beyond it, it spills to disk.
MEMORY_VARIABLE = "ZHENJIE_DUCKDB_MEMORY"
# Without it: enough for a prefecture of seven million, and what leaves a small machine room for the rest of a turn.
# The process holds up to 1 GB more: Python, Parquet being written, Dagster above it.
DEFAULT_BYTES = 5_000_000_000
DEFAULT_SHARE = 0.5
_DUCKDB_SHARE = 0.8  # of the memory there is (of the container, where there is one): DuckDB's own default
_UNITS = {"bytes": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}
# Parquet of the lake: little more than half the size of DuckLake's own choice (snappy), in the same time.
_FILES = {"parquet_compression": "zstd", "parquet_compression_level": "1"}
# Long enough to look back at last week's tables; every run writes each table anew.
KEEP_SNAPSHOTS = "7 days"


@contextmanager
def connect(paths: Paths, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB connection with the lake attached as `lake`; closed on leaving.

    Waits for another process to let go of the catalog; raises duckdb.IOException when it does not.
    """
    paths.lake_files.mkdir(parents=True, exist_ok=True)
    _check_extension()
    con = duckdb.connect(config={
        "autoinstall_known_extensions": False,
        "allow_unsigned_extensions": True,  # until our own is loaded
        "memory_limit": memory_limit(),
        "temp_directory": str(paths.lake_scratch),
    })
    try:
        con.execute("LOAD ducklake")
        con.execute("SET allow_unsigned_extensions = false")
        con.execute("SET TimeZone = 'UTC'")
        # The catalog remembers an absolute path; overriding it lets the data folder be moved or copied.
        options = f"DATA_PATH '{paths.lake_files}/', OVERRIDE_DATA_PATH true" + (", READ_ONLY" if read_only else "")
        _patiently(con, f"ATTACH 'ducklake:{paths.lake_catalog}' AS lake ({options})")
        if not read_only:
            _make_schemas(con)
            _set_options(con)
        yield con
    finally:
        con.close()


@cache
def _check_extension() -> None:
    """Have DuckDB check the extension's signature once a process: its 36 MB are hashed whole, which takes ten times as
    long as all else of opening the lake."""
    import_extension("ducklake")
    with duckdb.connect() as con:
        con.execute("LOAD ducklake")


def _make_schemas(con: duckdb.DuckDBPyConnection) -> None:
    """Asked for in one query: `IF NOT EXISTS` costs a look into the catalog for each. A commit costs as much."""
    found = con.execute("SELECT schema_name FROM duckdb_schemas() WHERE database_name = 'lake'").fetchall()
    if missing := [schema for schema in SCHEMAS if (schema,) not in found]:
        con.execute("BEGIN")
        for schema in missing:
            con.execute(f"CREATE SCHEMA lake.{schema}")
        con.execute("COMMIT")


def _set_options(con: duckdb.DuckDBPyConnection) -> None:
    """Options stay with the catalog, so dbt writes by them too."""
    told = con.execute("SELECT option_name, value FROM ducklake_options('lake') WHERE scope = 'GLOBAL'")
    known = dict(told.fetchall())
    for name, value in _FILES.items():
        if known.get(name) != value:
            con.execute(f"CALL lake.set_option('{name}', '{value}')")


def memory_limit() -> str:
    """What ZHENJIE_DUCKDB_MEMORY says, else the smaller of DEFAULT_BYTES and DEFAULT_SHARE of the machine."""
    if said := os.environ.get(MEMORY_VARIABLE):
        return said
    return default_limit(_own_limit())


@cache
def _own_limit() -> str:
    with duckdb.connect() as con:
        return con.execute("SELECT current_setting('memory_limit')").fetchone()[0]


def default_limit(own: str) -> str:
    """Our limit where DuckDB's own default is `own` ('18.8 GiB')."""
    number, unit = own.split()
    machine = float(number) * _UNITS[unit] / _DUCKDB_SHARE
    return f"{int(min(DEFAULT_BYTES, machine * DEFAULT_SHARE)) // 1_000_000}MB"


def _patiently(con: duckdb.DuckDBPyConnection, attach: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            con.execute(attach)
            return
        except duckdb.Error as error:
            if "Could not set lock" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def forget_old_snapshots(con: duckdb.DuckDBPyConnection, keep: str = KEEP_SNAPSHOTS) -> int:
    """Drop snapshots older than `keep` and the Parquet files only they used, and those a killed run had written
    but not committed; returns files deleted."""
    con.execute(f"CALL ducklake_expire_snapshots('lake', older_than => now() - INTERVAL '{keep}')")
    calls = ("ducklake_cleanup_old_files", "ducklake_delete_orphaned_files")
    return sum(len(con.execute(f"CALL {call}('lake', cleanup_all => true)").fetchall()) for call in calls)


@contextmanager
def writing(paths: Paths, on_wait: Callable[[str], None] = lambda _: None) -> Iterator[None]:
    """Hold the lake for one run. A second run waits here, after saying so once through `on_wait`."""
    waiting = "another run is writing the lake; waiting for it to finish"
    with alone(paths.lake_catalog.parent / "run.lock", lambda: on_wait(waiting)):
        yield
