"""The city's clock.

Belongs here: its time zone, and what day it is there. Does not belong here: business dates of runs; no table depends on
the wall clock.
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


def day_of(moment: datetime) -> date:
    """What day it is there at a moment (with a zone)."""
    return moment.astimezone(ZONE).date()
