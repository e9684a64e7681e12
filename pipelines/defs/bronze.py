"""Bronze: one asset per feed contract. A new feed is a YAML file; nothing here changes.

Belongs here: the asset factory of the landing and bronze stage.
"""

from collections.abc import Sequence
from datetime import timedelta

import dagster as dg
import polars as pl

from pipelines.bronze import DeliveryResult, ingest_feed, results
from pipelines.bronze.store import ROWS_FILE
from pipelines.contracts import Feed
from pipelines.defs import deliveries, history
from pipelines.defs.collect import collected_key
from pipelines.defs.metadata import PREVIEW_ROWS, is_shown, markdown_table
from pipelines.defs.partitions import BY_DATE, as_of
from pipelines.defs.resources import Lakehouse
from pipelines.deliveries import known_deliveries, withdrawals
from pipelines.deliveries.refused import unmended_now
from pipelines.history import reconcile, update_history
from pipelines.landing import Delivery, land_feed
from pipelines.ledger.rulings import decided
from pipelines.paths import Paths

_LONGEST_MONTH = 31


def bronze_key(feed: Feed) -> dg.AssetKey:
    return dg.AssetKey(["bronze", feed.table])


def bronze_asset(feed: Feed) -> dg.AssetsDefinition:
    """The asset that lands and reads every delivery of one feed up to the business date."""

    @dg.asset(
        key=bronze_key(feed),
        group_name="bronze",
        kinds={feed.format, "parquet"},
        owners=[f"team:{feed.department}"],
        tags={"department": feed.department, "feed": feed.code},
        description=_description(feed),
        **BY_DATE,
        freshness_policy=dg.FreshnessPolicy.time_window(fail_window=_between_deliveries(feed)),
        deps=[deliveries.RULINGS, *([collected_key(feed)] if feed.sources else [])],
        check_specs=[
            _reconciled_spec(feed), deliveries.breakers_spec(bronze_key(feed)), history.spec(bronze_key(feed)),
        ],
        metadata={
            "catalogue": dg.MetadataValue.path(f"docs/catalogue/{feed.code}.md"),
            "dagster/column_schema": _columns(feed),
        },
    )
    def bronze(context: dg.AssetExecutionContext, lakehouse: Lakehouse) -> dg.MaterializeResult:
        paths = lakehouse.hold(context.log)
        landed = land_feed(paths, feed, as_of(context))
        for result in ingest_feed(paths, feed, as_of(context)):
            if result.status == "quarantined":
                context.log.warning(result.breaker_message)
        known = results(paths, feed.code, as_of(context))
        for problem in withdrawals.problems(paths, feed.code, known, as_of(context)):
            context.log.warning(problem)
        unmended = unmended_now(paths, feed, as_of(context))
        judged = decided(paths, feed.code, as_of(context))
        standings = known_deliveries(paths, feed, as_of(context))
        told = update_history(paths, feed, standings)
        return dg.MaterializeResult(
            metadata={
                **_metadata(landed, known), **history.metadata(standings, told), **_preview(paths, feed, known),
            },
            data_version=dg.DataVersion(known[-1].delivery_id if known else "none"),
            check_results=[
                _reconciled(feed, known), deliveries.breakers(bronze_key(feed), unmended, judged),
                history.check(bronze_key(feed), *reconcile(paths, feed, standings, told)),
            ],
        )

    return bronze


def _between_deliveries(feed: Feed) -> timedelta:
    """The longest time from one delivery to the next that keeps its due day."""
    return timedelta(days=feed.period_months * _LONGEST_MONTH + feed.due_days)


def _description(feed: Feed) -> str:
    what = feed.entity.replace("_", " ")
    who = feed.department.replace("_", " ")
    return (
        f"Feed {feed.code}: {what} of {who}, every delivery as typed Parquet, unreadable rows in quarantine. "
        f"{feed.department_name}《{feed.title}》：{feed.description}。"
    )


def _columns(feed: Feed) -> dg.TableSchema:
    return dg.TableSchema([
        dg.TableColumn(c.name, c.type, description=f"{c.label} {c.classification}") for c in feed.columns
    ])


def _preview(paths: Paths, feed: Feed, known: Sequence[DeliveryResult]) -> dict[str, object]:
    """Some rows of the newest delivery that has any: opening all files of a feed costs more than reading one."""
    newest = next((r for r in reversed(known) if r.rows_bronze), None)
    if newest is None:
        return {}
    rows = pl.read_parquet(paths.bronze / feed.code / newest.folder / ROWS_FILE, n_rows=PREVIEW_ROWS)
    shown = [name for name in rows.columns if is_shown(name)]
    return {"preview": dg.MetadataValue.md(markdown_table(shown, rows.select(shown).rows()))}


def _metadata(landed: list[Delivery], known: list[DeliveryResult]) -> dict[str, object]:
    columns = ["delivery_id", "scope", "period", "status", "rows_in", "rows_bronze", "rows_quarantined"]
    rows = [tuple(getattr(r, c) for c in columns) for r in known]
    return {
        "dagster/row_count": sum(r.rows_bronze for r in known),
        "rows_quarantined": sum(r.rows_quarantined for r in known),
        "deliveries": len(known),
        "newly_landed": sum(not d.is_repeat for d in landed),
        "delivery_table": dg.MetadataValue.md(markdown_table(columns, rows[-30:])),
        "messages": [m for r in known for m in (r.breaker_message, *r.notices) if m][-30:],
    }


def _reconciled_spec(feed: Feed) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        "rows_reconciled", asset=bronze_key(feed), blocking=True,
        description="Rows in = rows in bronze + rows in quarantine, for every delivery (一行不丢).",
    )


def _reconciled(feed: Feed, known: list[DeliveryResult]) -> dg.AssetCheckResult:
    lost = [r.delivery_id for r in known if r.rows_in != r.rows_bronze + r.rows_quarantined]
    return dg.AssetCheckResult(
        check_name="rows_reconciled", asset_key=bronze_key(feed), passed=not lost,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={"rows_in": sum(r.rows_in for r in known), "deliveries_with_lost_rows": lost},
    )
