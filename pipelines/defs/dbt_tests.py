"""dbt itself in the UI: what an engineer launches after changing a model, through dagster-dbt.

Belongs here: dbt's own tests as a job. Does not belong here: building models in a turn, which executes what dbt
compiled (models.py, docs/adr/0012-one-transaction.md). Only the code location imports this: it costs seconds.
"""

import os

import dagster as dg
from dagster_dbt import DbtCliResource

from pipelines.defs.resources import Lakehouse
from pipelines.judge.ledger.decisions import issued_turns
from pipelines.kit.models import DBT_PROJECT, environment, executable, use_parsed


class Selected(dg.Config):
    """Which tests: dbt's selection syntax, e.g. `person+` or `path:models/packs`."""

    select: str = "test_type:unit"


@dg.op(description="Runs dbt's tests on the lake as the newest turn left it 模型测试. Changes no table.")
def run_dbt_tests(context: dg.OpExecutionContext, config: Selected, lakehouse: Lakehouse, dbt: DbtCliResource) -> None:
    paths = lakehouse.hold(context.log)
    turns = issued_turns(paths)
    if not turns:
        raise dg.Failure("还没有任何一轮数据，请先运行 turn，再测试模型。", allow_retries=False)
    os.environ.update(environment(paths, turns[-1]))
    use_parsed(paths)
    run = dbt.cli(["test", "--select", config.select], target_path=paths.dbt_target, raise_on_error=False).wait()
    told = [line for line in map(str, run.stream_raw_events()) if line.strip()]
    context.add_output_metadata({"dbt": dg.MetadataValue.md("\n".join(f"- {line}" for line in told[-200:]))})
    if error := run.get_error():
        raise dg.Failure(str(error), allow_retries=False)


@dg.job(
    executor_def=dg.in_process_executor,
    description="dbt's unit tests, or any of its tests by selection 运行模型测试, after a model was changed.",
)
def dbt_tests() -> None:
    run_dbt_tests()


defs = dg.Definitions(
    jobs=[dbt_tests],
    resources={
        "dbt": DbtCliResource(
            project_dir=str(DBT_PROJECT), profiles_dir=str(DBT_PROJECT), dbt_executable=executable()
        )
    },
)
