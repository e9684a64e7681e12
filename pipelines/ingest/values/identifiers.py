"""Check characters of identity numbers and credit codes, for millions of values at a time.

Belongs here: the two national standards that have one. Does not belong here: what is done about wrong values
(breakers.py for a whole delivery, rules R01 and R02 for a person or an enterprise).
"""

import numpy as np
import polars as pl

from pipelines.kit.contracts.model import CITIZEN_NUMBER, CREDIT_CODE

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
    given = values.is_not_null().to_numpy()
    wrong = np.zeros(len(given), dtype=bool)
    wrong[given] = _wrong(values.drop_nulls())
    return pl.Series(values.name, wrong).set(pl.Series(~given), None)


def count_invalid(values: pl.Series) -> tuple[int, int]:
    """(how many texts, how many of them are `invalid`)."""
    given = values.drop_nulls()
    return given.len(), int(_wrong(given).sum())


def _wrong(values: pl.Series) -> np.ndarray:
    """`invalid` of texts without a null."""
    lengths = values.str.len_bytes().to_numpy()
    if (lengths == _LENGTH).all():
        return ~_valid(values)
    wrong = np.ones(len(lengths), dtype=bool)
    exact = lengths == _LENGTH
    wrong[exact] = ~_valid(values.filter(exact))
    old = lengths == _OLD
    wrong[old] = ~values.filter(old).str.contains(r"^[0-9]{15}$").to_numpy()
    long = np.flatnonzero(lengths > _LENGTH)
    parts = values[long].str.replace_all(_BETWEEN, "、").str.split("、").to_list()
    several = [(place, part) for place, found in zip(long, parts, strict=True) if len(found) > 1 for part in found]
    if several:
        places, each = map(list, zip(*several, strict=True))
        wrong[places] = False
        np.logical_or.at(wrong, places, _wrong(pl.Series(each)))
    return wrong


def _valid(values: pl.Series) -> np.ndarray:
    """Which of these texts of 18 bytes are right."""
    text = np.frombuffer("".join(values.to_list()).encode(), dtype=np.uint8).reshape(-1, _LENGTH)
    found = np.zeros(len(text), dtype=bool)
    for standard, (modulus, rest) in _MODULUS.items():
        left = np.flatnonzero(~found)
        total = sum(table[text[left, place]] for place, table in enumerate(_TABLE[standard]))
        found[left] = (total < _SPOILT) & (total % modulus == rest)
    return found
