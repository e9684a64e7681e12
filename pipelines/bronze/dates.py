"""Dates and months as people write them.

Belongs here: every accepted written form. Does not belong here: cells that are dates (xlsx_reader.py).
Accepted: 2024-01-03, 2024.1.3, 2024/1/3, 2024年1月3日, 20240103, full-width digits, spaces inside, a clock
time after a full date. Not accepted, because they would be guesses: two-digit years, 3月, day before month.
"""

import polars as pl

_N = "([0-9]{1,2})"
_DATE = rf"^([0-9]{{4}})(?:-{_N}-{_N}|\.{_N}\.{_N}|/{_N}/{_N}|年{_N}月{_N}日?|([0-9]{{2}})([0-9]{{2}}))$"
_TIME = r"[T ]\s*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?\s*$"
_MONTH = rf"^([0-9]{{4}})(?:-{_N}|\.{_N}|/{_N}|年{_N}月?|([0-9]{{2}}))$"
_FIRST_YEAR, _LAST_YEAR = 1850, 2200


def parse_dates(text: pl.Series) -> pl.Series:
    """Date for every text that is one; null for null and for everything else."""
    compact = text.str.to_date("%Y%m%d", strict=False, exact=True)
    iso = text.str.to_date("%Y-%m-%d", strict=False, exact=True)
    plain = text.str.contains(r"^(?:[0-9]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2})$")
    simple = pl.select(pl.when(plain).then(pl.coalesce(compact, iso))).to_series()
    if (~plain).any():
        simple = pl.select(pl.when(plain).then(simple).otherwise(_free_form(text))).to_series()
    in_range = simple.dt.year().is_between(_FIRST_YEAR, _LAST_YEAR)
    return pl.select(pl.when(in_range).then(simple)).to_series().alias(text.name)


def parse_months(text: pl.Series) -> pl.Series:
    """YYYY-MM for every text that names a month or a full date; null otherwise."""
    groups = _folded(text).str.extract_groups(_MONTH).struct.unnest()
    year, *months = (groups[c] for c in groups.columns)
    month = pl.select(pl.coalesce(months)).to_series().str.zfill(2)
    joined = pl.select(pl.format("{}-{}", year, month)).to_series()
    known = month.is_in([f"{m:02d}" for m in range(1, 13)])
    named = pl.select(pl.when(known).then(joined)).to_series()
    if named.null_count() > text.null_count():
        named = pl.select(pl.coalesce(named, parse_dates(text).dt.strftime("%Y-%m"))).to_series()
    in_range = named.str.head(4).cast(pl.Int32).is_between(_FIRST_YEAR, _LAST_YEAR)
    return pl.select(pl.when(in_range).then(named)).to_series().alias(text.name)


def _free_form(text: pl.Series) -> pl.Series:
    without_time = text.str.normalize("NFKC").str.replace(_TIME, "")
    groups = _folded(without_time).str.extract_groups(_DATE).struct.unnest()
    year, *rest = (groups[c] for c in groups.columns)
    month = pl.select(pl.coalesce(rest[0::2])).to_series().str.zfill(2)
    day = pl.select(pl.coalesce(rest[1::2])).to_series().str.zfill(2)
    return (year + month + day).str.to_date("%Y%m%d", strict=False, exact=True)


def _folded(text: pl.Series) -> pl.Series:
    return text.str.normalize("NFKC").str.replace_all(r"\s+", "")
