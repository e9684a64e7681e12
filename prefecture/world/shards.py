"""Into which parts the prefecture is cut so that one fits into memory.

Belongs here: which counties are drawn together. Does not belong here: drawing them. People and all that
happens to them belong to one shard for good; a small prefecture is one shard.
"""

from dataclasses import dataclass

import numpy as np

from prefecture.world.census import Census

LARGEST = 400_000
_NUMBERS = 10_000_000


@dataclass(frozen=True)
class Shard:
    """Counties (indices into the census) drawn together; `share` of the city's people live in them,
    the part `cumulative` (from, to) of all counties in order."""

    number: int
    counties: tuple[int, ...]
    share: float
    cumulative: tuple[float, float]

    @property
    def first_number(self) -> int:
        """Where the numbers of people, households and enterprises of this shard begin."""
        return self.number * _NUMBERS


def shards(census: Census, scale: float, largest: int = LARGEST) -> list[Shard]:
    """Counties in order, together up to `largest` people; a larger county is a shard of its own."""
    people = census.population * scale
    groups: list[list[int]] = [[]]
    for county, count in enumerate(people):
        if groups[-1] and people[groups[-1]].sum() + count > largest:
            groups.append([])
        groups[-1].append(county)
    shares = np.array([people[group].sum() for group in groups]) / people.sum()
    ends = np.r_[0.0, np.cumsum(shares)]
    ends[-1] = 1.0
    return [
        Shard(i, tuple(group), float(shares[i]), (float(ends[i]), float(ends[i + 1]))) for i, group in enumerate(groups)
    ]
