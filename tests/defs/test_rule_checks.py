"""A rule that finds what it found before is yellow; red is what somebody should look at now."""

import dagster as dg
import pytest

from pipelines.defs.rule_checks import result, soared
from pipelines.judge.ledger.findings import Change
from pipelines.judge.rules import load_rules
from pipelines.judge.verify.results import RuleResult

RULES = load_rules()
GREEN, YELLOW, RED = "green", "yellow", "red"
KEY = dg.AssetKey("anomaly")


def colour(rule_id, found, before, fresh=0, error=None, stale=0, looked_at=900):
    ran = RuleResult(rule_id, "suite", not found, 900, found, error=error, undetermined=stale)
    told = result(KEY, RULES[rule_id], ran, Change(before, fresh, None if before is None else looked_at))
    if told.passed:
        return GREEN
    return RED if told.severity == dg.AssetCheckSeverity.ERROR else YELLOW


@pytest.mark.parametrize(("rule_id", "found", "before", "fresh", "wanted"), [
    ("R17", 0, 4, 0, GREEN),
    ("R17", 4, 4, 0, YELLOW),
    ("R17", 4, None, 4, YELLOW),  # the first turn: everything is new, nothing is odd
    ("R17", 60, 20, 40, RED),
    ("R17", 3, 20, 0, YELLOW),  # corrected: what this house is for
    ("R20", 4, 4, 0, YELLOW),
    ("R20", 4, 4, 1, RED),  # critical: one new case is news
])  # fmt: skip
def test_the_colour_of_a_rule(rule_id, found, before, fresh, wanted):
    assert colour(rule_id, found, before, fresh) == wanted


def test_a_rule_that_broke_is_red_and_one_that_could_not_judge_all_is_yellow():
    assert colour("R11", 0, 0, error="no such column") == RED
    assert colour("R11", 0, 0, stale=3) == YELLOW


def test_a_rule_that_looked_at_far_fewer_rows_is_red():
    assert colour("R11", 0, 4, looked_at=900) == GREEN
    assert colour("R11", 3, 4, looked_at=2000) == RED
    assert colour("R11", 3, 4, looked_at=1800) == YELLOW


@pytest.mark.parametrize(("count", "before", "odd"), [
    (5, 0, False), (6, 0, True), (205, 100, False), (206, 100, True), (9, None, False), (None, 9, False),
])  # fmt: skip
def test_the_band_is_twice_and_a_handful(count, before, odd):
    assert soared(count, before) is odd


def test_what_is_said_has_both_counts_and_why_it_is_red():
    ran = RuleResult("R20", "suite", False, 900, 7)
    told = result(KEY, RULES["R20"], ran, Change(4, 3))
    assert told.description == "已故人员身故后有补贴发放：7 / 900；上一轮 4，新出现 3；紧急规则新增 3 条"
