"""Which tables of the lake are as the statement that made them left them.

Belongs here: what DuckLake's own catalog tells of it, and its files. Does not belong here: what a table should hold
(kit/unchanged.py). A table gets its comment in the snapshot in which it becomes what it should be; whoever changes rows
or columns in place later does so in a later one.
"""

import duckdb

from pipelines.kit.paths import Paths

_CATALOG = "__ducklake_metadata_lake"
# Tables and views that have a comment, with the snapshot in which they got it and the folder of their files.
_MADE = f"""
    SELECT made.*, tag.begin_snapshot AS commented FROM (
        SELECT t.table_id AS id, s.schema_name, t.table_name AS name, s.path || t.path AS folder
        FROM {_CATALOG}.ducklake_table AS t JOIN {_CATALOG}.ducklake_schema AS s USING (schema_id)
        WHERE t.end_snapshot IS NULL
        UNION ALL SELECT v.view_id, s.schema_name, v.view_name, ''
        FROM {_CATALOG}.ducklake_view AS v JOIN {_CATALOG}.ducklake_schema AS s USING (schema_id)
        WHERE v.end_snapshot IS NULL
    ) AS made JOIN {_CATALOG}.ducklake_tag AS tag
        ON tag.object_id = made.id AND tag.key = 'comment' AND tag.end_snapshot IS NULL"""
_FILES = ("ducklake_data_file", "ducklake_delete_file")
# By what a change shows: its snapshot, or that which ended what it replaced.
_CHANGES = tuple(
    f"SELECT table_id AS id, begin_snapshot AS since, end_snapshot AS until FROM {_CATALOG}.{of}"
    for of in ("ducklake_column", *_FILES)
)


def untouched(con: duckdb.DuckDBPyConnection, paths: Paths) -> set[tuple[str, str]]:
    """Schema and name of every table and view that has a comment and to which nothing was done since it got it, and
    whose files are there and whole by their size."""
    changes = " UNION ALL ".join((*_CHANGES, *_small_tables(con)))
    made = con.execute(f"""WITH made AS ({_MADE}), changed AS ({changes})
        SELECT id, schema_name, name, folder FROM made WHERE NOT EXISTS (
            SELECT 1 FROM changed WHERE changed.id = made.id AND greatest(since, until) > commented)""").fetchall()
    files = con.execute(" UNION ALL ".join(
        f"SELECT table_id, path, file_size_bytes FROM {_CATALOG}.{kind} WHERE end_snapshot IS NULL" for kind in _FILES
    )).fetchall()
    folders = {id_: folder for id_, _, _, folder in made}
    broken = set()
    for id_, path, size in files:
        if id_ in folders:
            file = paths.lake_files / folders[id_] / path
            if not file.is_file() or file.stat().st_size != size:
                broken.add(id_)
    return {(schema, name) for id_, schema, name, _ in made if id_ not in broken}


def _small_tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Changes of tables so small that their rows stand in the catalog."""
    known = con.execute(f"SELECT table_id, table_name FROM {_CATALOG}.ducklake_inlined_data_tables").fetchall()
    return [f"SELECT {id_}, begin_snapshot, end_snapshot FROM {_CATALOG}.{name}" for id_, name in known]
