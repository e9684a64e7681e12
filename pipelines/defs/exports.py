"""Exports: one asset per export contract, with the proof that it reads back. A new export is a YAML file.

Belongs here: the asset factory of what leaves by contract, and its schedule. Does not belong here: what a file
looks like (pipelines.give.exports).
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path

import dagster as dg

from pipelines.defs.jobs import exports_job
from pipelines.defs.metadata import markdown_table
from pipelines.defs.models import source_key
from pipelines.defs.partitions import BECAUSE, BY_DATE, as_of, offer, reason
from pipelines.defs.resources import Lakehouse
from pipelines.give.exports import Export, load_exports
from pipelines.give.exports.check import PERSONAL, leaks, refusals
from pipelines.give.exports.issue import Outcome, issue_export
from pipelines.give.exports.log import due, record_issues
from pipelines.give.exports.round_trip import round_trip
from pipelines.give.exports.standing import Issue, lost_issues, state_of
from pipelines.judge.ledger import shown
from pipelines.judge.ledger.reissue import Unfounded
from pipelines.kit.cadence import cadence
from pipelines.kit.city_time import CITY_TIME, day_of
from pipelines.kit.contracts import Feed
from pipelines.kit.disclosure import PREVIEW, may_show_column
from pipelines.kit.paths import Paths

PREVIEW_ROWS = 5
# Ledger tables that have an asset of their own; what fills the others stands before these.
LEDGER_ASSETS = {"anomaly": "anomaly", "ticket": "ticket", "answer": "correction", "correction": "correction"}


def export_key(export: Export) -> dg.AssetKey:
    return dg.AssetKey(["exports", export.receiver.slug, export.name])


def assets(exports: Iterable[Export], feeds: Mapping[str, Feed]) -> list[dg.AssetsDefinition]:
    """One asset a contract."""
    return [_export_asset(export, feeds) for export in exports]


def _export_asset(export: Export, feeds: Mapping[str, Feed]) -> dg.AssetsDefinition:
    key = export_key(export)

    @dg.asset(
        key=key, group_name="exports", kinds={export.feed.format}, owners=["team:big_data_bureau"], **BY_DATE,
        deps=sorted({_upstream(*table) for table in export.tables}),
        tags={"receiver": export.receiver.slug, "export": export.code},
        description=f"Export {export.code} to {export.receiver.slug.replace('_', ' ')}. "
        f"给{export.receiver.name}《{export.feed.title}》：{export.feed.description}。",
        freshness_policy=dg.FreshnessPolicy.time_window(
            fail_window=timedelta(days=max(2, export.feed.cadence_days * 1.5))
        ),
        check_specs=[
            dg.AssetCheckSpec(
                "round_trip", asset=key, description="Every issued file, read through its own contract by landing "
                "and bronze, gives identical rows 读回一致; a delta applied to the last state gives the full one."),
            dg.AssetCheckSpec(
                "no_forbidden_column", asset=key, description="Classes, sharing attributes and ask-only items allow "
                "every column, and no identity number stands in a column below L4 无禁止外发的数据项."),
        ],
        metadata={"dagster/column_schema": dg.TableSchema([
            dg.TableColumn(c.name, c.type, description=f"{c.label} {c.classification}") for c in export.feed.columns
        ])},
    )  # fmt: skip
    def exported(context: dg.AssetExecutionContext, lakehouse: Lakehouse) -> dg.MaterializeResult:
        paths = lakehouse.hold(context.log)
        with lakehouse.showing(context, shown.CLOSED) as con:
            try:
                outcome = issue_export(paths, con, export, feeds, as_of(context), reason(context, BECAUSE))
            except Unfounded as refusal:
                raise dg.Failure(str(refusal), allow_retries=False) from None
            record_issues(con, paths)
        for sentence in lost_issues(paths):
            context.log.warning(sentence)
        return dg.MaterializeResult(
            metadata=_metadata(paths, export, outcome),
            data_version=dg.DataVersion(outcome.issues[0].manifest["content_digest"][:16]),
            check_results=[_round_trip(paths, key, export, outcome), _forbidden(paths, key, export, feeds, outcome)],
        )

    return exported


def _upstream(schema: str, table: str) -> dg.AssetKey:
    if schema == "ledger" and table in LEDGER_ASSETS:
        return dg.AssetKey(["ledger", LEDGER_ASSETS[table]])
    return source_key(schema, table)


def _metadata(paths: Paths, export: Export, outcome: Outcome) -> dict[str, object]:
    columns = ["unit", "kind", "issue", "rows", "rows_full", "contract_version"]
    rows = [(*(i.manifest[c] for c in columns), i.is_new) for i in outcome.issues]
    folder = outcome.issues[0].folder if len(outcome.issues) == 1 else paths.exports
    shown = {
        "dagster/row_count": outcome.rows,
        "rows_without_county": outcome.unplaced,
        "issues": dg.MetadataValue.md(markdown_table([*columns, "written in this run"], rows)),
        "folder": dg.MetadataValue.path(str(Path(folder))),
        "classification": export.highest_class,
    }
    state = state_of(paths, outcome.issues[0])
    if export.highest_class < PERSONAL and state is not None and state.height:
        named = [c.name for c in export.feed.columns if may_show_column(c, PREVIEW)]
        preview = state.select(named).head(PREVIEW_ROWS).rows()
        shown["preview"] = dg.MetadataValue.md(markdown_table(named, preview))
    return shown


def _round_trip(paths: Paths, key: dg.AssetKey, export: Export, outcome: Outcome) -> dg.AssetCheckResult:
    trips = [(issue, round_trip(paths, export, issue)) for issue in outcome.issues]
    wrong = [f"{issue.manifest['unit']}: {p}" for issue, trip in trips for p in trip.problems]
    return dg.AssetCheckResult(
        check_name="round_trip", asset_key=key, passed=not wrong, severity=dg.AssetCheckSeverity.ERROR,
        metadata={"rows_read_back": sum(trip.rows for _, trip in trips), "problems": wrong[:30]},
    )


def _forbidden(
    paths: Paths, key: dg.AssetKey, export: Export, feeds: Mapping[str, Feed], outcome: Outcome
) -> dg.AssetCheckResult:
    found = refusals(export, feeds)
    for issue in outcome.issues:
        state = state_of(paths, issue)
        found += [f"{issue.manifest['unit']}: identity numbers in {label}" for label in leaks(export, state)]
        found += _unknown_headings(export, issue)
    return dg.AssetCheckResult(
        check_name="no_forbidden_column", asset_key=key, passed=not found, severity=dg.AssetCheckSeverity.ERROR,
        metadata={"problems": found[:30]},
    )


def _unknown_headings(export: Export, issue: Issue) -> list[str]:
    known = {c.label for c in export.feed.columns} | {"变更类型"}
    return [f"{issue.manifest['unit']}: {c} is in no contract" for c in issue.manifest["columns"] if c not in known]


@dg.schedule(
    job=exports_job, cron_schedule=cadence().exports, execution_timezone=CITY_TIME,
    description="At 05:30 issues the exports whose day, week or month has begun 按周期导出, from last night's turn. "
    "Off until switched on.",
)
def due_exports(context: dg.ScheduleEvaluationContext, lakehouse: Lakehouse) -> dg.RunRequest | dg.SkipReason:
    ended = day_of(context.scheduled_execution_time) - timedelta(days=1)
    waiting = due(lakehouse.paths, load_exports().values(), ended)
    if not waiting:
        return dg.SkipReason(f"nothing is due for {ended}, or its turn is not out 无到期导出")
    offer(context.instance, [ended])
    return dg.RunRequest(
        run_key=f"{ended.isoformat()} {' '.join(e.code for e in waiting)}", partition_key=ended.isoformat(),
        asset_selection=[export_key(e) for e in waiting],
    )
