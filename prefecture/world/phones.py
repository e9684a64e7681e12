"""Mobile numbers.

Belongs here: whose number is which; every feed that knows a person's number has the same. Does not belong
here: who tells it to whom. All begin with 128, which no operator uses.
"""

import polars as pl

_SHARD, _POSITIONS, _STEP, _FIRST = 10_000_000, 1_000_000, 61_803_399, 12_345_678


def phone_of(number: str) -> pl.Expr:
    """The number of whoever has the `pid` in column `number`; no two are equal."""
    pid = pl.col(number)
    place = pid // _SHARD * _POSITIONS + pid % _SHARD
    return pl.lit("128") + ((place * _STEP + _FIRST) % 10**8).cast(pl.String).str.zfill(8)
