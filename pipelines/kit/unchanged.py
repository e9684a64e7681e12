"""What need not be built again: a table whose statement is what it was, and whose parents say what they said.

Belongs here: how a table remembers what it was made of, and what of it its readers see. Does not belong here: building
(kit/build.py). A table carries its stamp as its comment: whoever replaces the table, in whatever way, takes the comment
away with it, and then it is built again; so it is when something was done to it since (kit/untouched.py).
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from pipelines.kit.models import AS_OF, BRONZE, DBT_PROJECT, REFERENCE, SEED, STANDING, TEST, VIEW, Node, sources
from pipelines.kit.paths import Paths
from pipelines.kit.untouched import untouched

_MAY_CHANGE = "what may change"
_DIGITS = rf"([0-9a-f]{{16}}|{_MAY_CHANGE})"
_STAMP = re.compile(rf"made of {_DIGITS}, seen as {_DIGITS}, (\d+) rows")


@dataclass(frozen=True)
class Stamp:
    """What a table was `made_of`, tests included, and as what readers see it (`seen`): sixteen digits each, None where
    nobody can tell whether it has changed. `rows` it had then, 0 of a view."""

    made_of: str | None
    seen: str | None
    rows: int

    def __str__(self) -> str:
        return f"made of {self.made_of or _MAY_CHANGE}, seen as {self.seen or _MAY_CHANGE}, {self.rows} rows"


class Past:
    """What the tables of a lake were made of, while a build goes through them in the order of the graph."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, paths: Paths, nodes: Sequence[Node], as_of: date,
        standing: Mapping[str, str],
    ) -> None:
        """`standing` tells by feed what of it is in force."""
        known = sources()
        self._con, self._as_of = con, as_of
        self._texts: dict[tuple[str, str], list[str]] = defaultdict(list)
        for node in nodes:
            self._texts[node.schema, node.name].append(_text(node, as_of))
        whole = untouched(con, paths)
        self._stamps = {table: stamp for table, stamp in _stamps(con).items() if table in whole}
        self._feeds = {s.key: s.feed for s in known if s.schema == BRONZE}
        self._references = {s.key: _content(con, s.schema, s.name) for s in known if s.schema == REFERENCE}
        in_force = {key: standing.get(feed) for key, feed in self._feeds.items()}
        self._seen: dict[str, str | None] = self._references | in_force
        self._again: set[str] = set()

    def stands(self, node: Node) -> bool:
        """Whether a table is what a build would make of it; of a test, whether all it reads is."""
        if node.kind == TEST:
            return not self._again.intersection(node.parents)
        stamp = self._stamps.get((node.schema, node.name))
        if stamp is None or stamp.made_of is None or stamp.made_of != self._made_of(node):
            return False
        return node.materialized == VIEW or self._count(node) == stamp.rows

    def leave(self, node: Node) -> int | None:
        """A table stays, and its readers see what they saw; how many rows, None of a view, 0 of a test."""
        if node.kind == TEST:
            return 0
        stamp = self._stamps[node.schema, node.name]
        self._seen[node.key] = stamp.seen
        return None if node.materialized == VIEW else stamp.rows

    def remember(self, node: Node, rows: int | None) -> None:
        """A table was made just now, with so many rows: stamp it, in the transaction that made it."""
        if node.kind == TEST:
            return
        self._again.add(node.key)
        made = self._made_of(node)
        stamp = Stamp(made, self._seen_of(node) if node.readers_see else made, rows or 0)
        self._seen[node.key] = stamp.seen
        kind = "VIEW" if node.materialized == VIEW else "TABLE"
        self._con.execute(f"COMMENT ON {kind} lake.{node.schema}.\"{node.name}\" IS '{stamp}'")

    def _count(self, node: Node) -> int:
        return self._con.execute(f'SELECT count(*) FROM lake.{node.schema}."{node.name}"').fetchone()[0]

    def _made_of(self, node: Node) -> str | None:
        parents = set(node.parents)
        if parents & self._feeds.keys():
            parents.discard(STANDING)  # what stands is told feed by feed
        return _digits(*self._texts[node.schema, node.name], *(self._seen.get(p) for p in sorted(parents)))

    def _seen_of(self, node: Node) -> str | None:
        """Of a table whose model names the rows that matter to readers: those, with its statement and the reference
        data it reads."""
        rows = _content(self._con, node.schema, node.name, node.readers_see)
        return _digits(node.sql, rows, *(self._references[p] for p in node.parents if p in self._references))


def _stamps(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Stamp]:
    """By schema and name of the table or view."""
    comments = con.execute(
        "SELECT schema_name, table_name, comment FROM duckdb_tables() WHERE database_name = 'lake' "
        "UNION ALL SELECT schema_name, view_name, comment FROM duckdb_views() WHERE database_name = 'lake'"
    ).fetchall()
    found = ((schema, name, _STAMP.fullmatch(comment or "")) for schema, name, comment in comments)
    return {
        (schema, name): Stamp(*(None if part == _MAY_CHANGE else part for part in stamp.groups()[:2]), int(stamp[3]))
        for schema, name, stamp in found if stamp
    }  # fmt: skip


def _text(node: Node, as_of: date) -> str:
    """Whatever of a node itself, as of a day, decides what it becomes."""
    if node.kind == SEED:
        return f"{(DBT_PROJECT / node.file).read_text(encoding='utf-8')}{sorted(node.types.items())}"
    return f"{node.kind} {node.materialized} {node.readers_see} {node.sql.replace(AS_OF, as_of.isoformat())}"


def _content(con: duckdb.DuckDBPyConnection, schema: str, name: str, where: str = "true") -> str:
    """Of rows in any order, each as often as it stands there."""
    asked = f'SELECT count(*), sum(hash(of_it)::hugeint) FROM lake.{schema}."{name}" AS of_it WHERE {where}'
    return str(con.execute(asked).fetchone())


def _digits(*parts: str | None) -> str | None:
    """Sixteen digits that change with any of the parts; None where one is unknown."""
    known = [part for part in parts if part is not None]
    return hashlib.sha256("\0".join(known).encode()).hexdigest()[:16] if len(known) == len(parts) else None
