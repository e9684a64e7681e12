"""What Great Expectations does with a suite: its row rules as SQL, its verdict on the others.

Belongs here: these two. Importing this module imports GX. Does not belong here: the pass over the data, which differs
for business rules (keys) and structure (counts), and its verdict, which needs no GX (results.py).
"""

from collections.abc import Collection

import great_expectations as gx
from great_expectations.datasource.fluent.interfaces import Batch

from pipelines.judge.verify.collect import compile_rule, is_row_rule
from pipelines.judge.verify.compiled import Compiled
from pipelines.judge.verify.results import RuleResult, failed, from_gx, reason


def compile_suite(batch: Batch, suite: gx.ExpectationSuite, table: str) -> Compiled:
    """The row rules of a suite as SQL, what was wrong with those GX could not compile, and the ids of the others."""
    rules, broken, others = [], {}, []
    for expectation in suite.expectations:
        rule_id = expectation.meta["rule_id"]
        if not is_row_rule(expectation):
            others.append(rule_id)
            continue
        try:
            rules.append(compile_rule(batch, expectation, table))
        except Exception as error:
            broken[rule_id] = reason(error)
    return Compiled(tuple(rules), broken, tuple(others))


def judge(batch: Batch, suite: gx.ExpectationSuite, rule_ids: Collection[str]) -> list[RuleResult]:
    """GX's own verdict on some rules of a suite."""
    for expectation in list(suite.expectations):
        if expectation.meta["rule_id"] not in rule_ids:
            suite.delete_expectation(expectation)
    told = (from_gx(one, suite.name) for one in batch.validate(suite, result_format="BASIC").results)
    found = {result.rule_id: result for result in told}
    silent = RuntimeError("Great Expectations returned no result")
    return [found.get(rule_id) or failed(rule_id, suite.name, silent) for rule_id in rule_ids]
