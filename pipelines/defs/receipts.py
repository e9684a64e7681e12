"""Receipts within minutes: what townships sent back is judged as it comes, and told; the next turn takes it in.

Belongs here: the job. Does not belong here: judging (pipelines.give.inbox), what starts it (sensors.py).
"""

import dagster as dg

from pipelines import turn
from pipelines.defs.metadata import markdown_table
from pipelines.defs.resources import Lakehouse
from pipelines.judge.ledger import shown
from pipelines.kit.decision_files import issued_turns


@dg.op(description="Judges the workbooks in data/inbox/drop 核对收件 and writes a receipt each. Changes no table.")
def acknowledge(context: dg.OpExecutionContext, lakehouse: Lakehouse) -> None:
    paths = lakehouse.hold(context.log)
    turns = issued_turns(paths)
    if not turns:
        raise dg.Failure("还没有一期返还，工作簿留在收件箱。请先运行作业 turn (no turn is out)", allow_retries=False)
    with lakehouse.at(context.log, turns[-1], shown.CLOSED) as con:
        report = turn.write_receipts(paths, con)
    for problem in report.problems:
        context.log.warning(problem)
    rows = [(f.township_code or "", f.reason or "taken in 已收", sum(f.counts.values())) for f in report.files]
    context.add_output_metadata({
        "workbooks": report.workbooks, "answers": report.answers,
        "files": dg.MetadataValue.md(markdown_table(["township", "outcome", "rows"], rows)),
        "folder": dg.MetadataValue.path(str(paths.receipts)),
    })


@dg.job(
    name="receipts", executor_def=dg.in_process_executor,
    description="Receipts 收件回执 for what townships have sent back, without a turn. The next turn takes them in.",
)
def receipts_job() -> None:
    acknowledge()
