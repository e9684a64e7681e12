"""Mobile numbers.

Belongs here: whose number is which, and who tells which. Does not belong here: feeds that ask for it. All begin with
128, which no operator uses.
"""

import numpy as np
import polars as pl

from prefecture.months import FIRST
from prefecture.world.roles import HEAD, OTHER_PARENT, PARENT, SPOUSE

_SHARD, _POSITIONS, _STEP, _FIRST = 10_000_000, 1_000_000, 61_803_399, 12_345_678
_CHILD, _ELDER, _OLD_WIFE = (0, 17), 70, 65
_CHILDREN, _ELDERS, _OLD_WIVES, _SPOUSES, _ALONE, _TAKEN_OVER = 0.6, 0.5, 0.4, 0.04, 0.25, 0.01


def phone_of(number: str) -> pl.Expr:
    """The first number of whoever has the `pid` in column `number`; no two are equal."""
    pid = pl.col(number)
    place = pid // _SHARD * _POSITIONS + pid % _SHARD
    return pl.lit("128") + ((place * _STEP + _FIRST) % 10**8).cast(pl.String).str.zfill(8)


def with_phones(people: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Add `phone`, the number a person tells, and `has_own_phone`: it is his first one.

    Children and many of the old tell the number of the head of their household; some of the old who live alone that of
    someone else of the next generation. A few adults have taken over the number of someone who died or left.
    """
    pid, home, role, age = (people[c].to_numpy() for c in ("pid", "household", "role", "age"))
    lot, holder = rng.random(people.height), pid.copy()
    head = np.full(home.max() + 1, -1)
    head[home[role == HEAD]] = pid[role == HEAD]
    share = np.select(
        [
            (age >= _CHILD[0]) & (age <= _CHILD[1]),
            np.isin(role, [PARENT, OTHER_PARENT]) & (age >= _ELDER),
            (role == SPOUSE) & (age >= _OLD_WIFE),
            role == SPOUSE,
        ],
        [_CHILDREN, _ELDERS, _OLD_WIVES, _SPOUSES],
        0.0,
    )
    shares = (lot < share) & (head[home] >= 0)
    holder[shares] = head[home][shares]
    heads = np.flatnonzero((role == HEAD) & (age >= 35) & (age < 60))
    alone = np.flatnonzero((role == HEAD) & (np.bincount(home)[home] == 1) & (age >= _ELDER) & (lot < _ALONE))
    holder[alone] = pid[rng.choice(heads, len(alone))]
    gone = people.select((pl.min_horizontal("death_date", "left_date") <= FIRST.as_of).fill_null(False)).to_series()
    gone = rng.permutation(np.flatnonzero(gone.to_numpy() & (age >= 18)))
    may = (holder == pid) & (age >= 18) & (age < 60) & ~np.isin(pid, pid[gone])
    later = np.flatnonzero(may & (lot > 1 - _TAKEN_OVER))[: len(gone)]
    holder[later] = pid[gone[: len(later)]]
    return (
        people.with_columns(pl.Series("holder", holder))
        .with_columns(phone_of("holder").alias("phone"), (pl.col("holder") == pl.col("pid")).alias("has_own_phone"))
        .drop("holder")
    )
