"""What the UI says of the history of a feed: what became of each delivery, what it changed, whether it adds up.

Belongs here: metadata and the check `history_reconciled` of a bronze asset. Does not belong here: counting
(pipelines.ingest.history).
"""

from collections.abc import Mapping, Sequence

import dagster as dg

from pipelines.defs.metadata import markdown_table
from pipelines.ingest.deliveries import Standing
from pipelines.ingest.history import DeliveryHistory

_LAST = 30
_STANDING = ("delivery_id", "scope", "period", "mode", "state", "rank", "other", "note")
_CHANGES = (
    "head", "scope", "period", "new", "changed", "deleted", "returned", "same", "key_changes", "key_changes_noticed",
    "standing",
)  # fmt: skip


def metadata(standings: Sequence[Standing], told: Sequence[DeliveryHistory]) -> dict[str, object]:
    """The last deliveries with what became of them, and what those in force changed."""
    return {
        "standing_table": _table(_STANDING, standings),
        "history_table": _table(_CHANGES, told),
        "delivery_notes": [f"{s.delivery_id}：{s.note}" for s in standings if s.note][-_LAST:],
    }


def spec(asset: dg.AssetKey) -> dg.AssetCheckSpec:
    """The check that says whether the history and bronze agree."""
    return dg.AssetCheckSpec(
        "history_reconciled", asset=asset,
        description="What a delivery changed and left adds up to its records, and after a full the records standing "
        "by the history are those standing by bronze (历史与现状一致).",
    )


def check(asset: dg.AssetKey, by_history: Mapping[str, int], by_bronze: Mapping[str, int]) -> dg.AssetCheckResult:
    """Fails with the deliveries and scopes whose counts differ."""
    differing = sorted(k for k in by_history.keys() | by_bronze.keys() if by_history.get(k) != by_bronze.get(k))
    return dg.AssetCheckResult(
        check_name="history_reconciled", asset_key=asset, passed=not differing,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={"compared": len(by_bronze), "differing": differing},
    )


def _table(columns: Sequence[str], rows: Sequence[object]) -> dg.MarkdownMetadataValue:
    values = [tuple(getattr(row, column) for column in columns) for row in rows[-_LAST:]]
    return dg.MetadataValue.md(markdown_table(list(columns), values))
