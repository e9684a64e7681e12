"""The months the prefecture lives through, and the business date of each.

Belongs here: their dates and the months paid for in them. Does not belong here: what is delivered in them.
What happens in a month never depends on how many months are delivered: the files of January and February are
the same whether 2 or 24 months are asked for.
"""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property

COUNT = 24


@dataclass(frozen=True)
class Month:
    """One round of deliveries; `index` counts from 0, the month of the first stock."""

    index: int
    as_of: date

    @cached_property
    def start(self) -> date:
        """First day of the month."""
        return self.as_of.replace(day=1)

    @property
    def months(self) -> tuple[str, ...]:
        """Months paid for (YYYY-MM): the first round brings two earlier ones, too."""
        return ("2023-11", "2023-12", "2024-01") if self.index == 0 else (self.month,)

    @property
    def period(self) -> str:
        """YYYYMM as file names carry it."""
        return f"{self.as_of:%Y%m}"

    @property
    def moment(self) -> float:
        """When its files are finished, in seconds since 1970."""
        return datetime.combine(self.as_of, time(8), UTC).timestamp()

    @property
    def month(self) -> str:
        """YYYY-MM of the business date."""
        return f"{self.as_of:%Y-%m}"

    @property
    def changed_on(self) -> date:
        """The day registers date this month's changes."""
        return self.as_of.replace(day=27 if self.as_of.month == 2 else 28)


def _month(index: int) -> Month:
    year, month = 2024 + index // 12, index % 12 + 1
    return Month(index, date(year, month, calendar.monthrange(year, month)[1]))


MONTHS = tuple(_month(index) for index in range(COUNT))
_OF_PERIOD = {month.period: month for month in MONTHS}
FIRST, SECOND, LAST = MONTHS[0], MONTHS[1], MONTHS[-1]


def month_of(as_of: date) -> Month:
    """The month of a business date. Raises ValueError when it is no month's last day."""
    for month in MONTHS:
        if month.as_of == as_of:
            return month
    raise ValueError(
        f"the prefecture delivers nothing on {as_of}; it delivers on the last day of "
        f"each month from {FIRST.month} to {LAST.month}"
    )


def of_period(period: str) -> Month:
    """The month whose content a period (YYYYMM) names. Raises KeyError when there is none."""
    return _OF_PERIOD[period]
