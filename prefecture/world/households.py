"""Households and their members, drawn so that every county has the census numbers.

Belongs here: household sizes, who stands in which relation, sex and birth date. Does not belong here: names,
numbers, places, or how ages are dealt out (family_ages.py).
"""

import numpy as np
import polars as pl

from prefecture.months import FIRST
from prefecture.world.census import Census
from prefecture.world.family_ages import family_ages
from prefecture.world.lots import share_out
from prefecture.world.roles import CHILD, COLLECTIVE, HEAD, OTHER, OTHER_PARENT, PARENT, SECOND_CHILD, SPOUSE

_PATTERNS = np.array(
    [
        [HEAD, *[OTHER] * 9],
        [HEAD, SPOUSE, *[OTHER] * 8],
        [HEAD, CHILD, *[OTHER] * 8],
        [HEAD, SPOUSE, CHILD, *[OTHER] * 7],
        [HEAD, SPOUSE, PARENT, *[OTHER] * 7],
        [HEAD, SPOUSE, CHILD, SECOND_CHILD, *[OTHER] * 6],
        [HEAD, SPOUSE, CHILD, PARENT, *[OTHER] * 6],
        [HEAD, SPOUSE, CHILD, PARENT, OTHER_PARENT, *[OTHER] * 5],
        [HEAD, SPOUSE, CHILD, SECOND_CHILD, PARENT, *[OTHER] * 5],
        [HEAD, SPOUSE, CHILD, SECOND_CHILD, PARENT, OTHER_PARENT, *[OTHER] * 4],
        [COLLECTIVE] * 10,
    ]
)
_CHOICES = {1: (0, 0, 1.0), 2: (1, 2, 0.8), 3: (3, 4, 0.85), 4: (5, 6, 0.5), 5: (7, 8, 0.5), 6: (9, 9, 1.0)}
_COLLECTIVE_PATTERN, _COLLECTIVE_SIZE = len(_PATTERNS) - 1, 4


def draw_members(census: Census, scale: float, rng: np.random.Generator) -> pl.DataFrame:
    """One row per person: `household`, `county` (index into the census), `role` (roles.py), `sex`
    1 or 2, `birth`, `is_collective`. Households are numbered from 0 and lie together."""
    people = share_out(census.population, round(census.population.sum() * scale))
    households = share_out(census.households, round(census.households.sum() * scale))
    sizes, patterns, counties = [], [], []
    for county, total in enumerate(people):
        family = round(total * census.household_population[county] / census.population[county])
        singles = census.single_households[county] / census.households[county]
        size = _family_sizes(households[county], family, singles, rng)
        crowd = _collective_sizes(total - family, rng)
        sizes += [size, crowd]
        patterns += [_family_patterns(size, rng), np.full(len(crowd), _COLLECTIVE_PATTERN)]
        counties.append(np.full(len(size) + len(crowd), county))
    size, pattern = np.concatenate(sizes), np.concatenate(patterns)
    household = np.repeat(np.arange(len(size)), size)
    position = np.arange(len(household)) - np.repeat(np.cumsum(size) - size, size)
    role = _PATTERNS[pattern[household], np.minimum(position, 9)]
    county = np.concatenate(counties)[household]
    sex = _sexes(census, household, role, county, rng)
    return pl.DataFrame(
        {
            "household": household,
            "county": county,
            "role": role,
            "sex": sex,
            "birth": _births(family_ages(census, household, county, role, sex, rng)),
            "is_collective": role == COLLECTIVE,
        }
    )


def _family_sizes(count: int, people: int, single_share: float, rng: np.random.Generator) -> np.ndarray:
    singles = round(count * single_share)
    larger = max(1, count - singles)
    extra = np.bincount(rng.integers(0, larger, people - singles - 2 * larger), minlength=larger)
    return np.concatenate([np.ones(singles, dtype=np.int64), 2 + extra])


def _collective_sizes(people: int, rng: np.random.Generator) -> np.ndarray:
    if people <= 0:
        return np.zeros(0, dtype=np.int64)
    sizes = np.bincount(rng.integers(0, max(1, people // _COLLECTIVE_SIZE), people))
    return sizes[sizes > 0]


def _family_patterns(size: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    table = np.array([_CHOICES[n] for n in range(1, 7)])
    first, second, share = table[np.clip(size, 1, 6) - 1].T
    return np.where(rng.random(len(size)) < share, first, second).astype(np.int64)


def _sexes(
    census: Census, household: np.ndarray, role: np.ndarray, county: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Couples get one of each; whoever is left over makes up the county's share of men."""
    sex = np.zeros(len(role), dtype=np.int64)
    for one, other, share in ((HEAD, SPOUSE, 0.9), (PARENT, OTHER_PARENT, 0.5)):
        second = np.flatnonzero(role == other)
        first = np.flatnonzero((role == one) & np.isin(household, household[second]))
        man_first = rng.random(len(first)) < share
        sex[first], sex[second] = np.where(man_first, 1, 2), np.where(man_first, 2, 1)
    men_share = census.cells[:, 0].sum(axis=1) / census.cells.sum(axis=(1, 2))
    for place in range(len(census.codes)):
        here = county == place
        free = rng.permutation(np.flatnonzero(here & (sex == 0)))
        wanted = round(here.sum() * men_share[place]) - (here & (sex == 1)).sum()
        sex[free] = 2
        sex[free[: max(0, wanted)]] = 1
    return sex


def _births(age: np.ndarray) -> np.ndarray:
    return np.datetime64(FIRST.as_of) - np.floor(age * 365.2425).astype("timedelta64[D]")
