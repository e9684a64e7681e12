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
    rows = {}
    with duckdb.connect(fresh) as out:
        for table in published_tables(con):
            frame = con.execute(f'SELECT * FROM lake.published."{table}"').pl()
            check_no_identifier(table, frame)
            frame = _pseudonymised(frame, key)
            frame = frame.sort(frame.columns)
            out.execute(f'CREATE TABLE "{table}" AS SELECT * FROM frame')
            _comment(out, table, frame.columns, descriptions.get(table, {}))
            rows[table] = frame.height
        out.execute("CREATE TABLE about AS SELECT ? AS as_of, ? AS purpose", [as_of, PURPOSE])
        out.execute("COMMENT ON TABLE about IS '数据日期与用途 business date and purpose of this file'")
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


def _pseudonymised(frame: pl.DataFrame, key: str) -> pl.DataFrame:
    ids = [c for c in frame.columns if c.endswith("_id") and c not in READABLE_IDS]
    return frame.with_columns(
        pl.col(c).chash.hmac_sha256(key=key).str.head(PSEUDONYM_LENGTH) for c in ids
    )


def _comment(out: duckdb.DuckDBPyConnection, table: str, columns: list[str], texts: Mapping[str, str]) -> None:
    def quoted(text: str) -> str:
        return "'" + text.replace("'", "''") + "'"

    out.execute(f'COMMENT ON TABLE "{table}" IS {quoted(texts.get("", ""))}')
    for column in columns:
        out.execute(f'COMMENT ON COLUMN "{table}"."{column}" IS {quoted(texts.get(column, ""))}')
