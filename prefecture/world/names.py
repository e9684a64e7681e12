"""Names of people.

Belongs here: who is called how, by sex and year of birth. Does not belong here: the lists (name_lists.py), families.
A few characters lie outside GBK (䶮, 𠮷, 㳘 …): files in GB18030 carry them, files in GBK would lose them. Every county
has rare characters of its own, so that people who bear them have no namesakes in another county.
"""

from functools import cache

import numpy as np
import polars as pl

from prefecture.world.name_lists import (
    COMMON_SURNAMES,
    COMPOUND_SURNAMES,
    FURTHER_SURNAMES,
    ODD_CHARACTERS,
    TASTES,
    TWO_PARTS,
    Taste,
)

_RARE = np.array(["䶮", "𠮷", "㛃", "𬱖", "䲟"])
# Of the third level of 通用规范汉字表 (2013), 13 counties by 4.
_RARE_OF_COUNTY = np.array(
    list("㑇㑊㕮㘎㙍㙘㙦㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䎖䏡䐃䓖䓛䓨䓫䓬䗴䜣")
).reshape(13, 4)
_RARE_SHARE, _COMPOUND_SHARE = 0.003, 0.001
_ODD_SHARE, _ODD_SINGLE_SHARE = 0.35, 0.6
# How flat the head of a list is: the first is so many places down a curve of 1 / place.
_FURTHER, _SINGLE, _WHOLE, _ONE_OF_TWO = 24, 14, 12, 20
_OFFICERS = (1965, 2001)


def surname_of(name: str) -> pl.Expr:
    """The surname of the full name in column `name`, compound ones whole."""
    compound = pl.col(name).str.contains(f"^(?:{'|'.join(COMPOUND_SURNAMES)}).")
    return pl.when(compound).then(pl.col(name).str.head(2)).otherwise(pl.col(name).str.head(1))


def surnames(rng: np.random.Generator, count: int) -> np.ndarray:
    """Surnames of `count` people without regard to families."""
    letters, shares = _surname_shares()
    return rng.choice(letters, count, p=shares)


def given_names(
    rng: np.random.Generator, sex: np.ndarray, year: np.ndarray, county: np.ndarray | None = None
) -> np.ndarray:
    """Given names of one or two characters in the taste of the years of birth. `county` (index into the census)
    gives rare characters of the county's own."""
    result = np.empty(len(sex), dtype="U2")
    since = sorted({taste.since for taste in TASTES})
    cohort = np.array(since)[np.searchsorted(since, year, side="right") - 1]
    for taste in TASTES:
        chosen = np.flatnonzero((sex == taste.sex) & (cohort == taste.since))
        result[chosen] = _in_taste(rng, taste, len(chosen))
    rare = np.flatnonzero(rng.random(len(sex)) < _RARE_SHARE)
    which = rng.random(len(rare))
    pool = _RARE_OF_COUNTY[county[rare]] if county is not None else np.tile(_RARE, (len(rare), 1))
    result[rare] = pool[np.arange(len(rare)), (which * pool.shape[1]).astype(int)]
    return result


def two_part_names(rng: np.random.Generator, sex: np.ndarray) -> np.ndarray:
    """Full names of two parts with the dot between them."""
    own = np.where(sex == 1, *(rng.choice(np.array(part), len(sex)) for part in TWO_PARTS))
    return np.char.add(np.char.add(own, "·"), rng.choice(np.array(TWO_PARTS[0]), len(sex)))


def officers(rng: np.random.Generator, count: int) -> np.ndarray:
    """Full names of grid officers and surveyors."""
    sex, year = rng.integers(1, 3, count), rng.integers(*_OFFICERS, count)
    return np.char.add(surnames(rng, count), given_names(rng, sex, year))


def _in_taste(rng: np.random.Generator, taste: Taste, count: int) -> np.ndarray:
    lot = rng.random(count)
    first, second = (
        _letters(rng, part, _ONE_OF_TWO, _ODD_SHARE, taste.sex, count) for part in (taste.first, taste.second)
    )
    names = np.stack([first, second], axis=1).view("U2").ravel()
    one, known = lot < taste.one, (lot >= taste.one) & (lot < taste.one + taste.known)
    names[one] = _letters(rng, taste.single, _SINGLE, _ODD_SINGLE_SHARE, taste.sex, one.sum())
    whole = np.array(taste.whole.split())
    names[known] = rng.choice(whole, known.sum(), p=_falling(len(whole), _WHOLE))
    return names


def _letters(rng: np.random.Generator, text: str, head: int, others: float, sex: int, count: int) -> np.ndarray:
    """Characters of `text`, the first ones most often; the share `others` of all that people of this sex are called."""
    letters, pool = np.array(list(dict.fromkeys(text))), _all_letters(sex)
    drawn = rng.choice(letters, count, p=_falling(len(letters), head))
    odd = rng.random(count) < others
    drawn[odd] = pool[(rng.random(odd.sum()) * len(pool)).astype(int)]
    return drawn


@cache
def _all_letters(sex: int) -> np.ndarray:
    text = "".join(t.single + t.first + t.second for t in TASTES if t.sex == sex)
    return np.array(list(dict.fromkeys(text + ODD_CHARACTERS)))


@cache
def _surname_shares() -> tuple[np.ndarray, np.ndarray]:
    further = list(dict.fromkeys(FURTHER_SURNAMES))
    common = np.array(list(COMMON_SURNAMES.values())) / 1000
    rest = 1 - common.sum() - _COMPOUND_SHARE
    shares = [common, rest * _falling(len(further), _FURTHER), _COMPOUND_SHARE * _falling(len(COMPOUND_SURNAMES), 0)]
    return np.array([*COMMON_SURNAMES, *further, *COMPOUND_SURNAMES]), np.concatenate(shares)


def _falling(count: int, head: int) -> np.ndarray:
    """Shares that fall as 1 / (place + head) and add up to 1."""
    weights = 1 / (np.arange(1, count + 1) + head)
    return weights / weights.sum()
