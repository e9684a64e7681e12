"""One verification turn: all suites over the verify tables, all failing keys into `lake.ledger.anomaly`.

Belongs here: the order of things. Does not belong here: compiling and judging rules (collect.py, evaluate.py)
and the shape of an anomaly (anomalies.py). A rule that cannot be evaluated is an error, never a pass: its
tickets stay as they are.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import duckdb

from pipelines.verify import anomalies
from pipelines.verify.results import RuleResult, failed
from pipelines.verify.rules import Rule
from pipelines.verify.suites import check_suites, load_suites

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

    session = Session(con, SCHEMA)
    anomalies.begin(con)
    results = []
    for suite in suites:
        valid = [e for e in suite["expectations"] if rules[e["meta"]["rule_id"]].valid_from <= as_of]
        if valid:
            results += _run_suite(con, session, {"name": suite["name"], "expectations": valid}, rules)
    anomalies.write(con, as_of, rules, departments or _feed_departments(), results)
    return results


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


def _feed_departments() -> dict[str, str]:
    from pipelines.contracts import load_contracts

    return {feed: contract.department for feed, contract in load_contracts().items()}
