"""Structural suites, generated from the contracts, over bronze: counts per feed, no anomalies.

Belongs here: running them. Does not belong here: making them (pipelines.kit.contracts) and bad rows themselves,
which ingestion has put into quarantine already.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from pipelines.ingest.bronze.result import all_results
from pipelines.ingest.bronze.store import EMPTY, ROWS_FILE
from pipelines.judge.verify.compiled import RowRule, Sessions
from pipelines.judge.verify.results import RuleResult, counted, failed
from pipelines.judge.verify.suites import SUITES_FOLDER
from pipelines.kit.contracts import Feed, load_contracts
from pipelines.kit.contracts.masks import masked
from pipelines.kit.house_files import HouseFileError, document, read
from pipelines.kit.paths import Paths
from pipelines.kit.whole_files import write_whole

STRUCTURE_FOLDER = SUITES_FOLDER / "structure"
# Below bronze, a file a feed: what was found in its newest deliveries.
KEPT = "_structure"
_EXAMPLES = 3


@dataclass(frozen=True)
class StructureResult:
    """One feed: `rows` of its newest deliveries, and what each of its rules found, with values as the contract masks
    them; `titles` by rule id."""

    feed: str
    rows: int
    results: tuple[RuleResult, ...]
    titles: Mapping[str, str]

    @property
    def rules(self) -> int:
        return len(self.results)

    @property
    def failed(self) -> int:
        """Rules that did not pass, those that could not be asked included."""
        return sum(not r.passed for r in self.results)

    @property
    def passed(self) -> bool:
        return self.failed == 0


@dataclass(frozen=True)
class _Kept:
    """What is kept of a feed: what was judged, and what was found."""

    key: str
    rows: int
    results: tuple[RuleResult, ...]


def verify_structure(
    paths: Paths, as_of: date, feeds: Iterable[str], folder: Path = STRUCTURE_FOLDER
) -> Iterator[StructureResult]:
    """Run the structural suite of each feed on the rows of its newest delivery date <= as_of, each as it is asked for.

    What was found is kept beside bronze: the same suite over the same deliveries is not run again.
    """
    con = duckdb.connect(config={"autoinstall_known_extensions": False})
    try:
        with Sessions(con, "memory.main") as sessions:
            for feed in feeds:
                yield _one_feed(con, sessions, paths, as_of, feed, folder)
    finally:
        con.close()


def _one_feed(
    con: duckdb.DuckDBPyConnection, sessions: Sessions, paths: Paths, as_of: date, feed: str, folder: Path
) -> StructureResult:
    told = document(folder / f"{feed}.json")
    suite = {"name": told["name"], "expectations": told["expectations"]}
    titles = {e["meta"]["rule_id"]: e["meta"].get("title_zh", "") for e in suite["expectations"]}
    newest = _newest(paths, feed, as_of)
    key = hashlib.sha256(repr((json.dumps(suite), newest)).encode()).hexdigest()
    kept = paths.bronze / KEPT / f"{feed}.json"
    if (known := _read(kept, key)) is not None:
        return StructureResult(feed, known.rows, known.results, titles)
    try:
        rows, results = _judged(con, sessions, paths, feed, suite, newest)
    except Exception as error:  # no bronze, or a suite GX does not know: this feed fails, not the others
        rows, results = 0, tuple(failed(rule_id, suite["name"], error) for rule_id in titles)
    if not any(r.error for r in results):
        told = {"key": key, "rows": rows, "results": [asdict(r) for r in results]}
        write_whole(kept, json.dumps(told, ensure_ascii=False, indent=1))
    return StructureResult(feed, rows, results, titles)


def _newest(paths: Paths, feed: str, as_of: date) -> list[str]:
    """Folders of the newest delivery date <= as_of that brought rows; the empty one where none did."""
    brought = [r for r in all_results(paths, feed) if r.rows_bronze and r.delivered_on <= as_of.isoformat()]
    newest = max((r.delivered_on for r in brought), default="")
    return sorted(r.folder for r in brought if r.delivered_on == newest) or [EMPTY]


def _read(file: Path, key: str) -> _Kept | None:
    try:
        told = read(_Kept, file)
    except HouseFileError:  # not there, or not what was written: judged anew
        return None
    return told if told.key == key else None


def _judged(
    con: duckdb.DuckDBPyConnection, sessions: Sessions, paths: Paths, feed: str, suite: Mapping[str, Any],
    newest: list[str],
) -> tuple[int, tuple[RuleResult, ...]]:
    name, table, shape = suite["name"], f"bronze_{feed}", f"shape_{feed}"
    files = ", ".join(f"'{paths.bronze / feed / folder / ROWS_FILE}'" for folder in newest)
    # A view, and no temporary one: GX works on a cursor, which would not see it.
    con.execute(f"CREATE OR REPLACE VIEW {table} AS FROM read_parquet([{files}], union_by_name = true)")
    # GX looks at the table once for every rule it compiles: an empty one will do.
    con.execute(f"CREATE OR REPLACE TABLE {shape} AS FROM {table} LIMIT 0")
    compiled = sessions.compile(suite, shape, table)
    broken = {rule_id: failed(rule_id, name, RuntimeError(why)) for rule_id, why in compiled.broken.items()}
    rows, counts = _counts(con, table, compiled.rules, broken)
    failing = [rule for rule in compiled.rules if counts.get(rule.rule_id)]
    shown = {rule.rule_id: _examples(con, table, rule, load_contracts().get(feed)) for rule in failing}
    found = {rule_id: counted(rule_id, name, rows, n, shown.get(rule_id, ())) for rule_id, n in counts.items()}
    found |= broken | sessions.judge(suite, table, compiled.others)
    return rows, tuple(found[e["meta"]["rule_id"]] for e in suite["expectations"])


def _examples(con: duckdb.DuckDBPyConnection, table: str, rule: RowRule, feed: Feed | None) -> tuple[str, ...]:
    """A few of the values that fail, masked; none of a column that no contract knows."""
    column = feed.by_name.get(rule.meta.get("field", "")) if feed else None
    if column is None:
        return ()
    found = con.execute(
        f'SELECT DISTINCT "{column.name}" FROM {table} WHERE {rule.condition} ORDER BY ALL LIMIT {_EXAMPLES}'
    ).fetchall()
    return tuple(masked(column, value) or "（空）" for (value,) in found)


def _counts(
    con: duckdb.DuckDBPyConnection, table: str, rules: Sequence[RowRule], broken: dict[str, RuleResult]
) -> tuple[int, dict[str, int]]:
    """Rows, and failing rows per rule, in one pass; when that fails, one by one, and what breaks goes into `broken`."""
    try:
        sums = "".join(f", count(*) FILTER ({r.condition})" for r in rules)
        rows, *counts = con.execute(f"SELECT count(*){sums} FROM {table}").fetchone()
        return rows, {rule.rule_id: count for rule, count in zip(rules, counts, strict=True)}
    except duckdb.Error as error:
        if len(rules) == 1:
            broken[rules[0].rule_id] = failed(rules[0].rule_id, table, error)
            return _counts(con, table, (), broken)
        alone = [_counts(con, table, [rule], broken) for rule in rules]
        return alone[0][0], {rule_id: n for _, counts in alone for rule_id, n in counts.items()}
