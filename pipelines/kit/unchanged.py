"""What need not be built again: a table whose statement is what it was, and whose parents say what they said.

Belongs here: how a table remembers what it was made of, and what of it its readers see. Does not belong here: building
(kit/build.py). A table carries its stamp as its comment: whoever replaces the table, in whatever way, takes the comment
away with it, and then it is built again; so it is when something was done to it since (kit/untouched.py).
"""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

import duckdb

from pipelines.kit.models import AS_OF, BRONZE, DBT_PROJECT, REFERENCE, SEED, STANDING, TEST, VIEW, Node, sources
from pipelines.kit.paths import Paths
from pipelines.kit.tables import insert
from pipelines.kit.untouched import untouched

# By feed, its deliveries in force in their order, each with words that change with its rows.
Standing = Mapping[str, Mapping[str, str]]
_STAMP = re.compile(r"made of ([0-9a-f]{16}), seen as ([0-9a-f]{16}), (\d+) rows")
# What the last whole build rested on, beside tables of its own: of this lake alone, no content of any schema of ours.
_BASE = "lake.main.built_on"


@dataclass(frozen=True)
class Stamp:
    """What a table was `made_of`, tests included, and as what readers see it (`seen`): sixteen digits each. `rows` it
    had then, 0 of a view."""

    made_of: str
    seen: str
    rows: int

    def __str__(self) -> str:
        return f"made of {self.made_of}, seen as {self.seen}, {self.rows} rows"


