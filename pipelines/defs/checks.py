"""Structural checks of bronze, generated from the contracts: one per feed.

Belongs here: turning structural suites into asset checks. Business rules are checks of `ledger/anomaly`.
"""

from collections.abc import Iterable, Iterator
from datetime import date

import dagster as dg

from pipelines.defs.bronze import bronze_key
from pipelines.defs.resources import Lakehouse
from pipelines.judge.verify.structure import verify_structure
from pipelines.kit.contracts import Feed

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
        day = date.fromisoformat(context.run.tags["dagster/partition"])
        for result in verify_structure(paths, day, codes):
            yield dg.AssetCheckResult(
                check_name="structure", asset_key=bronze_key(by_code[result.feed]), passed=result.passed,
                severity=dg.AssetCheckSeverity.WARN,
                metadata={"rules": result.rules, "failed": result.failed, "rows": result.rows},
            )

    return structure
