"""What leaves the lake: return sets for townships, notices for departments, the analysts' file.

Belongs here: these three assets. Does not belong here: what a workbook looks like (`returns`).
"""

import dagster as dg

from pipelines import turn
from pipelines.defs.fresh import EVERY_TURN
from pipelines.defs.metadata import markdown_table
from pipelines.defs.partitions import BECAUSE, BY_DATE, STALE_OK, as_of, reason
from pipelines.defs.progress import Advance
from pipelines.defs.resources import Lakehouse
from pipelines.give.published.export import descriptions_of, publish
from pipelines.give.returns.columns import TOWNSHIP
from pipelines.give.returns.delivery_notices import write_delivery_notices
from pipelines.give.returns.notices import write_notices
from pipelines.give.returns.unanswered import unanswered
from pipelines.judge.ledger import shown
from pipelines.judge.ledger.reissue import Unfounded
from pipelines.kit.contracts import load_contracts
from pipelines.kit.disclosure.columns import load_lineage
from pipelines.kit.models import manifest
from pipelines.kit.office.sheets import load_lists, load_sheets

COMMON = {"owners": ["team:big_data_bureau"], "freshness_policy": EVERY_TURN, **BY_DATE}


def _returned() -> list[list[str]]:
    """The tables of the sheets that townships get and of their lists."""
    tables = {told.table for told in (*load_sheets(TOWNSHIP).values(), *load_lists().values()) if told.table}
    return [table.split(".") for table in sorted(tables)]


def _published() -> list[list[str]]:
    """The tables that the analysts' file is a copy of: all that any model makes there."""
    return [table.split(".") for table in sorted(load_lineage()) if table.startswith("published.")]


def assets() -> list[dg.AssetsDefinition]:
    """The three outputs of a turn."""
    return [return_sets, department_notices, analyst_database]


@dg.asset(
    key=["returns", "return_sets"], deps=[*_returned(), ["ledger", "ticket"]], group_name="returns",
    kinds={"excel", "parquet"}, **COMMON,
    description="One folder per township 返还集: manifest, encrypted workbook, sealed Parquet. Issued sets are never "
    "changed; a re-issue supersedes, for a reason: what came in since, or the run's tag `because`.",
)
def return_sets(context: dg.AssetExecutionContext, lakehouse: Lakehouse) -> dg.MaterializeResult:
    paths = lakehouse.hold(context.log)
    with lakehouse.showing(context, shown.SETTLED) as con:
        try:
            reasons = reason(context, BECAUSE), reason(context, STALE_OK)
            sets = turn.issue(paths, con, as_of(context), *reasons, Advance(context.log, "return sets"))
        except Unfounded as refusal:
            raise dg.Failure(str(refusal), allow_retries=False) from None
    rows = [(s.township_code, s.township_name, s.residents, s.anomalies, s.issue, s.is_new) for s in sets]
    silent = [(u.township_code, u.place, u.as_of, u.due_on, u.questions) for u in unanswered(paths, as_of(context))]
    columns = ["township", "name", "residents", "anomalies", "issue", "written in this run"]
    return dg.MaterializeResult(metadata={
        "dagster/row_count": len(sets),
        "written_in_this_run": sum(s.is_new for s in sets),
        "townships": dg.MetadataValue.md(markdown_table(columns, rows)),
        "unanswered": len(silent),
        "unanswered_townships": dg.MetadataValue.md(
            markdown_table(["township", "name", "set of", "last day", "questions"], silent)
        ),
        "folder": dg.MetadataValue.path(str(paths.returns)),
    })


@dg.asset(
    key=["returns", "department_notices"], deps=[["returns", "return_sets"]], group_name="returns",
    kinds={"excel"}, **COMMON,
    description="One workbook per source department 异议函: disputes and flip-backs first, each with the file "
    "and row it came from. One per delivery that was refused 数据退回通知 or lost rows 数据入库通知, locked.",
)
def department_notices(context: dg.AssetExecutionContext, lakehouse: Lakehouse) -> dg.MaterializeResult:
    paths = lakehouse.hold(context.log)
    with lakehouse.showing(context, shown.CLOSED) as con:
        try:
            notices = write_notices(paths, con, as_of(context), reason(context, BECAUSE))
        except Unfounded as refusal:
            raise dg.Failure(str(refusal), allow_retries=False) from None
    about_deliveries = write_delivery_notices(paths, as_of(context), load_contracts())
    rows = [(n.department, n.tickets, n.file.name) for n in notices]
    return dg.MaterializeResult(metadata={
        "dagster/row_count": sum(n.tickets for n in notices),
        "delivery_notices": len(about_deliveries),
        "delivery_notices_written_in_this_run": sum(n.is_new for n in about_deliveries),
        "departments": dg.MetadataValue.md(markdown_table(["department", "tickets", "file"], rows)),
        "folder": dg.MetadataValue.path(str(paths.notices)),
    })


@dg.asset(
    key=["published", "analyst_database"], group_name="published", kinds={"duckdb"}, **COMMON,
    deps=[["returns", "return_sets"], *_published()],
    description="published/analyst.duckdb 分析库: pseudonymised, commented, swapped in atomically; "
    "readers never block a run.",
)
def analyst_database(context: dg.AssetExecutionContext, lakehouse: Lakehouse) -> dg.MaterializeResult:
    paths = lakehouse.hold(context.log)
    with lakehouse.showing(context, shown.CLOSED) as con:
        texts = descriptions_of(manifest())
        result = publish(paths, con, as_of(context).isoformat(), texts)
    return dg.MaterializeResult(metadata={
        "dagster/row_count": sum(result.rows.values()), "tables": dict(result.rows),
        "file": dg.MetadataValue.path(str(result.file)),
    })
