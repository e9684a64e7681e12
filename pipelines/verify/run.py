"""One verification turn: all suites over the verify tables, all failing keys into `lake.ledger.anomaly`.

Belongs here: the order of things and the result per rule. Does not belong here: compiling a rule (collect.py)
and the shape of an anomaly (anomalies.py). A rule that cannot be evaluated is an error, never a pass: its
tickets stay as they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import duckdb

from pipelines.verify import anomalies
from pipelines.verify.rules import Rule
from pipelines.verify.suites import check_suites

SCHEMA = "lake.verify"


@dataclass(frozen=True)
class RuleResult:
    """What one rule found. `evaluated` and `unexpected` are rows; `sample` holds entity keys, no identifiers.

    With `error` set the rule said nothing about the data: `passed` is False and the counts are 0.
    """

    rule_id: str
    suite: str
    passed: bool
    evaluated: int
    unexpected: int
    error: str | None = None
    sample: tuple[str, ...] = ()


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


def _run_suite(con: Any, session: Any, suite: dict[str, Any], rules: Mapping[str, Rule]) -> list[RuleResult]:
    from pipelines.verify.collect import compile_rule, is_row_rule, tell_gx

    name, wanted = suite["name"], [e["meta"]["rule_id"] for e in suite["expectations"]]
    try:
        batch, gx_suite = session.batch(name), session.suite(suite)
    except Exception as error:
        return [failed(rule_id, name, error) for rule_id in wanted]
    engine = batch.data.execution_engine
    engine.known = {}
    compiled, errors = [], {}
    for expectation in gx_suite.expectations:
        if is_row_rule(expectation):
            try:
                compiled.append(compile_rule(batch, expectation, f"{SCHEMA}.{name}"))
            except Exception as error:
                errors[expectation.meta["rule_id"]] = failed(expectation.meta["rule_id"], name, error)
    errors |= {
        rule.rule_id: failed(rule.rule_id, name, error)
        for rule, error in anomalies.collect(con, f"{SCHEMA}.{name}", compiled, rules)
    }
    counts, samples = anomalies.found(con, [r.rule_id for r in compiled])
    tell_gx(batch, [r for r in compiled if r.rule_id not in errors], counts, samples)
    for expectation in list(gx_suite.expectations):
        if expectation.meta["rule_id"] in errors:
            gx_suite.delete_expectation(expectation)
    results = dict(errors)
    for one in batch.validate(gx_suite, result_format="BASIC").results if gx_suite.expectations else ():
        result = read_result(one, name)
        results[result.rule_id] = replace(result, sample=tuple(samples.get(result.rule_id, ())))
    engine.known = {}
    return [results.get(r) or failed(r, name, RuntimeError("GX returned no result")) for r in wanted]


def read_result(one: Any, suite: str) -> RuleResult:
    """A GX result as a RuleResult; an exception inside GX becomes `error`."""
    rule_id = one.expectation_config.meta["rule_id"]
    if message := exception_message(one.exception_info):
        return failed(rule_id, suite, RuntimeError(message))
    counts = one.result
    return RuleResult(
        rule_id=rule_id,
        suite=suite,
        passed=bool(one.success),
        evaluated=int(counts.get("element_count", 0)),
        unexpected=int(counts.get("unexpected_count", 0)),
    )


def exception_message(info: Mapping[str, Any] | None) -> str | None:
    """First message of GX's exception_info, which is flat or one level deep."""
    for entry in (info, *(v for v in (info or {}).values() if isinstance(v, Mapping))):
        if entry and entry.get("raised_exception"):
            return str(entry.get("exception_message"))
    return None


def failed(rule_id: str, suite: str, error: Exception) -> RuleResult:
    """The result of a rule that could not be evaluated; the message is the error's first line."""
    text = (str(error).strip() or type(error).__name__).splitlines()[0]
    return RuleResult(rule_id, suite, passed=False, evaluated=0, unexpected=0, error=text[:500])


def _feed_departments() -> dict[str, str]:
    from pipelines.contracts import load_contracts

    return {feed: contract.department for feed, contract in load_contracts().items()}
