"""When what is done by itself: `expectations/cadence.yaml`.

Belongs here: reading it. Does not belong here: what is done (Dagster's schedules and sensors ask for this).
"""

import re
from functools import cache
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from pipelines.kit.house_files import read
from pipelines.kit.paths import PROJECT_ROOT

CADENCE_FILE = PROJECT_ROOT / "expectations" / "cadence.yaml"

_RANGES = {"minute": (0, 59), "hour": (0, 23), "day": (1, 31), "month": (1, 12), "weekday": (0, 7)}
_PART = re.compile(r"(\*|(?P<first>\d{1,2})(-(?P<last>\d{1,2}))?)(/(?P<step>[1-9]\d?))?")
_SHOWN = 20  # signs of what is wrong, in a message
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _is_cron(text: str) -> str:
    fields = text.split()
    if len(fields) != len(_RANGES):
        raise ValueError(f"has five fields: {', '.join(_RANGES)}")
    ranges = zip(fields, _RANGES.items(), strict=True)
    _, _, days, months, _ = (_values(field, name, *limits) for field, (name, limits) in ranges)
    if min(days) > max(_LONGEST[month - 1] for month in months):
        raise ValueError(f"day {min(days)} is in no month of {fields[3][:_SHOWN]}")
    return text


def _values(field: str, name: str, least: int, most: int) -> set[int]:
    """All that a field stands for."""
    values: set[int] = set()
    for part in field.split(","):
        found = _PART.fullmatch(part)
        first, last = (found["first"] or least, found["last"] or found["first"] or most) if found else (most, least)
        if not least <= int(first) <= int(last) <= most:
            raise ValueError(f"{name} is {part[:_SHOWN]}, goes from {least} to {most}, as in 30 2 1 * *")
        values.update(range(int(first), int(last) + 1, int(found["step"] or 1)))
    return values


Cron = Annotated[str, AfterValidator(_is_cron)]
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
