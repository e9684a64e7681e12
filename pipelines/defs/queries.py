"""查询核验 as an asset: lists of questions in, yes or no out, from the turn the lake shows.

Belongs here: the asset and the sensor that starts it. Does not belong here: what an answer is (pipelines.give.queries).
"""

from collections import Counter

import dagster as dg

from pipelines.defs.jobs import queries_job
from pipelines.defs.metadata import markdown_table
from pipelines.defs.partitions import BECAUSE, BY_DATE, as_of, for_dates, reason
from pipelines.defs.resources import Lakehouse
from pipelines.defs.sensors import batch_key, waiting_files
from pipelines.give.queries.intake import answer_lists
from pipelines.judge.ledger import shown
from pipelines.judge.ledger.decisions import issued_turns
from pipelines.kit import city_time
from pipelines.kit.cadence import cadence


@dg.asset(
    key=["queries", "answers"], group_name="queries", kinds={"excel"}, owners=["team:big_data_bureau"], **BY_DATE,
    deps=[["unified", "person"], ["unified", "insurance_spell"], ["unified", "enterprise"],
          ["linkage", "person_identifier"]],
    description="Answers lists about people 查询核验 with 是, 否, 查无此人 or 不予答复: for data that may only be "
    "asked. Answers are locked for who asked; who asked what for stands in ledger.query_access.",
)  # fmt: skip
def answers(context: dg.AssetExecutionContext, lakehouse: Lakehouse) -> dg.MaterializeResult:
    paths = lakehouse.hold(context.log)
    with lakehouse.showing(context, shown.CLOSED) as con:
        lists = answer_lists(paths, con, as_of(context), reason(context, BECAUSE))
        total = con.execute("SELECT coalesce(sum(rows), 0)::BIGINT FROM lake.ledger.query_access").fetchone()[0]
    for one in lists:
        for said in filter(None, (one.refusal, one.kept)):
            context.log.warning(f"{one.township_code}：{said}")
    words = sum((one.counts for one in lists), Counter())
    rows = [(one.township_code, one.rows, one.refusal or "answered") for one in lists]
    return dg.MaterializeResult(metadata={
        "dagster/row_count": sum(one.rows for one in lists),
        "lists": dg.MetadataValue.md(markdown_table(["township", "rows", "outcome"], rows)),
        "answers": dict(words),
        "rows_ever_asked": total,
        "folder": dg.MetadataValue.path(str(paths.queries / "answers")),
    })


@dg.sensor(
    job=queries_job, minimum_interval_seconds=cadence().queries,
    description="Answers lists as townships drop them (data/queries/drop), from the newest turn.",
)
def query_sensor(context: dg.SensorEvaluationContext, lakehouse: Lakehouse) -> dg.SensorResult | dg.SkipReason:
    paths = lakehouse.paths
    files = waiting_files(paths.queries / "drop", city_time.now().timestamp())
    turns = issued_turns(paths)
    if not files or not turns:
        return dg.SkipReason("没有新的查询清单，或还没有一期返还 (nothing in queries/drop, or no turn is out)")
    key = f"{turns[-1].isoformat()} {batch_key(files)}"
    if key == context.cursor:
        return dg.SkipReason("these files have started a run already")
    run = dg.RunRequest(run_key=key, partition_key=turns[-1].isoformat(), tags={"query_files": str(len(files))})
    return dg.SensorResult(**for_dates(run), cursor=key)
