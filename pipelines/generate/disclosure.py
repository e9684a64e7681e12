"""Writing `expectations/lineage.generated.json` from the compiled models.

Belongs here: gathering SQL and source columns for lineage.py, and the one way the file is written. Does not belong
here: following columns, judging. dbt compiles on an empty lake of its own.
"""

import csv
import json
import tempfile
from datetime import date
from pathlib import Path

from pipelines.ingest.bronze.schema import rows_schema
from pipelines.judge.ledger import schema
from pipelines.kit import models
from pipelines.kit.contracts import load_contracts
from pipelines.kit.disclosure.lineage import Origins, origins
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from pipelines.kit.reference.load import load_reference

COLUMNS = """SELECT schema_name, table_name, list(column_name) FROM duckdb_columns()
    WHERE database_name = 'lake' AND schema_name IN ('ledger', 'reference') GROUP BY ALL"""
# Any day: lineage is the same on all.
_AS_OF = date(2024, 1, 31)


def compiled_origins() -> Origins:
    """Lineage of every model, compiled now."""
    with tempfile.TemporaryDirectory(prefix="zhenjie-lineage-") as root:
        paths = Paths(Path(root))
        with connect(paths) as con:
            schema.ensure(con)
            load_reference(con, paths)
            known = con.execute(COLUMNS).fetchall()
        target = paths.dbt_target / "compiled_models"
        models.run_dbt(paths, ["compile", "--select", "resource_type:model", "--target-path", str(target)], _AS_OF)
        return origins_of(target, known)


def origins_of(target: Path, known: list[tuple[str, str, list[str]]]) -> Origins:
    """Lineage of the models whose SQL lies below a target folder of dbt; `known`: (schema, table, columns)."""
    written = (target / "compiled" / "zhenjie" / "models").glob("*/*.sql")
    sql = {(file.parent.name, file.stem): file.read_text(encoding="utf-8") for file in written}
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
