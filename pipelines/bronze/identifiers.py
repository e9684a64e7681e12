"""Check characters of identity numbers and credit codes, for millions of values at a time.

Belongs here: the two national standards that have one. Does not belong here: what is done about wrong values
(breakers.py for a whole delivery, rules R01 and R02 for a person or an enterprise).
"""

import numpy as np
import polars as pl

from pipelines.contracts.model import CITIZEN_NUMBER, CREDIT_CODE

# Identity numbers given out before 1999 and registration numbers of before 2015 have no check character.
_OLD = 15
_LENGTH = 18
_BETWEEN = r"[,;，；/\s]+"
_SPOILT = 1 << 20  # more than any sum of weighted characters


def _weighted(characters: str, weights: list[int], digits_only: bool) -> np.ndarray:
    """By place and byte: value times weight, _SPOILT for a byte that may not stand there."""
    table = np.full((_LENGTH, 256), _SPOILT, dtype=np.int32)
    codes = np.frombuffer(characters.encode(), dtype=np.uint8)
    for place, weight in enumerate(weights):
        known = codes[:10] if digits_only and place < _LENGTH - 1 else codes
        table[place, known] = np.arange(len(known)) * weight
    return table


# GB 11643 (ISO 7064 MOD 11-2): the weighted sum of all 18 leaves 1; X is ten, in the last place only.
# GB 32100: it leaves 0.
_TABLE = {
    CITIZEN_NUMBER: _weighted("0123456789X", [2 ** (17 - i) % 11 for i in range(_LENGTH)], digits_only=True),
    CREDIT_CODE: _weighted("0123456789ABCDEFGHJKLMNPQRTUWXY", [3**i % 31 for i in range(17)] + [1], digits_only=False),
}
_MODULUS = {CITIZEN_NUMBER: (11, 1), CREDIT_CODE: (31, 0)}


def invalid(values: pl.Series) -> pl.Series:
    """Whether each text is neither a citizen's number nor a credit code; null for blanks.

    A column may hold both (owners are people or enterprises), and a cell several: then every one is looked at.
    Fifteen digits are old but legal. Whether a birth date or a region exists is not asked.
    """
    lengths = values.str.len_bytes()
    wrong = lengths.is_not_null().set(lengths.is_null(), None)
    old = (lengths == _OLD).fill_null(False)
    if old.any():
        wrong = wrong & ~(old & values.str.contains(r"^[0-9]{15}$"))
    places = (lengths == _LENGTH).arg_true()
    for standard in _TABLE:
        if places.len():
            passed = _valid(values.gather(places), standard)
            wrong = wrong.scatter(places.filter(passed), False)
            places = places.filter(~passed)
    long = (lengths > _LENGTH).arg_true()
    parts = values.gather(long).str.replace_all(_BETWEEN, "、").str.split("、")
    several = parts.list.len() > 1
    if several.any():
        each = pl.DataFrame({"place": long.filter(several), "part": parts.filter(several)}).explode("part")
        bad = each.with_columns(bad=invalid(each["part"])).group_by("place").agg(pl.col("bad").any())
        wrong = wrong.scatter(bad["place"], bad["bad"])
    return wrong


def _valid(values: pl.Series, standard: str) -> pl.Series:
    """Which of these texts of 18 bytes are right."""
    text = np.frombuffer(values.str.join("").item().encode(), dtype=np.uint8).reshape(-1, _LENGTH)
    total = sum(table[text[:, place]] for place, table in enumerate(_TABLE[standard]))
    modulus, rest = _MODULUS[standard]
    return pl.Series((total < _SPOILT) & (total % modulus == rest))
