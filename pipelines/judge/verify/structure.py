"""Structural suites, generated from the contracts, over bronze: counts per feed, no anomalies.

Belongs here: running them. Does not belong here: making them (pipelines.kit.contracts) and bad rows themselves,
which ingestion has put into quarantine already.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from pipelines.judge.verify.results import RuleResult, failed
from pipelines.judge.verify.suites import SUITES_FOLDER
from pipelines.kit.paths import Paths

STRUCTURE_FOLDER = SUITES_FOLDER / "structure"


@dataclass(frozen=True)
class StructureResult:
    """One feed: `rows` of its newest deliveries, how many `rules` were asked, how many `failed` or broke."""

    feed: str
    rows: int
    rules: int
    failed: int
    results: tuple[RuleResult, ...]

    @property
    def passed(self) -> bool:
        return self.failed == 0


def verify_structure(
    paths: Paths, as_of: date, feeds: Iterable[str], folder: Path = STRUCTURE_FOLDER
) -> list[StructureResult]:
    """Run the structural suite of each feed on the rows of its newest delivery date <= as_of."""
    from pipelines.judge.verify.session import Session  # seconds and hundreds of MB

    con = duckdb.connect(config={"autoinstall_known_extensions": False})
    try:
        with Session(con, "memory.main") as session:
            return [_one_feed(con, session, paths, as_of, feed, folder) for feed in feeds]
    finally:
        con.close()


def _one_feed(
    con: duckdb.DuckDBPyConnection, session: Any, paths: Paths, as_of: date, feed: str, folder: Path
) -> StructureResult:
    from pipelines.judge.verify.evaluate import compile_suite, judge

    document = json.loads((folder / f"{feed}.json").read_text(encoding="utf-8"))
    suite = {"name": document["name"], "expectations": document["expectations"]}
    table, shape = f"bronze_{feed}", f"shape_{feed}"
    try:
        rows = _view(con, table, paths.bronze / feed, as_of)
        # GX looks at the table once for every rule it compiles: an empty one will do.
        con.execute(f"CREATE OR REPLACE TABLE {shape} AS FROM {table} LIMIT 0")
        compiled, broken = compile_suite(session.batch(shape), session.suite(suite), table)
        counts = _counts(con, table, compiled, broken)
        results = [_counted(suite["name"], rule_id, rows, n) for rule_id, n in counts.items()]
        # What is counted needs no verdict of GX, which costs most.
        left = [e for e in suite["expectations"] if e["meta"]["rule_id"] not in counts]
        if left:
            rest = session.suite({"name": f"{suite['name']}_rest", "expectations": left})
            results += judge(session.batch(table), rest, [], broken, {}, {})
    except Exception as error:  # no bronze, or a suite GX does not know: this feed fails, not the others
        results = [failed(e["meta"]["rule_id"], suite["name"], error) for e in suite["expectations"]]
        rows = 0
    bad = sum(not r.passed for r in results)
    return StructureResult(feed, rows, len(results), bad, tuple(results))


def _counted(suite: str, rule_id: str, rows: int, failing: int) -> RuleResult:
    return RuleResult(rule_id, suite, passed=failing == 0, evaluated=rows, unexpected=failing)


def _view(con: duckdb.DuckDBPyConnection, name: str, folder: Path, as_of: date) -> int:
    """Temporary in-memory view of the newest delivery date; returns its rows. A cursor sees no TEMP view."""
    source = f"read_parquet('{folder}/*/rows.parquet', union_by_name = true)"
    newest = f"(SELECT max(_delivered_on) FROM {source} WHERE _delivered_on <= DATE '{as_of}')"
    con.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM {source} WHERE _delivered_on = {newest}")
    return con.execute(f"SELECT count(*) FROM {name}").fetchone()[0]


def _counts(
    con: duckdb.DuckDBPyConnection, table: str, compiled: list[Any], broken: dict[str, RuleResult]
) -> dict[str, int]:
    """Failing rows per rule in one pass; when that fails, one by one, and what breaks goes into `broken`."""
    try:
        sums = ", ".join(f"count(*) FILTER ({r.condition})" for r in compiled)
        counts = con.execute(f"SELECT {sums} FROM {table}").fetchone()
        return {rule.rule_id: count for rule, count in zip(compiled, counts, strict=True)}
    except duckdb.Error as error:
        if len(compiled) == 1:
            broken[compiled[0].rule_id] = failed(compiled[0].rule_id, table, error)
            return {}
        return {k: n for rule in compiled for k, n in _counts(con, table, [rule], broken).items()}
