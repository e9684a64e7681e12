"""One verification turn: all suites over the verify tables, all failing keys into the temporary table `anomaly_now`.

Belongs here: the order of things. Does not belong here: compiling and judging rules (collect.py, evaluate.py)
and the shape of an anomaly (anomalies.py). A rule that cannot be evaluated is an error, never a pass: its
tickets stay as they are. So do those of a rule where a feed it needs is stale (stale.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import duckdb

from pipelines.judge.rules import Rule
from pipelines.judge.verify import anomalies, stale
from pipelines.judge.verify.compiled import Sessions
from pipelines.judge.verify.results import RuleResult, counted, failed
from pipelines.judge.verify.suites import Parameters, check_suites, fill_parameters, load_suites
from pipelines.kit.house_files import HouseFileError

__all__ = ["RuleResult", "load_suites", "verify"]

SCHEMA = "lake.verify"


def verify(
    con: duckdb.DuckDBPyConnection,
    as_of: date,
    suites: Sequence[Mapping[str, Any]],
    rules: Mapping[str, Rule],
    departments: Mapping[str, str],
) -> list[RuleResult]:
    """Run every suite on its table; what fails goes into `anomaly_now`, for pipelines.judge.ledger.findings.

    `departments` maps feed -> department slug. Raises HouseFileError when suites and
    catalogue contradict each other; a rule that breaks is reported in its result instead.
    """
    check_suites(suites, rules)
    parameters = read_parameters(con, as_of)
    anomalies.begin(con)
    stale.begin(con, as_of, rules)
    results = []
    with Sessions(con, SCHEMA) as sessions:
        for suite in suites:
            valid, name = [], suite["name"]
            for expectation in suite["expectations"]:
                rule_id = expectation["meta"]["rule_id"]
                if rules[rule_id].valid_from <= as_of:
                    try:
                        valid.append(fill_parameters(expectation, parameters))
                    except HouseFileError as error:
                        results.append(failed(rule_id, name, error))
            if valid:
                results += _run_suite(con, sessions, {"name": name, "expectations": valid}, rules, as_of)
    anomalies.complete(con, rules, departments)
    return results


def read_parameters(con: duckdb.DuckDBPyConnection, as_of: date) -> Parameters:
    """(rule id, parameter) -> value valid on `as_of`; empty when the seed has not been loaded."""
    try:
        rows = con.execute(
            "SELECT rule_id, parameter, value FROM lake.reference.rule_parameter WHERE valid_from <= $1 "
            "AND (valid_to IS NULL OR valid_to > $1)",
            [as_of],
        ).fetchall()
    except duckdb.CatalogException:
        return {}
    return {(rule_id, name): value for rule_id, name, value in rows}


def _run_suite(
    con: duckdb.DuckDBPyConnection, sessions: Sessions, suite: dict[str, Any], rules: Mapping[str, Rule], as_of: date
) -> list[RuleResult]:
    name = suite["name"]
    table = f'{SCHEMA}."{name}"'
    try:
        compiled = sessions.compile(suite, name, table)
    except Exception as error:  # no such table, or a type GX does not know: no rule of it was evaluated
        return [failed(e["meta"]["rule_id"], name, error) for e in suite["expectations"]]
    broken = {rule_id: failed(rule_id, name, RuntimeError(why)) for rule_id, why in compiled.broken.items()}
    for rule, error in anomalies.collect(con, table, compiled.rules):
        broken[rule.rule_id] = failed(rule.rule_id, name, error)
    stale.withhold(con, as_of)
    counts, samples = anomalies.found(con, [r.rule_id for r in compiled.rules])
    rows = con.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    judged = {r.rule_id: counted(r.rule_id, name, rows, counts.get(r.rule_id, 0), tuple(samples.get(r.rule_id, ())))
              for r in compiled.rules} | broken | sessions.judge(suite, name, compiled.others)  # fmt: skip
    places = {e["meta"]["rule_id"]: anomalies.place_of(e["meta"]) for e in suite["expectations"]}
    return [
        _told(con, as_of, judged[r], table, place) if rules[r].needs else judged[r] for r, place in places.items()
    ]


def _told(con: duckdb.DuckDBPyConnection, as_of: date, result: RuleResult, table: str, place: str) -> RuleResult:
    """The result with the rows it says nothing about counted apart."""
    if result.error:
        return result
    left_out = stale.rows_left_out(con, as_of, table, result.rule_id, place)
    return replace(result, evaluated=result.evaluated - left_out, undetermined=left_out)
