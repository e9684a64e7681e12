"""Writing `expectations/lineage.generated.json` from the compiled models.

Belongs here: gathering SQL and source columns for lineage.py, and the one way the file is written. Does not belong
here: following columns, judging.
"""

import csv
import json
import tempfile
from pathlib import Path

from pipelines.ingest.values.schema import rows_schema
from pipelines.judge.ledger import schema
from pipelines.kit import models
from pipelines.kit.contracts import load_contracts
from pipelines.kit.disclosure.lineage import Origins, origins
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from pipelines.kit.reference.load import load_reference

COLUMNS = """SELECT schema_name, table_name, list(column_name) FROM duckdb_columns()
    WHERE database_name = 'lake' AND schema_name IN ('ledger', 'reference') GROUP BY ALL"""


def compiled_origins() -> Origins:
    """Lineage of every model, compiled now."""
    with tempfile.TemporaryDirectory(prefix="zhenjie-lineage-") as root:
        paths = Paths(Path(root))
        with connect(paths) as con:
            schema.ensure(con)
            load_reference(con, paths)
            known = con.execute(COLUMNS).fetchall()
        return origins_of(known)


def origins_of(known: list[tuple[str, str, list[str]]]) -> Origins:
    """Lineage of the compiled models; `known`: (schema, table, columns) of what else they read."""
    sql = {(node.schema, node.name): node.sql for node in models.nodes() if node.kind == models.MODEL}
    sources: dict[str, dict[str, tuple[str, ...]]] = {"bronze": {}, "reference": _seeds()}
    for schema_name, table, columns in known:
        sources.setdefault(schema_name, {})[table] = tuple(columns)
    for feed in load_contracts().values():
        sources["bronze"][feed.code] = tuple(rows_schema(feed).names())
    return origins(sql, sources)


def _seeds() -> dict[str, tuple[str, ...]]:
    files = sorted((models.DBT_PROJECT / "seeds").glob("*.csv"))
    return {file.stem: tuple(next(csv.reader(file.open(encoding="utf-8")))) for file in files}


def as_text(found: Origins) -> str:
    """A line a column, so that a change of a model shows as such."""
    tables = []
    for table, columns in sorted(found.items()):
        lines = [f"  {json.dumps(name)}: {json.dumps(sources)}"
                 for name, sources in columns.items()]  # fmt: skip
        tables.append(f" {json.dumps(table)}: {{\n" + ",\n".join(lines) + "\n }")
    return "{\n" + ",\n".join(tables) + "\n}\n"
