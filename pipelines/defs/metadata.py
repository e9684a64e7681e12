"""What people see beside an asset in the UI: counts, column schema, a preview without identifiers.

Belongs here: turning tables into Dagster metadata. Does not belong here: computing results.
"""

from collections.abc import Mapping
from types import MappingProxyType

import dagster as dg
import duckdb

# Words in the names of columns that name or reach a person, or may quote one; a preview never shows them.
# Keys are among them: they are unkeyed hashes, and identity numbers can be guessed.
HIDDEN_WORDS = (
    "_id", "_key", "_no", "_ref", "name", "phone", "address", "birth_date", "officer", "surveyor", "owner",
    "bank", "content", "raw", "value", "evidence", "remark", "note", "reason", "detail", "hash", "sha256",
)
SHOWN_ALL_THE_SAME = (
    "rule_id", "delivery_id", "file_name", "county_name", "township_name", "village_name", "division_name",
    "level_name", "status_name", "scheme_name", "sex_name", "group_name", "industry_name",
)
PREVIEW_ROWS = 5


def is_shown(column: str) -> bool:
    """Whether a preview may show the column: neither an identifier nor free text about a person."""
    return column in SHOWN_ALL_THE_SAME or not any(word in column for word in HIDDEN_WORDS)


def markdown_table(columns: list[str], rows: list[tuple]) -> str:
    """Rows as a Markdown table."""
    lines = [" | ".join(columns), " | ".join("---" for _ in columns)]
    lines += [" | ".join("" if v is None else str(v).replace("|", "\\|") for v in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)


def table_metadata(
    con: duckdb.DuckDBPyConnection, relation: str, descriptions: Mapping[str, str] = MappingProxyType({})
) -> Mapping[str, object]:
    """Row count, column schema and preview of one table or Parquet scan (`relation` is SQL).

    `descriptions` by column: the schema of an event replaces the one of the definition in the UI.
    """
    described = con.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    shown = [name for name, *_ in described if is_shown(name)]
    count = con.execute(f"SELECT count(*) FROM {relation}").fetchone()[0]
    metadata = {
        "dagster/row_count": count,
        "dagster/column_schema": dg.TableSchema(
            [dg.TableColumn(n, t, description=descriptions.get(n)) for n, t, *_ in described]
        ),
    }
    if shown and count:
        columns = ", ".join(f'"{c}"' for c in shown)
        rows = con.execute(f"SELECT {columns} FROM {relation} LIMIT {PREVIEW_ROWS}").fetchall()
        metadata["preview"] = dg.MetadataValue.md(markdown_table(shown, rows))
    return metadata
