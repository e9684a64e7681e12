"""What Great Expectations made of a suite: one SQL condition a rule, kept: GX is needed for changed suites only.

Belongs here: these conditions, where they are kept, the pass over a table. Does not belong here: compiling (collect.py;
importing that imports GX, which costs seconds and hundreds of MB), what a finding looks like (anomalies.py).
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb

from pipelines.judge.verify.results import RuleResult
from pipelines.kit.house_files import HouseFileError, read
from pipelines.kit.paths import COMPILED
from pipelines.kit.whole_files import write_whole

FOLDER = COMPILED / "rules"


@dataclass(frozen=True)
class RowRule:
    """One row rule: SQL that is true for failing rows."""

    rule_id: str
    condition: str
    meta: dict[str, Any]


@dataclass(frozen=True)
class Compiled:
    """The row rules of a suite, and why the others are none: `broken` (rule id -> what GX said), or for GX to judge."""

    rules: tuple[RowRule, ...]
    broken: Mapping[str, str] = field(default_factory=dict)
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Kept:
    """What is kept of a suite: of what it was made, and what came out, sealed by its hash."""

    key: str
    sha256: str
    rules: tuple[RowRule, ...]


class Sessions:
    """A session of Great Expectations on a connection, opened by the first who needs one."""

    def __init__(self, con: duckdb.DuckDBPyConnection, schema: str) -> None:
        self._con, self._schema, self._opened = con, schema, None

    def __enter__(self) -> "Sessions":
        return self

    def __exit__(self, *error: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._opened:
            self._opened.__exit__(*error)

    def get(self) -> Any:
        """The session (verify.session.Session)."""
        if self._opened is None:
            from pipelines.judge.verify.session import Session

            self._opened = Session(self._con, self._schema)
        return self._opened

    def compile(self, suite: Mapping[str, Any], shape: str, table: str) -> Compiled:
        """The suite as conditions on `table` (as SQL names it), which has the columns of `shape` in our schema.

        Raises what DuckDB and GX raise for a table or a type of expectation that they do not know.
        """
        columns = self._con.execute(f'DESCRIBE {self._schema}."{shape}"').fetchall()
        key = hashlib.sha256(repr((_makers(), json.dumps(suite), table, columns)).encode()).hexdigest()
        file = FOLDER / f"{suite['name']}.json"
        if kept := _kept(file, key):
            return kept
        from pipelines.judge.verify.evaluate import compile_suite

        made = compile_suite(self.get().batch(shape), self.get().suite(suite), table)
        if not made.broken and not made.others:
            kept = asdict(_Kept(key, _hash(made.rules), made.rules))
            write_whole(file, json.dumps(kept, ensure_ascii=False, indent=1))
        return made

    def judge(self, suite: Mapping[str, Any], table: str, rule_ids: Collection[str]) -> dict[str, RuleResult]:
        """GX's own verdict, by rule id, on rules of a suite that are not about rows; without any, GX is not asked."""
        if not rule_ids:
            return {}
        from pipelines.judge.verify.evaluate import judge

        found = judge(self.get().batch(table), self.get().suite(suite), rule_ids)
        return {result.rule_id: result for result in found}


def _kept(file: Path, key: str) -> Compiled | None:
    try:
        told = read(_Kept, file)
    except HouseFileError:  # not there, or no file of ours: compiled anew
        return None
    return Compiled(told.rules) if (told.key, told.sha256) == (key, _hash(told.rules)) else None


def _hash(rules: Sequence[RowRule]) -> str:
    return hashlib.sha256(json.dumps([asdict(rule) for rule in rules]).encode()).hexdigest()


@cache
def _makers() -> str:
    """What else decides what comes out: GX, what it stands on, and our own part of it."""
    ours = b"".join(file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py")))
    packages = ("great_expectations", "duckdb-engine", "SQLAlchemy")
    return " ".join([*map(version, packages), hashlib.sha256(ours).hexdigest()])


def failing_rows_sql(rules: Sequence[RowRule], table: str, columns: str, cells: Sequence[str]) -> str:
    """SELECT of one row per failing (row, rule): `columns` of the table, then the fields of struct `cells[i]`
    of rule i. The structs must have equal fields; the first is evaluated for failing rows only."""
    marks = ", ".join(f"coalesce({r.condition}, false) AS _fails_{i}" for i, r in enumerate(rules))
    some = " OR ".join(f"_fails_{i}" for i in range(len(rules)))
    found = ", ".join(f"CASE WHEN _fails_{i} THEN {cell} END" for i, cell in enumerate(cells))
    return f"""SELECT {columns}, unnest(_cell) FROM (
        SELECT {columns}, unnest(list_filter([{found}], lambda c: c IS NOT NULL)) AS _cell
        FROM (SELECT *, {marks} FROM {table}) WHERE {some})"""
