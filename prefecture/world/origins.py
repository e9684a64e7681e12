"""Where people got their number: the first six digits.

Belongs here: region codes by birth and origin (GB/T 2260 and its past). Does not belong here: the rest of the
number. Numbers keep the code of the place and time of their first issue, so 3721xx (烟台地区, until 1983) and
codes of places since merged are common, and no code need have been in force at birth.
"""

from pathlib import Path

import numpy as np
import polars as pl

from prefecture.world.lots import scaled

PERMIT_REGIONS = np.array([810000, 820000, 830000])
_OWN = {"370671": 370602, "370676": 370611, "370614": 370684}
_PREFECTURE_OF_OLD = {
    "370602": 372101,
    "370611": 372121,
    "370612": 372131,
    "370613": 372131,
    "370614": 372122,
    "370671": 372101,
    "370676": 372121,
    "370681": 372123,
    "370682": 372127,
    "370683": 372125,
    "370685": 372124,
    "370686": 372128,
    "370687": 372129,
}
_COUNTIES = np.array(sorted(int(code) for code in _PREFECTURE_OF_OLD))
_SECOND = (370613, 370671, 370676)
_NARROW = 12
_NEW_DISTRICT_SINCE = np.datetime64("2020-09-01")
_OLD_BORN_BEFORE = np.datetime64("1966-01-01")


def regions(people: pl.DataFrame, reference: Path, rng: np.random.Generator) -> np.ndarray:
    """Six-digit region codes (integers) of all people; residence permits (81, 82, 83) among those without
    registration here."""
    table = pl.read_csv(reference / "codes" / "gbt2260_history_1981_2024.csv", infer_schema=False)
    elsewhere = table.filter((pl.col("级别") == "县级") & ~pl.col("代码").str.contains("^37(06|21)"))
    elsewhere = elsewhere["代码"].unique().sort().cast(pl.Int64).to_numpy()
    county, birth = people["county_code"], people["birth"].to_numpy()
    own = county.replace_strict(_OWN, default=county.cast(pl.Int64), return_dtype=pl.Int64).to_numpy().copy()
    lot = rng.random(people.height)
    region = np.where(lot < 0.09, rng.permutation(own), own)
    recent = birth >= _NEW_DISTRICT_SINCE
    region[recent & (region == 370684)] = 370614
    old = (birth < _OLD_BORN_BEFORE) & (lot > 0.85)
    region = np.where(old, county.replace_strict(_PREFECTURE_OF_OLD, return_dtype=pl.Int64).to_numpy(), region)
    floating = people["is_floating"].to_numpy()
    far = (floating | ((lot > 0.09) & (lot < 0.14))) & ~recent
    region[far] = rng.choice(elsewhere, far.sum())
    permits = rng.permutation(np.flatnonzero(floating))[: scaled(20, people.height / 7_102_116, 9)]
    region[permits] = PERMIT_REGIONS[np.arange(len(permits)) % 3]
    return region


def unused_lanes(county: np.ndarray) -> np.ndarray:
    """Lanes of sequence numbers that nobody has in his county's own region: (first, width) of 490."""
    index = np.searchsorted(_COUNTIES, county)
    return np.stack([index * _NARROW, np.full(len(index), _NARROW)], axis=1)


def lanes(region: np.ndarray, county: np.ndarray) -> np.ndarray:
    """Which lane of sequence numbers a person's number is taken from: (first, width) of 490.

    Counties are drawn apart from each other; lanes keep their numbers of one region and day distinct. A
    county's own regions have wide lanes, one of two where two counties share them (芝罘/高新区, 福山/开发区,
    牟平/莱山); everyone else's regions have thirteen narrow ones.
    """
    own = np.array([_OWN.get(str(c), c) for c in _COUNTIES])
    old = np.array([_PREFECTURE_OF_OLD[str(c)] for c in _COUNTIES])
    index = np.searchsorted(_COUNTIES, county)
    at_home = (region == own[index]) | (region == old[index]) | (region == county)
    second = np.isin(county, _SECOND)
    narrow = np.stack([index * _NARROW, np.full(len(index), _NARROW)], axis=1)
    wide = np.stack([np.where(second, 360, 13 * _NARROW), np.where(second, 130, 360 - 13 * _NARROW)], axis=1)
    return np.where(at_home[:, None], wide, narrow)
