"""Running the turn from a terminal, as `make run` does, recorded in the same Dagster instance as the UI.

Belongs here: starting the job and showing progress. Does not belong here: what is run before or after.
"""

import logging
import os
import shutil
import time
from datetime import date

import dagster as dg

from pipelines.paths import PROJECT_ROOT, Paths

def prepare_home(paths: Paths) -> None:
    """Make DAGSTER_HOME inside the data folder, with our dagster.yaml."""
    paths.dagster_home.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(PROJECT_ROOT / "dagster.yaml", paths.dagster_home / "dagster.yaml")
    os.environ["DAGSTER_HOME"] = str(paths.dagster_home)


def launch(paths: Paths, as_of: date) -> bool:
    """Run the whole turn for one business date in this process; True when it succeeded."""
    prepare_home(paths)
    os.environ["ZHENJIE_DATA"] = str(paths.root)
    from pipelines.definitions import defs  # reads ZHENJIE_DATA when it is imported

    job = defs.resolve_job_def("turn")
    with dg.DagsterInstance.get() as instance:
        return job.execute_in_process(
            partition_key=as_of.isoformat(), instance=instance, raise_on_error=False,
            run_config={"loggers": {"progress": {}}},
        ).success


class _Progress(logging.Handler):
    """One line per finished asset, with its row count."""

    def __init__(self) -> None:
        super().__init__()
        self.started = time.monotonic()

    def emit(self, record: logging.LogRecord) -> None:
        event = getattr(record, "dagster_meta", {}).get("dagster_event")
        if event is None:
            if record.levelno >= logging.WARNING:
                print(f"  ! {record.getMessage().splitlines()[-1][:200]}", flush=True)
            return
        seconds = time.monotonic() - self.started
        if event.event_type_value == "ASSET_MATERIALIZATION":
            rows = event.materialization.metadata.get("dagster/row_count")
            text = f"{rows.value:>10,} rows" if rows is not None else ""
            print(f"  {seconds:6.1f} s  {event.asset_key.to_user_string():<52} {text}", flush=True)
        elif event.event_type_value == "STEP_FAILURE":
            print(f"  {seconds:6.1f} s  {event.step_key} FAILED: {event.message.splitlines()[0]}", flush=True)


@dg.logger(description="One line per finished asset.")
def progress(_: dg.InitLoggerContext) -> logging.Logger:
    logger = logging.getLogger("zhenjie.progress")
    logger.handlers, logger.propagate = [_Progress()], False
    logger.setLevel(logging.DEBUG)
    return logger
