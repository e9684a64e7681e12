"""Ages in families: spouses old enough to marry, parents a generation before their children.

Belongs here: dealing out the ages of the census. Does not belong here: who lives with whom (households.py). Members
get a wished-for age first; then, county by county and sex by sex, the ages of the census are dealt out in the order of
the wishes, so families stay likely and the totals exact. What is unlikely still is exchanged between members of a
county and sex.
"""

import numpy as np

from prefecture.world.census import BANDS, Census
from prefecture.world.lots import share_out
from prefecture.world.roles import CHILD, COLLECTIVE, HEAD, OTHER, OTHER_PARENT, PARENT, SECOND_CHILD, SPOUSE

# Men of 22 and women of 20 may marry (民法典 1047); who is listed as spouse has been married for half a year.
_HUSBAND, _WIFE, _GROWN, _BOARDER, _GRANDPARENT = 22.7, 20.7, 18.0, 15.0, 40.0
_GENERATION = (20.0, 40.0)
_ROUNDS, _EXCHANGES = 2, 40


def family_ages(
    census: Census,
    household: np.ndarray,
    county: np.ndarray,
    role: np.ndarray,
    sex: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Age in years, with a fraction, of each member; `household` begins with 0 and lies together."""
    families = _Families(household, role, sex, rng)
    group = county * 2 + sex - 1
    ages = _deal(census, group, families.first_wishes(), families.least(), rng)
    for _ in range(_ROUNDS):
        ages = _deal(census, group, families.wishes(ages), families.least(), rng)
    youngest, oldest = _GENERATION
    children, elders = families.rows(CHILD, SECOND_CHILD), families.rows(PARENT, OTHER_PARENT)
    mother = families.mothers(ages)[household]
    _exchange(ages, children, group, mother - oldest, mother - youngest, rng)
    head = families.of(HEAD, ages)[household]
    _exchange(ages, elders, group, head + youngest, head + oldest, rng)
    return ages


class _Families:
    """The members, and what was drawn once about each: how many years lie between him and his kin."""

    def __init__(self, household: np.ndarray, role: np.ndarray, sex: np.ndarray, rng: np.random.Generator) -> None:
        self.household, self.role, self.sex = household, role, sex
        self.size = np.bincount(household)
        count, homes = len(role), len(self.size)
        self.lot, self.old = rng.random(homes), rng.random(homes) < 0.52
        self.middle = np.clip(rng.normal(41, 9, homes), 24, 66)
        self.spread, self.beside = rng.random(count), rng.normal(3.5, 2.3, homes)
        self.after_mother = np.clip(rng.normal(27, 4, count), 20.5, 39.5)
        self.after_sibling = np.clip(rng.normal(4.5, 2.2, count), 1.5, 12)
        self.before_child = np.clip(rng.normal(25.5, 3.5, count), 20.5, 38)
        self.bed = np.select(
            [self.spread < 0.45, self.spread < 0.9], [17 + 7 * rng.random(count), 24 + 26 * rng.random(count)], 82
        )

    def rows(self, *roles: int) -> np.ndarray:
        """Where the members of these roles are."""
        return np.flatnonzero(np.isin(self.role, roles))

    def of(self, role: int, values: np.ndarray) -> np.ndarray:
        """For each household the value of its member of the role, NaN where there is none."""
        result, rows = np.full(len(self.size), np.nan), self.rows(role)
        result[self.household[rows]] = values[rows]
        return result

    def least(self) -> np.ndarray:
        """The age each member has at least."""
        pair = ~np.isnan(self.of(SPOUSE, self.sex))[self.household] & np.isin(self.role, [HEAD, SPOUSE])
        kinds = {
            _HUSBAND: pair & (self.sex == 1),
            _WIFE: pair,
            _GRANDPARENT: np.isin(self.role, [PARENT, OTHER_PARENT]),
            _BOARDER: self.role == COLLECTIVE,
            0.0: np.isin(self.role, [CHILD, SECOND_CHILD, OTHER]),
        }
        return np.select(list(kinds.values()), list(kinds), _GROWN)

    def first_wishes(self) -> np.ndarray:
        """Of heads and of people without kin, by the size of the household; everybody else's follow from them."""
        single = np.where(self.old, 58 + 32 * self.lot, 22 + 36 * self.lot)
        couple = np.where(self.old, 50 + 32 * self.lot, 24 + 28 * self.lot)
        head = np.select([self.size == 1, self.size == 2], [single, couple], self.middle)[self.household]
        return self.wishes(np.where(self.role == COLLECTIVE, self.bed, head))

    def wishes(self, ages: np.ndarray) -> np.ndarray:
        """What suits the heads' and mothers' ages."""
        role, sex, home, wish = self.role, self.sex, self.household, ages.copy()
        head, spouse = self.of(HEAD, ages), self.rows(SPOUSE)
        younger = np.where(sex == 2, -self.beside[home], self.beside[home])
        wish[spouse] = (head[home] + younger)[spouse]
        child = self.rows(CHILD, OTHER)
        wish[child] = (self.mothers(wish)[home] - self.after_mother)[child]
        wish = np.where((wish < 0) & (role != COLLECTIVE), 3 * self.spread, wish)
        first, second = self.of(CHILD, wish)[home], self.rows(SECOND_CHILD)
        later = first - self.after_sibling
        wish[second] = np.where(later < 0, first + self.after_sibling, later)[second]
        parent, other = self.rows(PARENT), self.rows(OTHER_PARENT)
        wish[parent] = (head[home] + self.before_child)[parent]
        wish[other] = (self.of(PARENT, wish)[home] + younger)[other]
        return wish

    def mothers(self, ages: np.ndarray) -> np.ndarray:
        """The age of each household's wife; of a man alone, a wife's for him."""
        head, spouse, woman = self.of(HEAD, ages), self.of(SPOUSE, ages), self.of(HEAD, self.sex) == 2
        his = np.where(np.isnan(spouse), head - self.beside, spouse)
        return np.where(woman, head, his)


def _deal(
    census: Census, group: np.ndarray, wish: np.ndarray, least: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Ages by rank of the wish within county and sex. Ages below a limit go, by rank, to those who may be so young."""
    result, low, width = np.empty(len(wish)), *_bands()
    order = np.argsort(wish, kind="stable")
    order = order[np.argsort(group[order], kind="stable")]
    ends = np.cumsum(np.bincount(group, minlength=2 * len(census.codes)))
    for mine, cells in zip(np.split(order, ends[:-1]), census.cells.reshape(-1, len(BANDS)), strict=True):
        band = np.repeat(np.arange(len(BANDS)), share_out(cells, len(mine)))
        ages = low[band] + width[band] * rng.random(len(band)) * 0.999
        oldest = band == len(BANDS) - 1
        ages[oldest] = 85 + np.minimum(rng.exponential(4.4, oldest.sum()), 23)
        ages.sort()
        given = 0
        for limit in np.unique(least)[1:]:
            young = np.flatnonzero(least[mine] < limit)[: max(0, np.searchsorted(ages, limit) - given)]
            result[mine[young]] = ages[given : given + len(young)]
            given, mine = given + len(young), np.delete(mine, young)
        result[mine] = ages[given:]
    return result


def _bands() -> tuple[np.ndarray, np.ndarray]:
    low = np.array([first for first, _ in BANDS])
    return low, np.array([(last or first) - first + 1 for first, last in BANDS])


def _exchange(
    ages: np.ndarray, who: np.ndarray, group: np.ndarray, low: np.ndarray, high: np.ndarray, rng: np.random.Generator
) -> None:
    """Exchange ages among the rows `who` of one group, as long as this brings them nearer to between `low` and
    `high`."""

    def off(rows: np.ndarray, of: np.ndarray) -> np.ndarray:
        return np.maximum(np.maximum(low[rows] - ages[of], ages[of] - high[rows]), 0)

    for _ in range(_EXCHANGES):
        wrong = who[off(who, who) > 0]
        wrong = wrong[np.argsort(group[wrong], kind="stable")]
        others = rng.permutation(who)
        others = others[np.argsort(group[others], kind="stable")]
        place = np.searchsorted(group[others], group[wrong])
        place += np.arange(len(wrong)) - np.searchsorted(group[wrong], group[wrong])
        there = place < len(others)
        wrong, other = wrong[there], others[place[there]]
        better = off(wrong, other) + off(other, wrong) < off(wrong, wrong) + off(other, other)
        better &= (group[wrong] == group[other]) & ~np.isin(other, wrong)
        wrong, other = wrong[better], other[better]
        ages[wrong], ages[other] = ages[other], ages[wrong]
