"""Sensors: what starts a run because something arrived.

Belongs here: watching the inbox and the drop folders. Does not belong here: reading what arrived.
"""

import hashlib
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg

from pipelines.defs.jobs import CITY_TIME, turn_job
from pipelines.defs.resources import Lakehouse
from pipelines.ledger.decisions import issued_turns
from pipelines.paths import Paths

SETTLED_SECONDS = 5  # a file still being copied is left for the next tick


def next_business_date(paths: Paths, today: date) -> date:
    """The date a new answer counts for: today, or the day after the last issued turn if that is later.

    Answers refer to sets that a turn has issued, so they can only be taken in by a later turn.
    """
    turns = issued_turns(paths)
    return max(today, turns[-1] + timedelta(days=1)) if turns else today


def waiting_files(folder: Path, now: float) -> list[Path]:
    """Files in a drop folder that have not changed for a few seconds, sorted."""
    if not folder.exists():
        return []
    files = [p for p in folder.rglob("*") if p.is_file() and not p.name.startswith((".", "~$"))]
    return sorted(p for p in files if now - p.stat().st_mtime >= SETTLED_SECONDS)


def batch_key(files: list[Path]) -> str:
    """One hash over the contents of the waiting files: the same files never start a second run."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


@dg.sensor(
    job=turn_job, minimum_interval_seconds=30,
    description="Starts a turn when townships have sent workbooks back (data/inbox/drop).",
)
def inbox_sensor(
    context: dg.SensorEvaluationContext, lakehouse: Lakehouse
) -> dg.SensorResult | dg.SkipReason:
    paths = lakehouse.paths
    now = datetime.now(ZoneInfo(CITY_TIME))
    files = waiting_files(paths.inbox / "drop", now.timestamp())
    if not files:
        return dg.SkipReason("收件箱里没有新的工作簿 (nothing in inbox/drop)")
    key = batch_key(files)
    if key == context.cursor:
        return dg.SkipReason("these files have started a run already")
    day = next_business_date(paths, now.date())
    if day > now.date():
        return dg.SkipReason(f"today's sets are issued; answers are taken in on {day} 已返还，次日收件")
    return dg.SensorResult(
        run_requests=[
            dg.RunRequest(run_key=key, partition_key=day.isoformat(), tags={"inbox_files": str(len(files))})
        ],
        cursor=key,
    )