class Past:
    """What the tables of a lake were made of, while a build goes through them in the order of the graph."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, paths: Paths, nodes: Sequence[Node], as_of: date, standing: Standing
    ) -> None:
        known = sources()
        self._con, self._as_of = con, as_of
        self._texts: dict[tuple[str, str], list[str]] = defaultdict(list)
        for node in nodes:
            self._texts[node.schema, node.name].append(_text(node))
        whole = untouched(con, paths)
        self._stamps = {table: stamp for table, stamp in _stamps(con).items() if table in whole}
        self._feeds = {s.key: s.feed for s in known if s.schema == BRONZE}
        references = {s.key: _content(con, s.schema, s.name) for s in known if s.schema == REFERENCE}
        # What of the ledger a table reads nobody knows: it may have changed with every build.
        self._seen = {s.key: uuid4().hex for s in known} | references | self._in_force(standing)
        self.was_on, self.stood = _base(con)
        stamped = {n.key: s.seen for n in nodes if (s := self._stamps.get((n.schema, n.name))) and n.kind != TEST}
        self._was_seen = references | self._in_force(self.stood) | stamped
        self._again: set[str] = set()
        self._counted: dict[str, int] = {}
        self._views = {n.key: n for n in nodes if n.materialized == VIEW}

    def _in_force(self, standing: Standing) -> dict[str, str]:
        return {key: _digits(json.dumps(standing.get(feed))) for key, feed in self._feeds.items() if feed in standing}

    def stands(self, node: Node) -> bool:
        """Whether a table is what a build would make of it; of a test, whether all it reads is."""
        if node.kind == TEST:
            return not self._again.intersection(node.parents)
        stamp = self._stamps.get((node.schema, node.name))
        is_made = stamp is not None and stamp.made_of == self._made_of(node, self._seen, self._as_of)
        return is_made and self._is_whole(node)

    def changed(self, node: Node) -> list[str] | None:
        """The parents of a table, and of views among them, that are not what they were when it was made; None where
        the table itself, or such a view, was made otherwise than it would be now, or not of them. On a day before that
        of the last build nobody knows: ways and days are told forwards."""
        stamp = self._stamps.get((node.schema, node.name))
        if stamp is None or self.was_on is None or self._as_of < self.was_on or not self._is_whole(node):
            return None
        if stamp.made_of != self._made_of(node, self._was_seen, self.was_on):
            return None
        if any(self.changed(self._views[p]) is None for p in node.parents if p in self._views):
            return None
        return sorted(p for p in self._beneath(node) if self._seen[p] != self._was_seen.get(p))

    def rows(self, node: Node) -> int | None:
        """How many rows a table has that is as a build left it; None of any other."""
        stamp = self._stamps.get((node.schema, node.name))
        return stamp.rows if stamp and node.materialized != VIEW and self._is_whole(node) else None

    def leave(self, node: Node) -> int | None:
        """A table stays, and its readers see what they saw; how many rows, None of a view, 0 of a test."""
        if node.kind == TEST:
            return 0
        stamp = self._stamps[node.schema, node.name]
        self._seen[node.key] = stamp.seen
        return None if node.materialized == VIEW else stamp.rows

    def remember(self, node: Node, rows: int | None, is_same: bool = False) -> None:
        """A table was made just now, with so many rows, or found to be what it was (`is_same`): stamp it, in the
        transaction that made it."""
        if node.kind == TEST:
            return
        made = self._made_of(node, self._seen, self._as_of)
        seen = self._stamps[node.schema, node.name].seen if is_same else made
        if not is_same:
            self._again.add(node.key)
        self._seen[node.key] = seen
        kind = "VIEW" if node.materialized == VIEW else "TABLE"
        stamp = Stamp(made, seen, rows or 0)
        self._con.execute(f"COMMENT ON {kind} lake.{node.schema}.\"{node.name}\" IS '{stamp}'")

    def close(self, standing: Standing) -> None:
        """The build is whole: the next may rest on it."""
        rows = [(self._as_of, feed, json.dumps(told)) for feed, told in standing.items()] or [(self._as_of, "", "{}")]
        self._con.execute(f"CREATE OR REPLACE TABLE {_BASE} (as_of DATE, feed VARCHAR, standing VARCHAR)")
        insert(self._con, _BASE, rows)

    def _is_whole(self, node: Node) -> bool:
        if node.materialized == VIEW:
            return True
        if node.key not in self._counted:
            asked = f'SELECT count(*) FROM lake.{node.schema}."{node.name}"'
            self._counted[node.key] = self._con.execute(asked).fetchone()[0]
        return self._counted[node.key] == self._stamps[node.schema, node.name].rows

    def _parents(self, node: Node) -> list[str]:
        parents = set(node.parents)
        if parents & self._feeds.keys():
            parents.discard(STANDING)  # what stands is told feed by feed
        return sorted(parents)

    def _beneath(self, node: Node) -> set[str]:
        """What a node reads, through views."""
        views = {p for p in node.parents if p in self._views}
        return set(self._parents(node)).difference(views).union(*(self._beneath(self._views[v]) for v in views))

    def _made_of(self, node: Node, seen: Mapping[str, str], as_of: date) -> str:
        """`seen`: of its parents; one that is missing was nothing."""
        texts = (text.replace(AS_OF, as_of.isoformat()) for text in self._texts[node.schema, node.name])
        return _digits(*texts, *(seen.get(p, "") for p in self._parents(node)))


def _base(con: duckdb.DuckDBPyConnection) -> tuple[date | None, Standing]:
    """The day of the last whole build, and what was in force."""
    there = con.execute("SELECT 1 FROM duckdb_tables() WHERE database_name = 'lake' AND table_name = 'built_on'")
    rows = con.execute(f"SELECT as_of, feed, standing FROM {_BASE}").fetchall() if there.fetchall() else []
    return (rows[0][0] if rows else None), {feed: json.loads(told) for _, feed, told in rows if feed}


def _stamps(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Stamp]:
    """By schema and name of the table or view."""
    comments = con.execute(
        "SELECT schema_name, table_name, comment FROM duckdb_tables() WHERE database_name = 'lake' "
        "UNION ALL SELECT schema_name, view_name, comment FROM duckdb_views() WHERE database_name = 'lake'"
    ).fetchall()
    found = ((schema, name, _STAMP.fullmatch(comment or "")) for schema, name, comment in comments)
    return {(schema, name): Stamp(stamp[1], stamp[2], int(stamp[3])) for schema, name, stamp in found if stamp}


def _text(node: Node) -> str:
    """Whatever of a node itself decides what it becomes on a day."""
    if node.kind == SEED:
        return f"{(DBT_PROJECT / node.file).read_text(encoding='utf-8')}{sorted(node.types.items())}"
    return f"{node.kind} {node.materialized} {sorted(node.patched.items())} {node.sql}"


def _content(con: duckdb.DuckDBPyConnection, schema: str, name: str) -> str:
    """Of rows in any order, each as often as it stands there."""
    asked = f'SELECT count(*), sum(hash(of_it)::hugeint) FROM lake.{schema}."{name}" AS of_it'
    return str(con.execute(asked).fetchone())


def _digits(*parts: str) -> str:
    """Sixteen digits that change with any of the parts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
