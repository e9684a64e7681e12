"""Dates and months as people write them.

Belongs here: every accepted written form. Does not belong here: cells that are dates (xlsx_reader.py).
Accepted: 2024-01-03, 2024.1.3, 2024/1/3, 2024年1月3日, 20240103, full-width digits, spaces inside, a clock
time after a full date. Not accepted, because they would be guesses: two-digit years, 3月, day before month.
"""

from collections.abc import Callable, Sequence

import polars as pl

_N = "([0-9]{1,2})"
_DATE = rf"^([0-9]{{4}})(?:-{_N}-{_N}|\.{_N}\.{_N}|/{_N}/{_N}|年{_N}月{_N}日?|([0-9]{{2}})([0-9]{{2}}))$"
_TIME = r"[T ]\s*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?\s*$"
_MONTH = rf"^([0-9]{{4}})(?:-{_N}|\.{_N}|/{_N}|年{_N}月?|([0-9]{{2}}))$"
_FIRST_YEAR, _LAST_YEAR = 1850, 2200


def parse_dates(text: pl.Series) -> pl.Series:
    """Date for every text that is one; null for null and for everything else."""
    return _by_distinct(text, _dates, pl.Date())


def parse_months(text: pl.Series) -> pl.Series:
    """YYYY-MM for every text that names a month or a full date; null otherwise."""
    return _by_distinct(text, _months, pl.String())


def _by_distinct(text: pl.Series, parse: Callable[[pl.Series], pl.Series], dtype: pl.DataType) -> pl.Series:
    """Parse every distinct text once: a column of a city has millions of rows, but few days."""
    distinct = text.drop_nulls().unique(maintain_order=True)
    if distinct.is_empty():
        return pl.repeat(None, text.len(), dtype=dtype, eager=True).alias(text.name)
    return text.replace_strict(distinct, parse(distinct), default=None, return_dtype=dtype)


def _dates(text: pl.Series) -> pl.Series:
    without_time = text.str.normalize("NFKC").str.replace(_TIME, "")
    groups = _folded(without_time).str.extract_groups(_DATE).struct.unnest()
    year, *rest = (groups[c] for c in groups.columns)
    month, day = (_first(rest[part::2]).str.zfill(2) for part in (0, 1))
    days = (year + month + day).str.to_date("%Y%m%d", strict=False, exact=True)
    return _where(days.dt.year().is_between(_FIRST_YEAR, _LAST_YEAR), days)


def _months(text: pl.Series) -> pl.Series:
    groups = _folded(text).str.extract_groups(_MONTH).struct.unnest()
    year, *rest = (groups[c] for c in groups.columns)
    first_days = (year + _first(rest).str.zfill(2) + "01").str.to_date("%Y%m%d", strict=False, exact=True)
    months = _first([first_days, _dates(text)])
    return _where(months.dt.year().is_between(_FIRST_YEAR, _LAST_YEAR), months).dt.strftime("%Y-%m")


def _folded(text: pl.Series) -> pl.Series:
    return text.str.normalize("NFKC").str.replace_all(r"\s+", "")


def _first(candidates: Sequence[pl.Series]) -> pl.Series:
    return pl.select(pl.coalesce(candidates)).to_series()


def _where(mask: pl.Series, values: pl.Series) -> pl.Series:
    return pl.select(pl.when(mask).then(values)).to_series()
