"""What the UI says of every rule after a turn: how many it found beside the turn before, and whether that is news.

Belongs here: when a check is green, yellow or red. Does not belong here: finding (pipelines.judge.verify). Findings are
what this house is for, so a rule that finds as many as before is yellow, not red: red is what somebody should look at
now.
"""

from collections.abc import Mapping

import dagster as dg

from pipelines.judge.ledger.findings import Change
from pipelines.judge.rules import Rule
from pipelines.judge.verify.run import RuleResult

# Up to twice as many as in the last turn, and a handful, is as usual. Fewer are what this house is for, unless fewer
# rows were looked at.
_TIMES, _HANDFUL = 2, 5
CRITICAL = "C"


def spec(asset: dg.AssetKey, rule: Rule) -> dg.AssetCheckSpec:
    """The check of a rule, called by its id."""
    return dg.AssetCheckSpec(
        rule.rule_id, asset=asset, description=f"{rule.title_zh} / {rule.title_en}",
        metadata={"severity": rule.severity, "fixer": rule.fixer, "version": rule.version},
    )


def result(asset: dg.AssetKey, rule: Rule, found: RuleResult, change: Change) -> dg.AssetCheckResult:
    """Green: nothing found, everything judged. Red: the rule broke, a critical one found something new, many more
    were found, or far fewer rows were looked at. Else yellow."""
    red = news(rule, found, change)
    is_clean = found.passed and found.error is None and not found.undetermined
    told = [f"{rule.title_zh}：{found.unexpected} / {found.evaluated}"]
    told += [f"上一轮 {change.before}，新出现 {change.fresh}"] if change.before is not None else []
    told += [f"未判定（数据源过期）{found.undetermined}"] if found.undetermined else []
    return dg.AssetCheckResult(
        check_name=rule.rule_id, asset_key=asset, passed=is_clean,
        severity=dg.AssetCheckSeverity.ERROR if red else dg.AssetCheckSeverity.WARN,
        description="；".join([*told, *red]),
        metadata={
            "evaluated": found.evaluated, "unexpected": found.unexpected, "undetermined": found.undetermined,
            "fresh": change.fresh, "suite": found.suite, **({} if change.before is None else {"before": change.before}),
        },
    )  # fmt: skip


def counts(found: Mapping[str, int]) -> dict[str, int]:
    """Metadata of the anomalies' asset, a number a rule: the UI draws them over the turns."""
    return {f"found {rule_id}": count for rule_id, count in found.items()}


def news(rule: Rule, found: RuleResult, change: Change) -> list[str]:
    """What somebody should look at now: why the check is red; nothing where it is not."""
    if found.error is not None:
        return [f"规则未能执行 rule could not be evaluated: {found.error}"]
    told = [f"紧急规则新增 {change.fresh} 条"] if rule.severity == CRITICAL and change.fresh else []
    told += ["比上一轮明显增多，请核对数据源"] if soared(found.unexpected, change.before) else []
    return told + (["核验的行数骤减，请核对数据源"] if soared(change.evaluated, found.evaluated) else [])


def soared(count: int | None, before: int | None) -> bool:
    """Whether a count is out of the band above another; without one of them it is not."""
    return count is not None and before is not None and count > _TIMES * before + _HANDFUL
