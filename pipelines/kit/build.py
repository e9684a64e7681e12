"""Building the models on the lake: dbt's compiled SQL on one connection, in one transaction.

Belongs here: how a seed, a model and a test become a statement, and that all of them count or none. Does not belong
here: compiling (kit/models.py), what need not be built again (kit/unchanged.py). Readers see a turn whole or not at
all; a build that is killed leaves the lake as it was.
"""

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import duckdb

from pipelines.kit.delivered import changed_rows
from pipelines.kit.lake import connect
from pipelines.kit.models import (
    AS_OF,
    BRONZE,
    DATA,
    DBT_PROJECT,
    MODEL,
    SEED,
    TEST,
    ModelBuildError,
    Node,
    nodes,
    sources,
)
from pipelines.kit.patching import Patches
from pipelines.kit.paths import Paths
from pipelines.kit.tables import transaction
from pipelines.kit.unchanged import Past, Standing


@dataclass(frozen=True)
class Built:
    """One node that is done: `rows` of a table (None of a view) or those a test found failing; `start` in seconds
    since the epoch. One that is not `is_new` stands as it was: it would become the same. `changed`: how many rows went
    and came where only those were touched, None where all were made anew."""

    node: Node
    rows: int | None
    start: float
    seconds: float
    is_new: bool = True
    changed: int | None = None


def build(
    paths: Paths, as_of: date, tables: Collection[tuple[str, str]] | None = None,
    tell: Callable[[Built], None] = lambda _: None,
    on_progress: Callable[[int, int, str], None] = lambda done, total, at: None,
    standing: Standing = MappingProxyType({}),
) -> list[Built]:
    """Bring all tables of the models to a business date and hear their tests; or make some anew, by schema and name.

    `standing` tells by feed what of it is in force; a feed it does not tell of counts as changed. `tell` hears of each
    node as soon as it is done, `on_progress` before each: how many are done, of how many, and its name. Nobody else may
    hold the lake's catalog. Raises ModelBuildError; then the lake is as it was before.
    """
    known = nodes()
    done = []
    with connect(paths) as con, transaction(con):
        _clear(con, [n for n in known if n.kind == MODEL])
        if tables is not None:  # a part of the graph is no ground to stand on: the next whole build makes it again
            wanted = [n for n in known if (n.schema, n.name) in tables]
            for number, node in enumerate(wanted):
                on_progress(number, len(wanted), node.title)
                done.append(_build(con, node, paths, as_of))
                tell(done[-1])
            return done
        past = Past(con, paths, known, as_of, standing)
        patches = _patches(con, paths, known, past, as_of, standing)
        for number, node in enumerate(known):
            on_progress(number, len(known), node.title)
            done.append(_bring(con, node, paths, as_of, past, patches))
            tell(done[-1])
        past.close(standing)
    return done


def _patches(
    con: duckdb.DuckDBPyConnection, paths: Paths, known: Collection[Node], past: Past, as_of: date, standing: Standing
) -> Patches:
    """What is known beforehand: which rows of bronze came into force, and which left it."""
    patches = Patches(con, paths, [*sources(), *(n for n in known if n.kind != TEST)], past.was_on, as_of)
    for source in sources():
        stood, stands = past.stood.get(source.feed), standing.get(source.feed)
        if source.schema == BRONZE and None not in (stood, stands) and stood != stands:
            patches.tell(source.key, changed_rows(con, paths, source.feed, stood, stands))
    return patches


def _bring(
    con: duckdb.DuckDBPyConnection, node: Node, paths: Paths, as_of: date, past: Past, patches: Patches
) -> Built:
    """One node to the business date: as it stands, row by row, or anew."""
    if past.stands(node):
        return Built(node, past.leave(node), time.time(), 0.0, is_new=False)
    start, clock = time.time(), time.monotonic()
    rows = past.rows(node)
    if rows is not None and node.kind == MODEL:
        with _failing(node):
            changed = patches.patch(node, _select(node, paths, as_of), past.changed(node))
        if changed is not None:
            rows += changed.come - changed.gone
            past.remember(node, rows, is_same=not any(changed))
            return Built(node, rows, start, time.monotonic() - clock, any(changed), sum(changed))
    built = _build(con, node, paths, as_of)
    past.remember(node, built.rows)
    return built


def _clear(con: duckdb.DuckDBPyConnection, models: Collection[Node]) -> None:
    """Drop what stands where models are kept and no model makes any more, or makes in another kind: a view cannot
    replace a table."""
    kinds = {(n.schema, n.name): n.materialized for n in models}
    schemas = ", ".join(f"'{schema}'" for schema in sorted({n.schema for n in models}))
    stand = con.execute(
        "SELECT table_schema, table_name, CASE table_type WHEN 'VIEW' THEN 'view' ELSE 'table' END "
        f"FROM information_schema.tables WHERE table_catalog = 'lake' AND table_schema IN ({schemas})"
    ).fetchall()
    for schema, name, kind in stand:
        if kinds.get((schema, name)) != kind:
            con.execute(f'DROP {kind} lake.{schema}."{name}"')


def _build(con: duckdb.DuckDBPyConnection, node: Node, paths: Paths, as_of: date) -> Built:
    start, clock = time.time(), time.monotonic()
    with _failing(node):
        rows = con.execute(statement(node, paths, as_of)).fetchone()
    if node.kind == TEST and rows[0]:
        raise ModelBuildError(f"{node.file}: {node.kind} {node.title}: {rows[0]} rows fail")
    return Built(node, rows[0] if rows else None, start, time.monotonic() - clock)


@contextmanager
def _failing(node: Node) -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        raise ModelBuildError(f"{node.file}: {node.kind} {node.title}: {str(error).splitlines()[0]}") from error


def statement(node: Node, paths: Paths, as_of: date) -> str:
    """What is executed for a node: one statement, whose first value is a number of rows."""
    if node.kind == SEED:
        types = ", ".join(f"'{name}': '{type_}'" for name, type_ in node.types.items())
        sql = f"FROM read_csv('{DBT_PROJECT / node.file}', header = true, columns = {{{types}}})"
        return f'CREATE OR REPLACE TABLE lake.{node.schema}."{node.name}" AS {sql}'
    sql = _select(node, paths, as_of)
    if node.kind == MODEL:
        return f'CREATE OR REPLACE {node.materialized} lake.{node.schema}."{node.name}" AS {sql}'
    return f"SELECT count(*) FROM ({sql})"


def _select(node: Node, paths: Paths, as_of: date) -> str:
    return node.sql.replace(DATA, str(paths.root)).replace(AS_OF, as_of.isoformat())
