"""Dagster's event log on SQLite, written at a tenth of the cost.

Belongs here: how SQLite writes it. Does not belong here: what is logged. Dagster opens a connection for every event and
closes it again; the last one to close a file writes its journal back and waits for the disk. One more connection held
open to each file spares that, and with `synchronous=NORMAL` a commit waits no more, either. After a power cut the log
is sound and may lack its last events; nothing of ours depends on it.
"""

import sqlite3
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

_held: dict[str, sqlite3.Connection] = {}


@cache
def write_quickly(home: Path) -> None:
    """From now on, in this process, for every SQLite file below Dagster's home; once is enough."""

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
