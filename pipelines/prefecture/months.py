"""The two turns of the sample.

Belongs here: their dates and months. Does not belong here: what is delivered in them.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Turn:
    """One round of deliveries: `number` 1 or 2, its business date, and the months paid for in it
    (YYYY-MM)."""

    number: int
    as_of: date
    months: tuple[str, ...]

    @property
    def period(self) -> str:
        """YYYYMM as file names carry it."""
        return f"{self.as_of:%Y%m}"

    @property
    def month(self) -> str:
        """YYYY-MM of the business date."""
        return f"{self.as_of:%Y-%m}"


FIRST = Turn(1, date(2024, 1, 31), ("2023-11", "2023-12", "2024-01"))
SECOND = Turn(2, date(2024, 2, 29), ("2024-02",))
TURNS = (FIRST, SECOND)


def turn_of(as_of: date) -> Turn:
    """The turn of a business date. Raises ValueError for any other date."""
    for turn in TURNS:
        if turn.as_of == as_of:
            return turn
    raise ValueError(f"the sample has no turn on {as_of}; it has {', '.join(str(t.as_of) for t in TURNS)}")
