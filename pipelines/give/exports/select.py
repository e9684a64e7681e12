"""From the lake to the rows of an export.

Belongs here: the query, and the one form in which values leave. Does not belong here: files.
"""

from collections.abc import Iterable
from datetime import date

import duckdb
import polars as pl
import polars_hash  # noqa: F401  registers the `chash` namespace

from pipelines.give.exports.check import TOKEN
from pipelines.give.exports.contract import Export
from pipelines.give.published.export import PSEUDONYM_LENGTH
from pipelines.ingest.values.invisible import SPOILING, TAKEN_OUT
from pipelines.ingest.values.table import SPACE
from pipelines.ingest.values.typing import dtype
from pipelines.kit.contracts.sources import sql_type
from pipelines.kit.security.keys import KeyProvider

SCOPE = "_scope"
CITY = "370600"
# What no spreadsheet program carries through a file, and what our own bronze takes out or refuses. Tabs and line
# feeds stay.
_UNSEEN = rf"[\x00-\x08\x0b-\x1f\x7f\x{{fffe}}\x{{ffff}}]|{TAKEN_OUT}|{SPOILING}"


def export_rows(con: duckdb.DuckDBPyConnection, export: Export, keys: KeyProvider, as_of: date) -> pl.DataFrame:
    """Typed rows in order, columns as in the contract, `_scope` (county code or city) last; times to the second.

    A split row without county has a null scope. Raises duckdb.Error when the contract names what is not there.
    """
    chosen = [f'CAST({i.expression} AS {sql_type(i.column)}) AS "{i.column.name}"' for i in export.items]
    chosen.append(f"CAST({export.split_by or repr(CITY)} AS VARCHAR) AS {SCOPE}")
    sql = f"SELECT {', '.join(chosen)} FROM {export.lake_source}"
    sql += f" WHERE {export.where}" if export.where else ""
    sql += " GROUP BY ALL" if export.is_grouped else ""
    # A parameter the contract does not use is an error to DuckDB.
    values = {"as_of": as_of} if "$as_of" in sql else {}
    frame = con.execute(sql, values).pl()
    frame = frame.with_columns(_plain(i.column.name) for i in export.items if i.column.type == "string")
    frame = frame.with_columns(
        pl.col(i.column.name).dt.truncate("1s") for i in export.items if i.column.type == "timestamp"
    )
    tokens = [i.column.name for i in export.items if TOKEN in i.column.tags]
    if tokens:
        # One key a receiver and export, so that no two files can be joined on it.
        key = keys.pseudonym_key(f"export/{export.receiver.slug}/{export.name}")
        frame = frame.with_columns(
            pl.col(c).chash.hmac_sha256(key=key).str.head(PSEUDONYM_LENGTH) for c in tokens  # ty: ignore[missing-attribute]
        )
    schema = {i.column.name: dtype(i.column) for i in export.items}
    return frame.cast(schema).sort(export.order, nulls_last=True)


def scopes(con: duckdb.DuckDBPyConnection, export: Export, rows: pl.DataFrame) -> list[str]:
    """Whom the rows go to: the city's one receiver, or every county in force, with rows or without."""
    if not export.split_by:
        return [CITY]
    known = con.execute(
        "SELECT DISTINCT county_code FROM lake.unified.division WHERE is_current AND county_code IS NOT NULL"
    ).fetchall()
    return sorted({code for (code,) in known} | set(rows[SCOPE].drop_nulls()))


def of_scope(rows: pl.DataFrame, scope: str) -> pl.DataFrame:
    """The rows of one county (or of the city), contract columns only."""
    return rows.filter(pl.col(SCOPE) == scope).drop(SCOPE)


def repeated_keys(rows: pl.DataFrame, keys: Iterable[str]) -> int:
    """Rows that share their key with another, or lack it: no receiver could tell them apart."""
    keys = list(keys)
    lacking = pl.any_horizontal(pl.col(keys).is_null())
    return rows.select((pl.struct(keys).is_duplicated() | lacking).sum()).item()


def _plain(name: str) -> pl.Expr:
    """Line ends as line feeds, no signs that nobody sees, no outer white space, nothing as null."""
    text = pl.col(name).str.replace_all("\r\n", "\n", literal=True).str.replace_all(_UNSEEN, "")
    text = text.str.strip_chars(SPACE)
    return pl.when(text != "").then(text).alias(name)
