"""Months in rows held against the period of their file.

Belongs here: which months are too late or too far back, as faults or as something to be told. Does not belong here:
reading months (dates.py), the period of a file itself (breakers.py), words (problems.py, tellings.py).
"""

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from pipelines.ingest.values.typing import Fault, Typed
from pipelines.kit.contracts import Column, Feed
from pipelines.kit.contracts.model import AHEAD_REFUSED

MONTH_AHEAD, MONTH_BACK, _REFUSED = "N_MONTH_AHEAD", "N_MONTH_BACK", "E_MONTH_AHEAD"


def held_against(typed: Typed, feed: Feed, period: str) -> Typed:
    """The same rows; what their months are told of or kept out for beside what was known."""
    faults, told = list(typed.faults), dict(typed.told)
    for column in feed.columns:
        if column.is_month:
            for code, mask in _odd(typed.rows[column.name], column, period):
                if code == _REFUSED:
                    faults.append(Fault(column, code, mask))
                else:
                    told[code, column.name] = int(mask.sum())
    return replace(typed, faults=tuple(faults), told=told)


def _odd(months: pl.Series, column: Column, period: str) -> Iterator[tuple[str, pl.Series]]:
    """(code, mask) where there is any; months are YYYY-MM, which sorts as text."""
    odd = [(_REFUSED if column.ahead == AHEAD_REFUSED else MONTH_AHEAD, months > _month(period))]
    if column.months_before is not None:
        odd.append((MONTH_BACK, months < _month(period, column.months_before)))
    yield from ((code, mask.fill_null(value=False)) for code, mask in odd if mask.any())


def _month(period: str, back: int = 0) -> str:
    """YYYY-MM of a period (YYYYMM), so many months earlier."""
    year, month = divmod(int(period[:4]) * 12 + int(period[4:]) - 1 - back, 12)
    return f"{year:04}-{month + 1:02}"
