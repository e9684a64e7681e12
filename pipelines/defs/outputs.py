"""What leaves the lake: return sets for townships, notices for departments, the analysts' file.

Belongs here: these three assets. Does not belong here: what a workbook looks like (`returns`).
"""

import dagster as dg

from pipelines.contracts import load_contracts
from pipelines.defs.metadata import markdown_table
from pipelines.defs.partitions import BY_DATE, as_of
from pipelines.defs.resources import Lakehouse
from pipelines.ledger import issued, turns
from pipelines.models import manifest_file
from pipelines.published.export import descriptions_of, publish
from pipelines.returns.delivery_notices import write_delivery_notices
from pipelines.returns.notices import write_notices
from pipelines.returns.sets import write_return_sets

COMMON = {"owners": ["team:big_data_bureau"], **BY_DATE}
RETURN_MODELS = [
    ["returns", f"return_{name}"] for name in ("resident", "special_group", "change", "grid")
]


def assets() -> list[dg.AssetsDefinition]:
    """The three outputs of a turn."""
    return [return_sets, department_notices, analyst_database]


@dg.asset(
    key=["returns", "return_sets"], deps=[*RETURN_MODELS, ["ledger", "ticket"]], group_name="returns",
    kinds={"excel", "parquet"}, **COMMON,
    description="One folder per township 返还集: manifest, encrypted workbook, sealed Parquet. Issued sets are never "
    "changed; a re-issue supersedes.",
)
def return_sets(context: dg.AssetExecutionContext, lakehouse: Lakehouse) -> dg.MaterializeResult:
    paths = lakehouse.hold(context.log)
    with lakehouse.connect(context.log) as con:
        sets = write_return_sets(paths, con, as_of(context))
        issued.snapshot(con, as_of(context))
        turns.close_turn(con, paths, as_of(context), {s.township_code: s.set_id for s in sets})
    rows = [(s.township_code, s.township_name, s.residents, s.anomalies, s.issue, s.is_new) for s in sets]
    columns = ["township", "name", "residents", "anomalies", "issue", "written in this run"]
    return dg.MaterializeResult(metadata={
        "dagster/row_count": len(sets),
        "written_in_this_run": sum(s.is_new for s in sets),
        "townships": dg.MetadataValue.md(markdown_table(columns, rows)),
        "folder": dg.MetadataValue.path(str(paths.returns)),
    })


@dg.asset(
    key=["returns", "department_notices"], deps=[["ledger", "ticket"]], group_name="returns", kinds={"excel"}, **COMMON,
    description="One workbook per source department 异议函: disputes and flip-backs first, each with the file "
    "and row it came from. One per delivery that was refused 数据退回通知 or lost rows 数据入库通知, locked.",
)
def department_notices(context: dg.AssetExecutionContext, lakehouse: Lakehouse) -> dg.MaterializeResult:
    paths = lakehouse.hold(context.log)
    with lakehouse.connect(context.log) as con:
        notices = write_notices(paths, con, as_of(context))
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
    deps=[["ledger", "ticket"], *(["published", n] for n in (
        "resident_profile", "household_profile", "enterprise_profile", "benefit_month", "anomaly_summary", "township",
    ))],
    description="published/analyst.duckdb 分析库: pseudonymised, commented, swapped in atomically; "
    "readers never block a run.",
)
def analyst_database(context: dg.AssetExecutionContext, lakehouse: Lakehouse) -> dg.MaterializeResult:
    paths = lakehouse.hold(context.log)
    with lakehouse.connect(context.log) as con:
        texts = descriptions_of(manifest_file(paths))
        result = publish(paths, con, as_of(context).isoformat(), texts)
    return dg.MaterializeResult(metadata={
        "dagster/row_count": sum(result.rows.values()), "tables": dict(result.rows),
        "file": dg.MetadataValue.path(str(result.file)),
    })
