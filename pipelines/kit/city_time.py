"""The city's clock.

Belongs here: its time zone, what day it is there, how a day is written. Does not belong here: business dates of runs;
no table depends on the wall clock.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

CITY_TIME = "Asia/Shanghai"
ZONE = ZoneInfo(CITY_TIME)


def now() -> datetime:
    """This moment, in the city."""
    return datetime.now(ZONE)


def today() -> date:
    """What day it is in the city."""
    return now().date()


def written_day(text: str) -> date | None:
    """The day that is written as 2024-02-29, and in no other way ISO 8601 knows; None for any other text."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


def day_of(moment: datetime) -> date:
    """What day it is there at a moment (with a zone)."""
    return moment.astimezone(ZONE).date()
