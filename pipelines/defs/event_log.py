"""Dagster's event log on SQLite, written at a third of the cost, and for how long it is kept.

Belongs here: how SQLite writes it, forgetting old runs. Does not belong here: what is logged. Dagster makes an engine
and opens a connection for every event and every question (4,600 a turn), and closes both again; the last one to close a
file writes its journal back and waits for the disk. Here a log keeps its engine, and to Dagster's other files one more
connection is held open; with `synchronous=NORMAL` a commit waits no more, either. After a power cut the log is sound
and may lack its last events; nothing of ours depends on it. Of every check Dagster asks twice which materialization it
is about, five or six times for each feed: it is told from memory, until there is another.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.event_api import EventRecordsResult
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from sqlalchemy import Connection, Engine, create_engine, event

# How many finished runs of a business date or a look at the sources stay in the UI; the ledger remembers all turns.
KEEP_VARIABLE, KEEP_RUNS = "ZHENJIE_KEEP_RUNS", 300
_OVER = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]

_held: dict[str, sqlite3.Connection] = {}
_store, _fetch = SqliteEventLogStorage.store_event, SqliteEventLogStorage.fetch_materializations


@cache
def write_quickly(home: Path) -> None:
    """From now on, in this process, for every SQLite file below Dagster's home; once is enough."""
    SqliteEventLogStorage._connect = _connect
    SqliteEventLogStorage.has_table = _has_table
    SqliteEventLogStorage.store_event = _store_event
    SqliteEventLogStorage.fetch_materializations = _fetch_materializations

    @event.listens_for(Engine, "connect")
    def connected(connection: Any, _: Any) -> None:
        if not isinstance(connection, sqlite3.Connection):
            return
        file = connection.execute("PRAGMA database_list").fetchone()[2]
        if not Path(file).is_relative_to(home):
            return
        connection.execute("PRAGMA synchronous=NORMAL")
        if file not in _held:
            _held[file] = sqlite3.connect(file, check_same_thread=False)
            _held[file].execute("SELECT count(*) FROM sqlite_master").fetchone()  # opens it for good


def _store_event(log: SqliteEventLogStorage, event: dg.EventLogEntry) -> None:
    if event.dagster_event_type == dg.DagsterEventType.ASSET_MATERIALIZATION:
        _made_here(log)[event.dagster_event.asset_key] = {}
    _store(log, event)


def _fetch_materializations(
    log: SqliteEventLogStorage, records_filter: dg.AssetKey | dg.AssetRecordsFilter, limit: int,
    cursor: str | None = None, ascending: bool = False,
) -> EventRecordsResult:
    """In place of Dagster's own. What this process has made nobody else makes meanwhile: its run holds the lake."""
    is_filter = isinstance(records_filter, dg.AssetRecordsFilter)
    known = _made_here(log).get(records_filter.asset_key) if is_filter else None
    if known is None:
        return _fetch(log, records_filter, limit, cursor, ascending)
    asked = repr((records_filter, limit, cursor, ascending))
    if asked not in known:
        known[asked] = _fetch(log, records_filter, limit, cursor, ascending)
    return known[asked]


def _made_here(log: SqliteEventLogStorage) -> dict[dg.AssetKey, dict[str, EventRecordsResult]]:
    """By asset, what was asked of it since it was made last."""
    return log.__dict__.setdefault("_kept_answers", {})


@contextmanager
def _connect(log: SqliteEventLogStorage, shard: str) -> Iterator[Connection]:
    """In place of Dagster's own (1.13.27): a transaction on one file of a log."""
    with log._db_lock:
        engine = _engine(log, shard)
        if shard not in log._initialized_dbs:
            log._initdb(engine)
            log._initialized_dbs.add(shard)
        with engine.begin() as con:
            yield con


def _has_table(log: SqliteEventLogStorage, name: str) -> bool:
    """In place of Dagster's own, which makes an engine to ask; it asks before every check."""
    with _engine(log, INDEX_SHARD_NAME).connect() as con:
        return bool(con.dialect.has_table(con, name))


def _engine(log: SqliteEventLogStorage, shard: str) -> Engine:
    """The one kept for a file; of runs, whose files are many, the last one that was asked for."""
    kept: dict[str, Engine] = log.__dict__.setdefault("_kept_engines", {})
    if shard not in kept:
        for other in [name for name in kept if name != INDEX_SHARD_NAME]:
            kept.pop(other).dispose()
        patience = {"timeout": SQLITE_BUSY_TIMEOUT_SECONDS}
        kept[shard] = create_engine(log.conn_string_for_shard(shard), connect_args=patience)
    return kept[shard]


def forget_old_runs(instance: dg.DagsterInstance, home: Path) -> int:
    """Delete all finished runs but the newest ZHENJIE_KEEP_RUNS (300), events and files; returns how many."""
    keep = max(1, int(os.environ.get(KEEP_VARIABLE, KEEP_RUNS)))
    old = instance.get_run_records(dg.RunsFilter(statuses=_OVER))[keep:]
    for record in old:
        run_id = record.dagster_run.run_id
        instance.delete_run(run_id)
        for file in (home / "history" / "runs").glob(f"{run_id}.db*"):
            file.unlink(missing_ok=True)
    return len(old)
