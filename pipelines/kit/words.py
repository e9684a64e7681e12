"""What the tables and columns of our own mean, written where people look: into the lake, as comments.

Belongs here: which words belong to what. Does not belong here: the words (dbt_project/models: `columns.md` and the
descriptions of sources), comments of tables that models make, which are rebuilt with them (kit/unchanged.py).
"""

import duckdb

from pipelines.kit.models import titles, words
from pipelines.kit.tables import literal


def comment(con: duckdb.DuckDBPyConnection, schema: str) -> None:
    """Give every table and column of a schema of the lake the words there are for it, where it has none yet; inside a
    transaction."""
    told = words()
    tables = {name: text for (of, name), text in titles().items() if of == schema}
    where = f"WHERE database_name = 'lake' AND schema_name = '{schema}' AND comment IS NULL"
    bare = con.execute(f"SELECT table_name FROM duckdb_tables() {where}").fetchall()
    columns = con.execute(f"SELECT table_name, column_name FROM duckdb_columns() {where}").fetchall()
    statements = [(f'TABLE lake.{schema}."{t}"', tables[t]) for (t,) in bare if t in tables]
    statements += [(f'COLUMN lake.{schema}."{t}"."{c}"', told[c]) for t, c in columns if t in tables and c in told]
    for what, text in statements:
        con.execute(f"COMMENT ON {what} IS {literal(text)}")
