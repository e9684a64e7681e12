"""Reference tables into the lake.

Belongs here: writing `lake.reference.*` and knowing when nothing needs writing. Does not belong here: what
the files mean (`tables`), or the dbt seeds that share the schema.
"""

import hashlib
from pathlib import Path

import duckdb
import polars as pl

from pipelines.kit.paths import Paths
from pipelines.kit.reference.tables import READERS
from pipelines.kit.tables import transaction
from pipelines.kit.words import comment

# A row each text of an address that is in force: filled turn by turn (ingest/addresses/table.py), empty until then.
ADDRESS = ("address", "county_code", "township_code", "village_code", "road_name", "gate_no", "building_no", "unit_no",
           "room_no", "landmark", "rest_text", "door_key", "inside_key")  # fmt: skip


def load_reference(con: duckdb.DuckDBPyConnection, paths: Paths) -> dict[str, int]:
    """Write every reference table whose source changed; returns rows per table.

    `con` has the lake attached. The files' digest is kept in lake.reference.load_state, in the same commit as
    the tables, so a second call with equal files writes nothing. Raises FileNotFoundError when a file is
    missing.
    """
    digest = _digest(paths.reference)
    con.execute("CREATE SCHEMA IF NOT EXISTS lake.reference")
    con.execute("CREATE TABLE IF NOT EXISTS lake.reference.load_state (digest VARCHAR)")
    con.execute(f"CREATE TABLE IF NOT EXISTS lake.reference.address ({', '.join(f'{c} VARCHAR' for c in ADDRESS)})")
    for column in ADDRESS:  # a lake of before may lack one; its texts are read again then
        con.execute(f"ALTER TABLE lake.reference.address ADD COLUMN IF NOT EXISTS {column} VARCHAR")
    con.execute("CREATE TABLE IF NOT EXISTS lake.reference.address_state (digest VARCHAR)")
    if con.execute("SELECT digest FROM lake.reference.load_state").fetchall() != [(digest,)]:
        _write(con, {name: read(paths.reference) for name, read in READERS.items()}, digest)
    return {
        name: con.execute(f"SELECT count(*) FROM lake.reference.{name}").fetchall()[0][0] for name in READERS
    }


def _digest(folder: Path) -> str:
    """SHA-256 over the names and bytes of all data files, and over the code that reads them."""
    sha = hashlib.sha256(Path(__file__).with_name("tables.py").read_bytes())
    for file in sorted(p for p in folder.rglob("*") if p.suffix in {".csv", ".parquet"}):
        sha.update(file.relative_to(folder).as_posix().encode())
        sha.update(file.read_bytes())
    return sha.hexdigest()


def _write(con: duckdb.DuckDBPyConnection, tables: dict[str, pl.DataFrame], digest: str) -> None:
    with transaction(con):
        for name, frame in tables.items():
            con.register("reference_frame", frame)
            con.execute(f"CREATE OR REPLACE TABLE lake.reference.{name} AS SELECT * FROM reference_frame")
            con.unregister("reference_frame")
        con.execute("DELETE FROM lake.reference.load_state")
        con.execute("INSERT INTO lake.reference.load_state VALUES (?)", [digest])
        comment(con, "reference")
