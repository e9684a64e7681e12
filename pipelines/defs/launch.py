"""Running the turn from a terminal, as `make run` does, recorded in the same Dagster instance as the UI.

Belongs here: starting the job and showing progress. Does not belong here: what is run before or after.
"""

import importlib
import logging
import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TextIO

import dagster as dg

from pipelines.defs.partitions import why_no_date
from pipelines.kit.paths import PROJECT_ROOT, Paths

# Dagster says so of every step behind one that failed; the failure itself is what matters.
_NOT_RUN = "Dependencies for step"


def prepare_home(paths: Paths) -> None:
    """Make DAGSTER_HOME inside the data folder, with our dagster.yaml."""
    paths.dagster_home.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(PROJECT_ROOT / "dagster.yaml", paths.dagster_home / "dagster.yaml")
    os.environ["DAGSTER_HOME"] = str(paths.dagster_home)


def warm_up() -> None:
    """Import what every turn needs and what takes seconds, while something else is waited for."""
    for module in ("dagster_dbt", "great_expectations", "pipelines.judge.verify.session"):
        importlib.import_module(module)


def launch(
    paths: Paths, as_of: date, job_name: str = "turn", tags: Mapping[str, str] = MappingProxyType({})
) -> bool:
    """Run the whole turn (or another job) for one business date in this process; True when it succeeded. A date that
    none can be launched for is said to be one, and nothing is run.

    `tags` are those of the run: the reasons a person gives (defs.partitions).
    Progress goes to the terminal; what dbt and Dagster print goes to `dagster_home/last_run.log`.
    """
    if why := why_no_date(as_of):
        print(why, file=sys.stderr)
        return False
    prepare_home(paths)
    os.environ["ZHENJIE_DATA"] = str(paths.root)
    with _only_progress(paths.dagster_home / "last_run.log") as terminal:
        _Progress.terminal, _Progress.started = terminal, time.monotonic()
        from pipelines.definitions import defs  # reads ZHENJIE_DATA when it is imported

        job = defs.resolve_job_def(job_name)
        with dg.DagsterInstance.get() as instance:
            return job.execute_in_process(
                partition_key=as_of.isoformat(), instance=instance, raise_on_error=False,
                tags={name: text for name, text in tags.items() if text},
                run_config={"loggers": {"progress": {}}},
            ).success


@contextmanager
def _only_progress(log: Path) -> Iterator[TextIO]:
    """Send file descriptors 1 and 2 to `log`, children included; yields the real terminal."""
    sys.stdout.flush()
    kept = os.dup(1), os.dup(2)
    with log.open("a", encoding="utf-8") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    try:
        with os.fdopen(os.dup(kept[0]), "w", encoding="utf-8") as terminal:
            yield terminal
    finally:
        sys.stdout.flush()
        for number, copy in zip((1, 2), kept, strict=True):
            os.dup2(copy, number)
            os.close(copy)


class _Progress(logging.Handler):
    """One line per finished asset, with its row count; warnings and waiting as they come."""

    terminal: TextIO = sys.stdout
    started: float = 0.0

    def emit(self, record: logging.LogRecord) -> None:
        meta = getattr(record, "dagster_meta", {})
        event = meta.get("dagster_event")
        seconds = f"{time.monotonic() - self.started:7.1f} s  "
        if event is None:
            said = meta.get("orig_message") or ""
            if record.levelno >= logging.WARNING and said and not said.startswith(_NOT_RUN):
                self._say(f"{'':11}{said.splitlines()[0][:300]}")
        elif event.event_type_value == "ASSET_MATERIALIZATION":
            rows = event.materialization.metadata.get("dagster/row_count")
            text = f"{rows.value:>12,} rows" if rows is not None else ""
            self._say(f"{seconds}{event.asset_key.to_user_string():<52}{text}")
        elif event.event_type_value == "STEP_FAILURE":
            error = event.step_failure_data.error
            cause = error.cause or error if error else None
            self._say(f"{seconds}{event.step_key} FAILED: {cause.message.strip() if cause else ''}")

    def _say(self, line: str) -> None:
        print(line, file=self.terminal, flush=True)


@dg.logger(description="One line per finished asset.")
def progress(_: dg.InitLoggerContext) -> logging.Logger:
    logger = logging.getLogger("zhenjie.progress")
    logger.handlers, logger.propagate = [_Progress()], False
    logger.setLevel(logging.DEBUG)
    return logger
