"""One verification turn: all suites over the verify tables, all failing keys into `lake.ledger.anomaly`.

Belongs here: the order of things. Does not belong here: compiling and judging rules (collect.py, evaluate.py)
and the shape of an anomaly (anomalies.py). A rule that cannot be evaluated is an error, never a pass: its
tickets stay as they are.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import duckdb

from pipelines.ledger.departments import feed_departments
from pipelines.verify import anomalies
from pipelines.verify.results import RuleResult, failed
from pipelines.verify.rules import Rule
from pipelines.verify.suites import Parameters, SuiteError, check_suites, fill_parameters, load_suites

__all__ = ["RuleResult", "load_suites", "verify"]

SCHEMA = "lake.verify"


def verify(
    con: duckdb.DuckDBPyConnection,
    as_of: date,
    suites: Sequence[Mapping[str, Any]],
    rules: Mapping[str, Rule],
    departments: Mapping[str, str] | None = None,
) -> list[RuleResult]:
    """Run every suite on its table; replace the anomalies and rule results of `as_of`.

    `departments` maps feed -> department slug (default: the contracts). Raises SuiteError when suites and
    catalogue contradict each other; a rule that breaks is reported in its result instead.
    """
    check_suites(suites, rules)
    from pipelines.verify.session import Session  # seconds and hundreds of MB

    parameters = read_parameters(con, as_of)
    anomalies.begin(con)
    results = []
    with Session(con, SCHEMA) as session:
        for suite in suites:
            valid, name = [], suite["name"]
            for expectation in suite["expectations"]:
                rule_id = expectation["meta"]["rule_id"]
                if rules[rule_id].valid_from <= as_of:
                    try:
                        valid.append(fill_parameters(expectation, parameters))
                    except SuiteError as error:
                        results.append(failed(rule_id, name, error))
            if valid:
                results += _run_suite(con, session, {"name": name, "expectations": valid}, rules)
    anomalies.write(con, as_of, rules, departments or feed_departments(), results)
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
    con: duckdb.DuckDBPyConnection, session: Any, suite: dict[str, Any], rules: Mapping[str, Rule]
) -> list[RuleResult]:
    from pipelines.verify.evaluate import compile_suite, judge

    name = suite["name"]
    try:
        batch, gx_suite = session.batch(name), session.suite(suite)
    except Exception as error:  # no such table, or a type GX does not know: no rule of it was evaluated
        return [failed(e["meta"]["rule_id"], name, error) for e in suite["expectations"]]
    table = f'{SCHEMA}."{name}"'
    compiled, broken = compile_suite(batch, gx_suite, table)
    for rule, error in anomalies.collect(con, table, compiled, rules):
        broken[rule.rule_id] = failed(rule.rule_id, name, error)
    counts, samples = anomalies.found(con, [r.rule_id for r in compiled])
    return judge(batch, gx_suite, compiled, broken, counts, samples)
