"""Coverage (应归尽归): of what should be there, how much is.

Belongs here: counting states over any group of the ledger. Does not belong here: the states themselves.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from math import floor
from typing import TypeVar

from pipelines.ingest.arrivals import model
from pipelines.ingest.arrivals.model import Arrival

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Coverage:
    """Cells of a group by state. The first four are due: they have come, or should have."""

    on_time: int = 0
    late: int = 0
    refused: int = 0
    missing: int = 0
    not_yet_due: int = 0

    @property
    def arrived(self) -> int:
        """Accepted, on time or late."""
        return self.on_time + self.late

    @property
    def due(self) -> int:
        """What should be there by now, and what came before it had to."""
        return self.arrived + self.refused + self.missing

    @property
    def expected(self) -> int:
        """Every cell, due or not."""
        return self.due + self.not_yet_due

    @property
    def share(self) -> float | None:
        """Arrived of due, 0 to 1; None when nothing is due."""
        return self.arrived / self.due if self.due else None

    @property
    def on_time_share(self) -> float | None:
        """On time of due, 0 to 1; None when nothing is due."""
        return self.on_time / self.due if self.due else None


def percent(share: float) -> float:
    """A share in per cent with one decimal, rounded down so that 100.0 means all."""
    return floor(share * 1000 + 1e-9) / 10


def coverage(lines: Iterable[Arrival], by: Callable[[Arrival], Key]) -> dict[Key, Coverage]:
    """Coverage of every group `by` names, in order of the names; groups without an expected cell are not there."""
    counts: dict[Key, Counter[str]] = defaultdict(Counter)
    for line in lines:
        if line.state in model.EXPECTED:
            counts[by(line)][line.state] += 1
    return {key: Coverage(**counts[key]) for key in sorted(counts)}
