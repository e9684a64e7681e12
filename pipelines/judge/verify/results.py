"""What a rule found, as plain data.

Belongs here: RuleResult, and reading one out of a Great Expectations result (without importing GX). Does not
belong here: running anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class RuleResult:
    """What one rule found. `evaluated` and `unexpected` are rows; `sample` holds entity keys or masked values, no
    identifiers.

    With `error` set the rule said nothing about the data: `passed` is False and the counts are 0. `undetermined` rows
    were not evaluated: a feed the rule needs is stale there.
    """

    rule_id: str
    suite: str
    passed: bool
    evaluated: int
    unexpected: int
    error: str | None = None
    sample: tuple[str, ...] = ()
    undetermined: int = 0


def failed(rule_id: str, suite: str, error: Exception) -> RuleResult:
    """The result of a rule that could not be evaluated; the message is the error's first line."""
    return RuleResult(rule_id, suite, passed=False, evaluated=0, unexpected=0, error=reason(error))


def reason(error: Exception) -> str:
    """What went wrong, in a line."""
    return (str(error).strip() or type(error).__name__).splitlines()[0][:500]


def counted(rule_id: str, suite: str, rows: int, failing: int, sample: tuple[str, ...] = ()) -> RuleResult:
    """The verdict on a row rule, as GX's own is: it passes when no row of the table fails."""
    return RuleResult(rule_id, suite, passed=failing == 0, evaluated=rows, unexpected=failing, sample=sample)


def from_gx(one: Any, suite: str) -> RuleResult:
    """A GX ExpectationValidationResult as a RuleResult; an exception inside GX becomes `error`."""
    rule_id = one.expectation_config.meta["rule_id"]
    if message := _exception_message(one.exception_info):
        return failed(rule_id, suite, RuntimeError(message))
    counts = one.result
    return RuleResult(
        rule_id=rule_id,
        suite=suite,
        passed=bool(one.success),
        evaluated=int(counts.get("element_count", 0)),
        unexpected=int(counts.get("unexpected_count", 0)),
    )


def _exception_message(info: Mapping[str, Any] | None) -> str | None:
    """First message of GX's exception_info, which is flat or one level deep."""
    for entry in (info, *(v for v in (info or {}).values() if isinstance(v, Mapping))):
        if entry and entry.get("raised_exception"):
            return str(entry.get("exception_message"))
    return None
