"""Ways a resident number gets damaged.

Belongs here: the damage. Does not belong here: whose number (identity.py).
"""

import polars as pl

from prefecture.world.id_numbers import with_check

KINDS = ("short", "long", "region", "date", "checksum", "fifteen_digit", "zeros", "scientific")
_UNKNOWN_REGION, _NO_DAY = "370699", "0230"
_NEXT_CHECK = dict(zip("0123456789X", "123456789X0", strict=True))


def damaged(numbers: pl.Series, kinds: tuple[str, ...] = KINDS) -> pl.Series:
    """Each number damaged in one of `kinds`, in turn. None stays valid, whatever is repaired silently."""
    chosen = pl.Series("kind", [kinds[i % len(kinds)] for i in range(len(numbers))], dtype=pl.String)
    body = numbers.str.head(17)
    checksum = body + numbers.str.tail(1).replace_strict(_NEXT_CHECK, return_dtype=pl.String)
    zeros = numbers.str.head(15) + "000"
    spoilt = with_check(zeros.str.head(17)) != zeros
    forms = pl.DataFrame(
        {
            "short": numbers.str.head(16),
            "long": numbers + "1",
            "region": with_check(_UNKNOWN_REGION + body.str.slice(6)),
            "date": with_check(numbers.str.head(10) + _NO_DAY + body.str.slice(14)),
            "checksum": checksum,
            "fifteen_digit": fifteen_digits(numbers),
            "zeros": zeros.zip_with(spoilt, checksum),
            "scientific": numbers.str.head(1) + "." + numbers.str.slice(1, 5) + "E+17",
            "kind": chosen,
        }
    )
    return forms.select(pl.coalesce(pl.when(pl.col("kind") == kind).then(kind) for kind in KINDS)).to_series()


def fifteen_digits(numbers: pl.Series) -> pl.Series:
    """The form of the time before 1999: no century, no check digit."""
    return numbers.str.head(6) + numbers.str.slice(8, 9)


def full_width(numbers: pl.Series) -> pl.Series:
    """Digits as typed with a Chinese input method: repaired silently."""
    return numbers.str.replace_many(list("0123456789X"), list("０１２３４５６７８９Ｘ"))
