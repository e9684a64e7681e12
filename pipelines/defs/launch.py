"""Running the turn from a terminal, as `make run` does, recorded in the same Dagster instance as the UI.

Belongs here: starting the job. Does not belong here: what is run before or after, what is shown (progress.py).
"""

import importlib
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TextIO

import dagster as dg
from dagster._core.definitions.repository_definition import SINGLETON_REPOSITORY_NAME
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin

from pipelines.defs import progress
from pipelines.defs.partitions import calendar, offer, why_no_date
from pipelines.kit.contracts import load_contracts
from pipelines.kit.paths import PROJECT_ROOT, Paths
from pipelines.kit.security.keys import KeyProvider, LostKeyError
from pipelines.kit.security.suite import OtherSuiteError
from pipelines.kit.terminal import Screen

# The code location's name in workspace.yaml.
LOCATION = "zhenjie-lakehouse"
TERMINAL = {"launched_from": "terminal"}


def prepare_home(paths: Paths) -> None:
    """Make DAGSTER_HOME inside the data folder, with our dagster.yaml."""
    paths.dagster_home.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(PROJECT_ROOT / "dagster.yaml", paths.dagster_home / "dagster.yaml")
    os.environ["DAGSTER_HOME"] = str(paths.dagster_home)


def open_ui(paths: Paths) -> None:
    """What the UI finds when it starts: its home, and the business dates there are."""
    prepare_home(paths)
    with dg.DagsterInstance.get() as instance:
        offer(instance, calendar(paths, load_contracts().values()))


def warm_up() -> None:
    """Import what every turn needs and what takes seconds, while something else is waited for."""
    importlib.import_module("pipelines.defs.assembly")


def launch(
    paths: Paths, as_of: date, job_name: str = "turn", tags: Mapping[str, str] = MappingProxyType({})
) -> bool:
    """Run the whole turn (or another job) for one business date in this process; True when it succeeded. A date that
    none can be launched for is said to be one, and nothing is run.

    `tags` are those of the run: the reasons a person gives (defs.partitions).
    Progress goes to the terminal; what Dagster prints goes to `dagster_home/last_run.log`.
    """
    if why := why_no_date(as_of.isoformat()) or _why_no_keys(paths):
        print(why, file=sys.stderr)
        return False
    prepare_home(paths)
    with _only_progress(paths.dagster_home / "last_run.log") as terminal, Screen(terminal) as screen:
        progress.begin(screen)
        screen.doing("starting")
        from pipelines.defs.assembly import build_defs  # seconds of imports: only for a run

        job = build_defs(paths).resolve_job_def(job_name)
        with dg.DagsterInstance.get() as instance:
            _owned(instance, job_name)
            offer(instance, [as_of])
            is_done = job.execute_in_process(
                partition_key=as_of.isoformat(), instance=instance, raise_on_error=False,
                tags=TERMINAL | {name: text for name, text in tags.items() if text},
                run_config={"loggers": {"progress": {}}},
            ).success
        progress.end()
    return is_done


def _owned(instance: dg.DagsterInstance, job_name: str) -> None:
    """Runs that this process makes belong to the job of the code location, as the UI's own do: without an origin they
    are on no timeline and under no job. Dagster's `execute_in_process` cannot be told so."""
    location = RegisteredCodeLocationOrigin(LOCATION)
    origin = RemoteJobOrigin(RemoteRepositoryOrigin(location, SINGLETON_REPOSITORY_NAME), job_name)
    instance.create_run_for_job = partial(instance.create_run_for_job, remote_job_origin=origin)


def _why_no_keys(paths: Paths) -> str:
    """Why nothing can be sealed or signed, told once and not by every step; '' when it can."""
    try:
        KeyProvider(paths)
    except (LostKeyError, OtherSuiteError) as why:
        return str(why)
    return ""


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
