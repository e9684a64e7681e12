"""What people see beside an asset in the UI: counts, column schema, a preview without identifiers.

Belongs here: turning tables into Dagster metadata. Does not belong here: computing results.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import dagster as dg
import duckdb

from pipelines.kit.disclosure import PREVIEW, may_show
from pipelines.kit.models import words

PREVIEW_ROWS = 5


def markdown_table(columns: list[str], rows: list[tuple]) -> str:
    """Rows as a Markdown table."""
    lines = [" | ".join(columns), " | ".join("---" for _ in columns)]
    lines += [" | ".join("" if v is None else str(v).replace("|", "\\|") for v in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)


def column_metadata(
    con: duckdb.DuckDBPyConnection, table: str, descriptions: Mapping[str, str] = MappingProxyType({})
) -> dict[str, Any]:
    """The columns of a table or view of the lake, as `table_metadata` has them."""
    told = words() | descriptions
    relation = con.sql(f"FROM lake.{table}")
    types = zip(relation.columns, map(str, relation.types), strict=True)
    return {"dagster/column_schema": dg.TableSchema([dg.TableColumn(n, t, description=told.get(n)) for n, t in types])}


def table_metadata(
    con: duckdb.DuckDBPyConnection, table: str, descriptions: Mapping[str, str] = MappingProxyType({}),
    where: str = "true", rows: int | None = None,
) -> Mapping[str, Any]:
    """Row count, column schema and preview of one table of the lake (`unified.person`), of rows where SQL holds.

    `descriptions` by column, else what a column of the name means: the schema of an event replaces the one of the
    definition in the UI. `rows`: how many there are, where that is known.
    """
    relation = con.sql(f"SELECT * FROM lake.{table} WHERE {where}")
    shown = [name for name in relation.columns if may_show(table, name, PREVIEW)]
    count = relation.aggregate("count(*)").fetchone()[0] if rows is None else rows
    metadata = {"dagster/row_count": count, **column_metadata(con, table, descriptions)}
    if shown and count:
        columns = ", ".join(f'"{c}"' for c in shown)
        some = relation.project(columns).limit(PREVIEW_ROWS).fetchall()
        metadata["preview"] = dg.MetadataValue.md(markdown_table(shown, some))
    return metadata
