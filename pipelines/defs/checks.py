"""Structural checks of bronze, generated from the contracts: one per feed.

Belongs here: turning structural suites into asset checks. Business rules are checks of `ledger/anomaly`.
"""

from collections.abc import Iterable, Iterator

import dagster as dg

from pipelines.defs.bronze import bronze_key
from pipelines.defs.metadata import markdown_table
from pipelines.defs.partitions import as_of
from pipelines.defs.progress import Advance
from pipelines.defs.resources import Lakehouse
from pipelines.judge.verify.structure import StructureResult, verify_structure
from pipelines.kit.contracts import Feed

_TOLD = 3
DESCRIPTION = "Required columns filled, code lists, lengths, unique keys, as the contract says 结构校验."


def structure_checks(feeds: Iterable[Feed]) -> dg.AssetChecksDefinition:
    """One check `structure` per bronze asset; Great Expectations is imported once for all."""
    by_code = {feed.code: feed for feed in feeds}
    specs = [
        dg.AssetCheckSpec("structure", asset=bronze_key(feed), description=DESCRIPTION)
        for feed in by_code.values()
    ]

    @dg.multi_asset_check(name="bronze_structure", specs=specs, can_subset=True)
    def structure(context: dg.AssetCheckExecutionContext, lakehouse: Lakehouse) -> Iterator[dg.AssetCheckResult]:
        paths = lakehouse.hold(context.log)
        wanted = {key.asset_key for key in context.selected_asset_check_keys}
        codes = [code for code, feed in by_code.items() if bronze_key(feed) in wanted]
        advance = Advance(context.log, "structure of feeds")
        for number, result in enumerate(verify_structure(paths, as_of(context), codes), 1):
            advance(number, len(codes), result.feed)
            yield _told(bronze_key(by_code[result.feed]), result)

    return structure


def _told(asset: dg.AssetKey, result: StructureResult) -> dg.AssetCheckResult:
    """Which rules failed, how often, with values as the contract masks them."""
    wrong = [(result.titles[r.rule_id], r) for r in result.results if not r.passed]
    rows = [(title, r.error or r.unexpected, "、".join(r.sample)) for title, r in wrong]
    return dg.AssetCheckResult(
        check_name="structure", asset_key=asset, passed=result.passed, severity=dg.AssetCheckSeverity.WARN,
        description="；".join(f"{title}（{found} 行）" for title, found, _ in rows[:_TOLD]) or None,
        metadata={
            "rules": result.rules, "failed": result.failed, "rows": result.rows,
            "failing": dg.MetadataValue.md(markdown_table(["规则", "行数", "例（已脱敏）"], rows)),
        },
    )
