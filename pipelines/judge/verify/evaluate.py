"""From a suite to one result per rule, with the failing rows counted outside Great Expectations.

Belongs here: compiling a suite, and GX's verdict on counts it is told. Importing this module imports GX. Does
not belong here: the pass over the data, which differs for business rules (keys) and structure (counts).
"""

from collections.abc import Mapping, Sequence

import great_expectations as gx
from great_expectations.datasource.fluent.interfaces import Batch

from pipelines.judge.verify.collect import RowRule, compile_rule, is_row_rule, tell_gx
from pipelines.judge.verify.results import RuleResult, failed, from_gx


def compile_suite(
    batch: Batch, suite: gx.ExpectationSuite, table: str
) -> tuple[list[RowRule], dict[str, RuleResult]]:
    """The row rules of a suite as SQL, and the result of each rule GX could not compile."""
    compiled, broken = [], {}
    for expectation in suite.expectations:
        rule_id = expectation.meta["rule_id"]
        if is_row_rule(expectation):
            try:
                compiled.append(compile_rule(batch, expectation, table))
            except Exception as error:
                broken[rule_id] = failed(rule_id, suite.name, error)
    return compiled, broken


def judge(
    batch: Batch,
    suite: gx.ExpectationSuite,
    compiled: Sequence[RowRule],
    broken: Mapping[str, RuleResult],
    counts: Mapping[str, int],
    samples: Mapping[str, Sequence[str]],
) -> list[RuleResult]:
    """One result per rule in the order of the suite: GX's verdict, or what broke.

    GX computes only what it was not told (table-level rules, row counts).
    """
    wanted = [e.meta["rule_id"] for e in suite.expectations]
    for expectation in list(suite.expectations):
        if expectation.meta["rule_id"] in broken:
            suite.delete_expectation(expectation)
    engine = batch.data.execution_engine
    engine.known = {}
    tell_gx(batch, [r for r in compiled if r.rule_id not in broken], counts, samples)
    results = dict(broken)
    for one in batch.validate(suite, result_format="BASIC").results if suite.expectations else ():
        rule_id = one.expectation_config.meta["rule_id"]
        results[rule_id] = from_gx(one, suite.name, tuple(samples.get(rule_id, ())))
    engine.known = {}
    silent = RuntimeError("Great Expectations returned no result")
    return [results.get(rule_id) or failed(rule_id, suite.name, silent) for rule_id in wanted]
