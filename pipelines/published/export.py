"""Write `published/analyst.duckdb`: pseudonymised, commented, swapped in atomically.

Belongs here: the export itself and the proof that it holds no direct identifier. The unkeyed ids of the lake
could be recomputed from guessed identity numbers, so each leaves under HMAC-SHA256 with the analysts' key.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl
import polars_hash  # noqa: F401  registers the `chash` namespace

from pipelines.paths import Paths
from pipelines.security.keys import KeyProvider

PURPOSE = "analyst"
PSEUDONYM_LENGTH = 32
# The file while it is written, as a database beside the lake.
_OUT = "analyst_new"
_BATCH_ROWS = 250_000
# Ids of things, not of people or what people own: they stay readable.
READABLE_IDS = {"rule_id"}
# Column names that may never leave, whatever they hold.
FORBIDDEN = re.compile(r"(^|_)(id_no|name_raw|phone|address|card_no|household_no|birth_date)$|^name$")
# 17 digits and a check character: GB 11643-1999.
RESIDENT_ID = r"(^|[^0-9])[1-9][0-9]{16}[0-9Xx]([^0-9]|$)"


class IdentifierLeak(RuntimeError):
    """A table meant for analysts holds a direct identifier; nothing is published."""


@dataclass(frozen=True)
class Published:
    """What one export wrote: the file and rows per table."""

    file: Path
    rows: Mapping[str, int]


def publish(
    paths: Paths, con: duckdb.DuckDBPyConnection, as_of: str, descriptions: Mapping[str, Mapping[str, str]]
) -> Published:
    """Copy every table of `lake.published` into `published/analyst.duckdb`.

    `descriptions` maps table -> column -> text ('' is the table itself). Raises IdentifierLeak and leaves the
    last good file in place when a direct identifier is found.
    """
    key = KeyProvider(paths).pseudonym_key(PURPOSE)
    paths.published.mkdir(parents=True, exist_ok=True)
    fresh = paths.published / "analyst.duckdb.new"
    fresh.unlink(missing_ok=True)
    con.execute(f"ATTACH '{fresh}' AS {_OUT}")
    try:
        rows = {table: _copy(con, table, key, descriptions.get(table, {})) for table in published_tables(con)}
        con.execute(f"CREATE TABLE {_OUT}.about AS SELECT ? AS as_of, ? AS purpose", [as_of, PURPOSE])
        con.execute(f"COMMENT ON TABLE {_OUT}.about IS '数据日期与用途 business date and purpose of this file'")
    finally:
        con.execute(f"DETACH {_OUT}")
    fresh.replace(paths.published / "analyst.duckdb")
    return Published(paths.published / "analyst.duckdb", rows)


def published_tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Names of the tables and views dbt built for analysts."""
    found = con.execute(
        "SELECT table_name FROM information_schema.tables "
        "WHERE table_catalog = 'lake' AND table_schema = 'published'"
    ).fetchall()
    return sorted(name for (name,) in found)


def check_no_identifier(table: str, frame: pl.DataFrame) -> None:
    """Raise IdentifierLeak when a column's name or any text in it is a direct identifier."""
    named = [c for c in frame.columns if FORBIDDEN.search(c)]
    # A hash may hold eighteen digits in a row by chance; ids are hashes.
    texts = [c for c, t in frame.schema.items() if t == pl.String and not c.endswith("_id")]
    shaped = [c for c in texts if frame[c].str.contains(RESIDENT_ID).any()]
    if named or shaped:
        raise IdentifierLeak(f"published.{table}: direct identifiers in {sorted({*named, *shaped})}; nothing published")


def descriptions_of(manifest_file: Path) -> dict[str, dict[str, str]]:
    """Table and column descriptions of the published models, out of dbt's manifest."""
    nodes = json.loads(manifest_file.read_text(encoding="utf-8"))["nodes"].values()
    models = [n for n in nodes if n["resource_type"] == "model" and n["schema"] == "published"]
    return {
        m["alias"]: {"": m["description"], **{c: v["description"] for c, v in m["columns"].items()}} for m in models
    }


def _copy(con: duckdb.DuckDBPyConnection, table: str, key: str, texts: Mapping[str, str]) -> int:
    """One table, batch by batch into a temporary table and from there in order; returns its rows.

    A frame never holds more than a batch; what DuckDB cannot hold, it spills.
    """
    reader = con.cursor().execute(f'SELECT * FROM lake.published."{table}"').to_arrow_reader(_BATCH_ROWS)
    frame = pl.from_arrow(reader.schema.empty_table())
    check_no_identifier(table, frame)
    con.execute("CREATE OR REPLACE TEMP TABLE pseudonymised AS SELECT * FROM frame")
    for batch in reader:
        frame = pl.from_arrow(batch)
        check_no_identifier(table, frame)
        frame = _pseudonymised(frame, key)
        con.execute("INSERT INTO pseudonymised SELECT * FROM frame")
    order = ", ".join(f'"{column}" NULLS FIRST' for column in frame.columns)
    con.execute(f'CREATE TABLE {_OUT}."{table}" AS SELECT * FROM pseudonymised ORDER BY {order}')
    con.execute("DROP TABLE pseudonymised")
    _comment(con, table, frame.columns, texts)
    return con.execute(f'SELECT count(*) FROM {_OUT}."{table}"').fetchone()[0]


def _pseudonymised(frame: pl.DataFrame, key: str) -> pl.DataFrame:
    ids = [c for c in frame.columns if c.endswith("_id") and c not in READABLE_IDS]
    return frame.with_columns(
        pl.col(c).chash.hmac_sha256(key=key).str.head(PSEUDONYM_LENGTH) for c in ids
    )


def _comment(con: duckdb.DuckDBPyConnection, table: str, columns: list[str], texts: Mapping[str, str]) -> None:
    def quoted(text: str) -> str:
        return "'" + text.replace("'", "''") + "'"

    con.execute(f'COMMENT ON TABLE {_OUT}."{table}" IS {quoted(texts.get("", ""))}')
    for column in columns:
        con.execute(f'COMMENT ON COLUMN {_OUT}."{table}"."{column}" IS {quoted(texts.get(column, ""))}')
