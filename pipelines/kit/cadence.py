"""When what is done by itself: `expectations/cadence.yaml`.

Belongs here: reading it. Does not belong here: what is done (Dagster's schedules and sensors ask for this).
"""

from functools import cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from pipelines.kit.house_files import read
from pipelines.kit.paths import PROJECT_ROOT

CADENCE_FILE = PROJECT_ROOT / "expectations" / "cadence.yaml"

# Minute, hour, day, month, weekday; whether the figures lie in their ranges Dagster says when it loads.
Cron = Annotated[str, Field(pattern=r"^([0-9*/,-]+ +){4}[0-9*/,-]+$")]
# Dagster looks no oftener, and what nobody looks for within a day is not being looked for.
Seconds = Annotated[int, Field(ge=30, le=86_400)]


class Cadence(BaseModel):
    """Schedules as cron lines in city time, and every how many seconds something is looked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    turn: Cron
    turn_over: Cron
    arrivals: Cron
    sources: Cron
    exports: Cron
    inbox: Seconds
    drop: Seconds
    places: Seconds
    queries: Seconds
    calendar: Seconds


@cache
def cadence() -> Cadence:
    """The cadence of this house. Raises HouseFileError."""
    return read(Cadence, CADENCE_FILE)
