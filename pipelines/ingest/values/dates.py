"""Dates, months and times as people and systems write them.

Belongs here: every accepted written form. Does not belong here: cells that are dates (cells.py).
Accepted: 2024-01-03, 2024.1.3, 2024/1/3, 2024年1月3日, 2024 1 3, 20240103, full-width digits, spaces around what
separates, a clock time after a full date. Not accepted, because they would be guesses: two-digit years, 3月, day before
month, a lone hour, 24:00, seconds since 1970, 上午 and 下午.
"""

from collections.abc import Callable, Sequence

import polars as pl

from pipelines.ingest.values.width import half_width
from pipelines.kit.city_time import CITY_TIME

_N = "([0-9]{1,2})"
_DATE = rf"^([0-9]{{4}})(?:-{_N}-{_N}|\.{_N}\.{_N}|/{_N}/{_N}|年{_N}月{_N}日?| {_N} {_N}|([0-9]{{2}})([0-9]{{2}}))$"
_TIME = r"[T ]\s*(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?$"
_MONTH = rf"^([0-9]{{4}})(?:-{_N}|\.{_N}|/{_N}|年{_N}月?| {_N}|([0-9]{{2}}))$"
_ZONE = r"(Z|[+-][0-9]{2}:?[0-9]{2})"
_CLOCK = rf"^([^:]+?)(?:[T ]\s*{_N}:([0-9]{{2}})(?::([0-9]{{2}})(?:\.([0-9]{{1,9}}))?)?\s*{_ZONE}?)?$"
_DIGITS_ONLY = r"^([0-9]{8})([0-9]{2})([0-9]{2})([0-9]{2})?$"
_WORDS = r"(?:日\s*|\s+)([0-9]{1,2})[时点]([0-9]{1,2})分?(?:([0-9]{1,2})秒)?$"
FIRST_YEAR, LAST_YEAR = 1850, 2200


def parse_dates(text: pl.Series) -> pl.Series:
    """Date for every text that is one; null for null and for everything else."""
    return _by_distinct(text, _dates, pl.Date())


def parse_months(text: pl.Series) -> pl.Series:
    """YYYY-MM for every text that names a month or a full date; null otherwise."""
    return _by_distinct(text, _months, pl.String())


def parse_times(text: pl.Series) -> pl.Series:
    """City time (Asia/Shanghai, to the microsecond) for every text that is a time or a full date, which is its
    midnight; a time that states its zone is converted. Null for null and everything else."""
    return _by_distinct(text, _times, pl.Datetime("us"))


def _by_distinct(text: pl.Series, parse: Callable[[pl.Series], pl.Series], dtype: pl.DataType) -> pl.Series:
    """Parse every distinct text once: a column of a city has millions of rows, but few days."""
    distinct = text.drop_nulls().unique(maintain_order=True)
    if distinct.is_empty():
        return pl.repeat(None, text.len(), dtype=dtype, eager=True).alias(text.name)
    return text.replace_strict(distinct, parse(distinct), default=None, return_dtype=dtype)


def _dates(text: pl.Series) -> pl.Series:
    without_time = half_width(text).str.strip_chars().str.replace(_TIME, "")
    groups = _folded(without_time).str.extract_groups(_DATE).struct.unnest()
    year, *rest = (groups[c] for c in groups.columns)
    month, day = (_first(rest[part::2]).str.zfill(2) for part in (0, 1))
    days = (year + month + day).str.to_date("%Y%m%d", strict=False, exact=True)
    return _where(days.dt.year().is_between(FIRST_YEAR, LAST_YEAR), days)


def _times(text: pl.Series) -> pl.Series:
    written = (
        half_width(text)
        .str.strip_chars()
        .str.replace(_DIGITS_ONLY, "${1} ${2}:${3}:${4}")
        .str.replace(_WORDS, " ${1}:${2}:${3}")
        .str.replace(r":$", "")
    )
    day, hour, minute, second, fraction, zone = written.str.extract_groups(_CLOCK).struct.unnest()
    hour, minute, second = (_first([part, pl.repeat("0", part.len(), eager=True)]) for part in (hour, minute, second))
    hour, minute, second = (part.cast(pl.Int64) for part in (hour, minute, second))
    micro = _first([fraction, pl.repeat("0", fraction.len(), eager=True)]).str.pad_end(6, "0").str.head(6)
    since = ((hour * 60 + minute) * 60 + second) * 1_000_000 + micro.cast(pl.Int64)
    sound = (hour < 24) & (minute < 60) & (second < 60)
    local = _where(sound, _dates(day).cast(pl.Datetime("us")) + since.cast(pl.Duration("us")))
    return _first([_zoned(local, zone), local])


def _zoned(local: pl.Series, zone: pl.Series) -> pl.Series:
    """City time of what was said in a zone; null without one."""
    if zone.null_count() == zone.len():
        return pl.repeat(None, zone.len(), dtype=local.dtype, eager=True)
    plain = zone.str.replace("Z", "+0000", literal=True).str.replace(":", "", literal=True)
    minutes = plain.str.slice(1, 2).cast(pl.Int64) * 60 + plain.str.slice(3, 2).cast(pl.Int64)
    east = pl.select(pl.when(plain.str.starts_with("-")).then(-minutes).otherwise(minutes)).to_series()
    instant = local - (east * 60_000_000).cast(pl.Duration("us"))
    city = instant.dt.replace_time_zone("UTC").dt.convert_time_zone(CITY_TIME).dt.replace_time_zone(None)
    return _where(zone.is_not_null(), city)


def _months(text: pl.Series) -> pl.Series:
    groups = _folded(text).str.extract_groups(_MONTH).struct.unnest()
    year, *rest = (groups[c] for c in groups.columns)
    first_days = (year + _first(rest).str.zfill(2) + "01").str.to_date("%Y%m%d", strict=False, exact=True)
    months = _first([first_days, _dates(text)])
    return _where(months.dt.year().is_between(FIRST_YEAR, LAST_YEAR), months).dt.strftime("%Y-%m")


def _folded(text: pl.Series) -> pl.Series:
    """Without white space but between two digits, which it keeps apart."""
    one_blank = half_width(text).str.strip_chars().str.replace_all(r"\s+", " ")
    return one_blank.str.replace_all(r" ?([年月日./-]) ?", "${1}")


def _first(candidates: Sequence[pl.Series]) -> pl.Series:
    return pl.select(pl.coalesce(candidates)).to_series()


def _where(mask: pl.Series, values: pl.Series) -> pl.Series:
    return pl.select(pl.when(mask).then(values)).to_series()
