"""Bronze: one asset per feed contract. A new feed is a YAML file; nothing here changes.

Belongs here: the assets of the landing and bronze stage. Does not belong here: how a feed is read (ingest.feeds).
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import dagster as dg
import polars as pl

from pipelines.defs import deliveries, history
from pipelines.defs.collect import collected_key
from pipelines.defs.metadata import PREVIEW_ROWS, markdown_table
from pipelines.defs.partitions import BY_DATE, as_of
from pipelines.defs.progress import Advance
from pipelines.defs.resources import Lakehouse
from pipelines.ingest.bronze import DeliveryResult, withdrawals
from pipelines.ingest.bronze.result import QUARANTINED
from pipelines.ingest.bronze.store import ROWS_FILE
from pipelines.ingest.deliveries.refused import unmended
from pipelines.ingest.feeds import FeedState, bring_all
from pipelines.ingest.feeds.stale import stale_feeds
from pipelines.ingest.landing import unclaimed
from pipelines.judge.ledger.rulings import decided
from pipelines.kit.contracts import Feed, load_contracts
from pipelines.kit.disclosure import PREVIEW, may_show
from pipelines.kit.paths import Paths

_LONGEST_MONTH = 31


def bronze_key(feed: Feed) -> dg.AssetKey:
    return dg.AssetKey(["bronze", feed.table])


def bronze_assets(feeds: Sequence[Feed]) -> dg.AssetsDefinition:
    """One asset a feed: every delivery up to the business date, landed and read. All feeds are one step, in which they
    are read side by side; any of them can be run alone."""
    by_key = {bronze_key(feed): feed for feed in feeds}

    @dg.multi_asset(
        name="bronze",
        specs=[_spec(feed) for feed in feeds],
        check_specs=[spec for feed in feeds for spec in _check_specs(feed)],
        can_subset=True,
        **BY_DATE,
    )
    def bronze(context: dg.AssetExecutionContext, lakehouse: Lakehouse) -> Iterator[dg.MaterializeResult]:
        paths, day = lakehouse.hold(context.log), as_of(context)
        asked = [feed for key, feed in by_key.items() if key in context.selected_asset_keys]
        for sentence in unclaimed(paths, load_contracts()):
            context.log.warning(sentence)
        for feed, state in bring_all(paths, asked, day, on_progress=Advance(context.log, "bronze files")):
            if isinstance(state, BaseException):
                why = stale_feeds(paths).get(feed.code, type(state).__name__)
                context.log.error(f"{feed.code} {why}")
                yield _stale(feed, why)
                continue
            told = (*state.told, *_refusals(state), *withdrawals.problems(paths, feed.code, state.known, day))
            for sentence in told:
                context.log.warning(sentence)
            lakehouse.came(feed, state.standings)
            yield _materialized(paths, feed, state, day)

    return bronze


def _spec(feed: Feed) -> dg.AssetSpec:
    return dg.AssetSpec(
        bronze_key(feed),
        group_name="bronze",
        kinds={feed.format, "parquet"},
        owners=[f"team:{feed.department}"],
        tags={"department": feed.department, "feed": feed.code},
        description=_description(feed),
        freshness_policy=dg.FreshnessPolicy.time_window(fail_window=_between_deliveries(feed)),
        deps=[deliveries.RULINGS, *([collected_key(feed)] if feed.sources else [])],
        metadata={
            "catalogue": dg.MetadataValue.path(f"docs/catalogue/{feed.code}.md"),
            "dagster/column_schema": _columns(feed),
        },
    )


def _check_specs(feed: Feed) -> list[dg.AssetCheckSpec]:
    key = bronze_key(feed)
    return [_up_to_date_spec(key), _reconciled_spec(feed), deliveries.breakers_spec(key), history.spec(key)]


def _materialized(paths: Paths, feed: Feed, state: FeedState, day: date) -> dg.MaterializeResult:
    key = bronze_key(feed)
    holes = unmended(state.known, withdrawals.withdrawn(paths, feed.code, day))
    return dg.MaterializeResult(
        asset_key=key,
        metadata={
            **_metadata(state), **history.metadata(state.standings, state.changes),
            **_preview(paths, feed, state.known),
        },
        data_version=dg.DataVersion(state.known[-1].delivery_id if state.known else "none"),
        check_results=[
            _up_to_date(key),
            _reconciled(feed, state.known), deliveries.breakers(key, holes, decided(paths, feed.code, day)),
            history.check(key, state.by_history, state.by_bronze),
        ],
    )  # fmt: skip


def _stale(feed: Feed, why: str) -> dg.MaterializeResult:
    """What stands of a feed that failed: nothing was brought, everything after it runs on."""
    key = bronze_key(feed)
    return dg.MaterializeResult(asset_key=key, metadata={"stale": why}, check_results=[_up_to_date(key, why)])


def _up_to_date_spec(key: dg.AssetKey) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        "up_to_date", asset=key,
        description="The feed was brought up to the business date; where that failed, its last good version stands "
        "沿用此前的数据.",
    )


def _up_to_date(key: dg.AssetKey, why: str = "") -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name="up_to_date", asset_key=key, passed=not why, severity=dg.AssetCheckSeverity.ERROR,
        description=why or None,
    )


def _refusals(state: FeedState) -> list[str]:
    return [r.breaker_message for r in state.taken if r.status == QUARANTINED]


def _between_deliveries(feed: Feed) -> timedelta:
    """A period, the longest there is, and the days a department has after it."""
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
    shown = [name for name in rows.columns if may_show(f"bronze.{feed.code}", name, PREVIEW)]
    return {"preview": dg.MetadataValue.md(markdown_table(shown, rows.select(shown).rows()))}


def _metadata(state: FeedState) -> dict[str, object]:
    known = state.known
    columns = ["delivery_id", "scope", "period", "status", "rows_in", "rows_bronze", "rows_quarantined"]
    rows = [tuple(getattr(r, c) for c in columns) for r in known]
    return {
        "dagster/row_count": sum(r.rows_bronze for r in known),
        "rows_quarantined": sum(r.rows_quarantined for r in known),
        "deliveries": len(known),
        "newly_landed": sum(not d.is_repeat for d in state.landed),
        "started": dg.MetadataValue.timestamp(state.started),
        "seconds": round(state.seconds, 2),
        "delivery_table": dg.MetadataValue.md(markdown_table(columns, rows[-30:])),
        "messages": [m for r in known for m in (r.breaker_message, *r.notices) if m][-30:],
    }


def _reconciled_spec(feed: Feed) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        "rows_reconciled", asset=bronze_key(feed), blocking=True,
        description="Rows in = rows in bronze + rows in quarantine, for every delivery (一行不丢).",
    )


def _reconciled(feed: Feed, known: Sequence[DeliveryResult]) -> dg.AssetCheckResult:
    lost = [r.delivery_id for r in known if r.rows_in != r.rows_bronze + r.rows_quarantined]
    return dg.AssetCheckResult(
        check_name="rows_reconciled", asset_key=bronze_key(feed), passed=not lost,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={"rows_in": sum(r.rows_in for r in known), "deliveries_with_lost_rows": lost},
    )
