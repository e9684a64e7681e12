"""When each step of a turn ran and what it reported, read back from the event log.

Belongs here: reading events of runs that are over. Does not belong here: measuring (prefecture.bench asks for
this), or running anything.
"""

from dataclasses import dataclass, field
from datetime import date

import dagster as dg

from pipelines.defs.launch import prepare_home
from pipelines.kit.paths import Paths

_WANTED = {
    dg.DagsterEventType.STEP_START, dg.DagsterEventType.STEP_SUCCESS, dg.DagsterEventType.STEP_FAILURE,
    dg.DagsterEventType.ASSET_MATERIALIZATION,
}  # fmt: skip


@dataclass
class StepTimes:
    """One step: seconds since the epoch, and by asset (`bronze/public_security__residents`) rows and, where a step
    makes several and says so, from when to when."""

    key: str
    start: float = 0.0
    end: float = 0.0
    rows: dict[str, int] = field(default_factory=dict)
    parts: dict[str, tuple[float, float]] = field(default_factory=dict)


def newest_turn(paths: Paths, as_of: date) -> list[StepTimes]:
    """Steps of the newest run of a business date, in order of start. Raises LookupError without a run."""
    prepare_home(paths)
    with dg.DagsterInstance.get() as instance:
        tags = {"dagster/partition": as_of.isoformat()}
        records = instance.get_run_records(dg.RunsFilter(job_name="turn", tags=tags), limit=1)
        if not records:
            raise LookupError(f"no run of {as_of} in {paths.dagster_home}")
        steps: dict[str, StepTimes] = {}
        for entry in instance.all_logs(records[0].dagster_run.run_id, of_type=_WANTED):
            step = steps.setdefault(entry.step_key, StepTimes(entry.step_key))
            kind = entry.dagster_event.event_type
            if kind == dg.DagsterEventType.STEP_START:
                step.start = entry.timestamp
            elif kind == dg.DagsterEventType.ASSET_MATERIALIZATION:
                event = entry.dagster_event.materialization
                asset, told = event.asset_key.to_user_string(), event.metadata
                step.rows[asset] = told["dagster/row_count"].value if "dagster/row_count" in told else 0
                if "started" in told:
                    start = told["started"].value
                    step.parts[asset] = start, start + told["seconds"].value
            else:
                step.end = entry.timestamp
    return sorted(steps.values(), key=lambda s: s.start)
