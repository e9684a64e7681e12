"""Numbers that carry a check character: GB 11643-1999 (residents), GB 32100-2015 (organisations) and GS 15-2006 (their
registration numbers of before).

Belongs here: forming valid numbers, for whole columns. Does not belong here: who gets which number, or damage
done to one on purpose (defects/identity.py, defects/credit.py). The pipeline has its own implementation.
"""

import numpy as np
import polars as pl

_ID_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_ID_CHECKS = np.array(list("10X98765432"))
_CREDIT_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = np.array([pow(3, i, 31) for i in range(17)])
_ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])
_ORGANISATION_CHECKS = np.array(list("0123456789X"))
_SCRAMBLE, _SERIALS = 387_420_479, 31**6


def with_check(first17: pl.Series) -> pl.Series:
    """18-character resident numbers from their first 17 digits (text)."""
    number = first17.cast(pl.Int64).to_numpy()
    total = np.zeros(len(number), dtype=np.int64)
    for place, weight in enumerate(_ID_WEIGHTS):
        total += number // 10 ** (16 - place) % 10 * weight
    return first17 + pl.Series(_ID_CHECKS[total % 11])


def resident_numbers(
    region: np.ndarray, birth: np.ndarray, sex: np.ndarray, lane: np.ndarray, offset: np.ndarray
) -> pl.Series:
    """Valid resident numbers, no two equal.

    `region` six-digit integers, `birth` datetime64[D], `sex` 1 or 2; `lane` (first, width) says which of the
    490 sequence numbers of a region, day and sex may be used, `offset` starts somewhere in it. None ends in
    000, so that this always means a spreadsheet spoilt the number. Raises ValueError when more people than a
    lane is wide were born on a day.
    """
    day = pl.Series(birth).dt.strftime("%Y%m%d").cast(pl.Int64).to_numpy()
    first, width = lane[:, 0], lane[:, 1]
    frame = pl.DataFrame({"place": region.astype(np.int64) * 10**8 + day, "sex": sex, "first": first, "offset": offset})
    group = ["place", "sex", "first"]
    rank = frame.select(
        (pl.int_range(pl.len()) + pl.col("offset").first()).over(group).alias("turn"),
        pl.len().over(group).alias("size"),
    )
    if (rank["size"].to_numpy() > width).any():
        raise ValueError("more people of one sex born on a day in a region than there are sequence numbers")
    odd = np.arange(1, 1000, 2)
    even = np.array([n for n in range(2, 1000, 2) if n % 100])
    turn = first + rank["turn"].to_numpy() % width
    sequence = np.where(sex == 1, odd[turn], even[turn])
    return with_check(pl.Series(frame["place"].to_numpy() * 1000 + sequence).cast(pl.String))


def credit_codes(prefix: np.ndarray, region: np.ndarray, serial: np.ndarray) -> pl.Series:
    """Valid unified social credit codes: two-letter `prefix` (91, 92, 93, 12 …), region, distinct
    `serial`."""
    letters = np.array(list(_CREDIT_LETTERS))
    rest = (serial.astype(np.int64) + 1) * _SCRAMBLE % _SERIALS
    body = [np.full(len(rest), "M"), np.full(len(rest), "A")]
    body += [letters[rest // 31**place % 31] for place in range(5, -1, -1)]
    values = np.array([_organisation_values(column) for column in body])
    check = (11 - _ORGANISATION_WEIGHTS @ values % 11) % 11
    digits = [(region // 10**place % 10).astype(str) for place in range(5, -1, -1)]
    first = [c.astype("U1") for c in (prefix.astype("U2").view("U1").reshape(-1, 2).T)]
    columns = [*first, *digits, *body, _ORGANISATION_CHECKS[check]]
    return pl.Series(_joined(columns)) + pl.Series(letters[credit_check(columns)])


def registration_numbers(region: pl.Series, serial: pl.Series) -> pl.Series:
    """Valid registration numbers of before 2015 (GS 15-2006) from six-digit regions (text) and serials below ten
    million, distinct within a region."""
    first14 = region + "0" + serial.cast(pl.String).str.zfill(7)
    number, carried = first14.cast(pl.Int64).to_numpy(), np.full(len(first14), 10)
    for place in range(13, -1, -1):
        digit = number // 10**place % 10
        carried = ((carried + digit + 9) % 10 + 1) * 2 % 11
    return first14 + pl.Series((11 - carried) % 10).cast(pl.String)


def credit_check(columns: list[np.ndarray]) -> np.ndarray:
    """Index of the check character in the alphabet, from 17 columns of one character each."""
    values = np.array([np.searchsorted(np.array(list(_CREDIT_LETTERS)), column) for column in columns])
    return (31 - _CREDIT_WEIGHTS @ values % 31) % 31


def _organisation_values(column: np.ndarray) -> np.ndarray:
    codes = column.astype("U1").view(np.uint32)
    return np.where(codes < 65, codes.astype(np.int64) - 48, codes.astype(np.int64) - 55)


def _joined(columns: list[np.ndarray]) -> np.ndarray:
    stacked = np.ascontiguousarray(np.stack([c.astype("U1") for c in columns], axis=1))
    return stacked.view(f"U{len(columns)}").ravel()
