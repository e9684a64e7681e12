"""Changing the rows of a table that are affected by what changed, instead of making it anew.

Belongs here: which rows are affected, what becomes of them, and telling readers of the table which went and which came.
Does not belong here: what models promise (kit/patched.py), when a table may rest on what stood (kit/unchanged.py). Why
so: docs/adr/0016-patches.md.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

import duckdb

from pipelines.kit.models import AS_OF, DATA, VIEW, Node, Source
from pipelines.kit.patched import COME, GONE, SELF, WAS, Patched, Way
from pipelines.kit.paths import Paths

# Where more than this share of its rows is affected a table is made anew: of one in a hundred it costs half as much to
# change them (docs/adr/0016-patches.md).
_MOST = 0.05
# A patch adds a file; a table in more of them is copied into one.
_MOST_FILES = 24
_KEYS, _OLD, _NEW, _OTHER = "patch_keys", "patch_old", "patch_new", "patch_other"
_FILES = """
    SELECT t.table_name, count(*) FROM __ducklake_metadata_lake.ducklake_data_file AS f
    JOIN __ducklake_metadata_lake.ducklake_table AS t USING (table_id)
    WHERE f.end_snapshot IS NULL AND t.end_snapshot IS NULL GROUP BY t.table_name"""


class Rows(NamedTuple):
    """Temporary tables or views: rows of a table as it was, and of it as it is, at least those not in both."""

    gone: str
    come: str


class Changed(NamedTuple):
    """How many rows went and came."""

    gone: int
    come: int


class Patches:
    """The changes of one build, as it goes through the graph."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, paths: Paths, tables: Iterable[Node | Source], was: date | None,
        as_of: date,
    ) -> None:
        """`was`: the day of the build before, None where there was none."""
        self._con, self._folder, self._was, self._as_of = con, str(paths.root), was, as_of
        self._tables = {table.key: table for table in tables}
        self._named = {table.name: table for table in self._tables.values()}
        self._known: dict[str, Rows] = {}
        self._files = dict(con.execute(_FILES).fetchall())

    def tell(self, key: str, rows: Rows | None) -> None:
        """Which rows of a source changed; None: nobody knows."""
        if rows:
            self._known[key] = rows

    def patch(self, node: Node, sql: str, changed: Sequence[str] | None) -> Changed | None:
        """Bring a table that stands up to date; `sql` is what it is made of, `changed` are the parents that are not
        what they were (None: nobody knows). Returns how many rows went and came; None where it cannot be done so: then
        nothing is changed."""
        spec = Patched.of(node)
        if spec is None:
            return None
        if not spec.ways:
            found = self._all(node, sql)
        elif spec.grows:
            found = self._more(node, spec, sql, changed) or self._all(node, sql)
        else:
            found = changed is not None and self._part(node, spec, sql, changed)
        return self._exchange(node, spec) if found else None

    def _all(self, node: Node, sql: str) -> bool:
        self._make(_NEW, sql)
        self._con.execute(f"CREATE OR REPLACE TEMP TABLE {_OLD} AS FROM {node.relation}")
        columns = [self._con.execute(f"DESCRIBE {table}").fetchall() for table in (_OLD, _NEW)]
        return [column[:2] for column in columns[0]] == [column[:2] for column in columns[1]]

    def _more(self, node: Node, spec: Patched, sql: str, changed: Sequence[str] | None) -> bool:
        if changed is None:
            return False
        for key in node.parents:
            table, rows = self._tables[key], self._known.get(key)
            if key in changed and (rows is None or self._any(rows.gone)):
                return False
            if spec.way(table):
                new = f"FROM {rows.come}" if rows and key in changed else f"FROM {self._relation(table)} LIMIT 0"
                sql = sql.replace(self._relation(table), f"({new})")
        self._con.execute(f"CREATE OR REPLACE TEMP TABLE {_OLD} AS FROM {node.relation} LIMIT 0")
        self._make(_NEW, f"SELECT * FROM ({sql}) WHERE {spec.by} NOT IN (SELECT {spec.by} FROM {node.relation})")
        return True

    def _part(self, node: Node, spec: Patched, sql: str, changed: Sequence[str]) -> bool:
        asked = self._asked(node, spec, changed)
        if asked is None:
            return False
        keys = " UNION ALL ".join(asked or ["SELECT NULL AS key"])
        self._make(_KEYS, f"SELECT DISTINCT key FROM ({keys}) WHERE key IS NOT NULL")
        if not self._any(_KEYS):
            for table in (_OLD, _NEW):
                self._make(table, f"FROM {node.relation} LIMIT 0")
            return True
        here = f"{spec.by} IN (SELECT key FROM {_KEYS})"
        self._make(_OLD, f"SELECT * FROM {node.relation} WHERE {here}")
        affected, rows = (
            self._con.execute(f"SELECT count(*) FROM {of}").fetchone()[0] for of in (_OLD, node.relation)
        )
        if affected > _MOST * rows:
            return False
        self._make(_NEW, f"SELECT * FROM ({self._narrowed(node, spec, sql)}) WHERE {here}")
        return True

    def _asked(self, node: Node, spec: Patched, changed: Sequence[str]) -> list[str] | None:
        """Queries of the affected values of `by`; None where nobody knows them all."""
        asked = []
        for key in changed:
            table, rows = self._tables[key], self._known.get(key)
            if rows is None:
                return None
            if table.name in spec.once and not self._any(rows.gone):
                continue
            way = spec.way(table)
            if way is None:
                return None
            if way.query:
                asked.append(_affected(way.query.replace(GONE, rows.gone).replace(COME, rows.come)))
            else:
                asked += [self._reached(node, spec, way, of) for of in rows]
        if AS_OF in node.sql and self._was != self._as_of:
            if not spec.days or self._was is None:
                return None
            asked.append(_affected(spec.days.replace(WAS, str(self._was)).replace(AS_OF, str(self._as_of))))
        return asked

    def _reached(self, node: Node, spec: Patched, way: Way, rows: str) -> str:
        if not way.via:
            return f"SELECT {way.column} AS key FROM {rows}"
        there = node if way.via == SELF else self._named[way.via]
        return f"SELECT {spec.by} AS key FROM {there.relation} WHERE {way.to} IN (SELECT {way.column} FROM {rows})"

    def _narrowed(self, node: Node, spec: Patched, sql: str) -> str:
        """The statement, reading of its parents, and of those of views, what the affected rows depend on."""
        for key in node.parents:
            table = self._tables[key]
            part, whole = f'temp.main."{table.name}"', self._relation(table)
            if isinstance(table, Node) and table.materialized == VIEW:
                inner = self._narrowed(table, spec, table.sql.replace(DATA, self._folder))
                self._con.execute(f"CREATE OR REPLACE TEMP VIEW {part} AS {inner}")
                sql = sql.replace(whole, part)
                continue
            way = spec.way(table)
            if way is None or not way.narrows:
                continue
            wanted = f"SELECT key FROM {_KEYS}"
            if way.via:
                wanted = f"SELECT {way.to} FROM {self._named[way.via].relation} WHERE {spec.by} IN ({wanted})"
            self._con.execute(
                f"CREATE OR REPLACE TEMP VIEW {part} AS SELECT * FROM {whole} WHERE {way.column} IN ({wanted})"
            )
            sql = sql.replace(whole, part)
        return sql

    def _exchange(self, node: Node, spec: Patched) -> Changed | None:
        """Put the new rows in the place of the old, value by value of `by`, where they differ; None where rows without
        a value do, which nobody can tell apart."""
        told = "SELECT {by} AS key, count(*) AS rows, sum(hash(o)::hugeint) AS content FROM {of} AS o GROUP BY 1"
        old, new = (told.format(by=spec.by, of=of) for of in (_OLD, _NEW))
        self._make(
            _OTHER,
            f"SELECT coalesce(o.key, n.key) AS key FROM ({old}) AS o FULL JOIN ({new}) AS n "
            "ON o.key IS NOT DISTINCT FROM n.key "
            "WHERE o.rows IS DISTINCT FROM n.rows OR o.content IS DISTINCT FROM n.content",
        )
        if self._any(f"{_OTHER} WHERE key IS NULL"):
            return None
        here = f"WHERE {spec.by} IN (SELECT key FROM {_OTHER})"
        rows = Rows(f'"gone_from_{node.name}"', f'"come_to_{node.name}"')
        for name, of in zip(rows, (_OLD, _NEW), strict=True):
            self._make(name, f"SELECT * FROM {of} {here}")
        gone, come = (self._con.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in rows)
        self._known[node.key] = rows
        if gone:
            self._con.execute(f"DELETE FROM {node.relation} {here}")
        if come:
            self._con.execute(f"INSERT INTO {node.relation} FROM {rows.come}")
        if gone + come and self._files.get(node.name, 0) > _MOST_FILES:
            self._con.execute(f"CREATE OR REPLACE TABLE {node.relation} AS FROM {node.relation}")
        return Changed(gone, come)

    def _make(self, name: str, sql: str) -> None:
        self._con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}")

    def _any(self, rows: str) -> bool:
        return bool(self._con.execute(f"SELECT 1 FROM {rows} LIMIT 1").fetchall())

    def _relation(self, table: Node | Source) -> str:
        return table.relation.replace(DATA, self._folder)


def _affected(query: str) -> str:
    return f"SELECT * FROM ({query}) AS affected(key)"
