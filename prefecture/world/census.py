"""The 2020 census by county, as the generator needs it.

Belongs here: reading the reference table. Does not belong here: drawing people from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import polars as pl

BANDS = ((0, 0), (1, 4), *((low, low + 4) for low in range(5, 85, 5)), (85, None))
_MOVED = {"370672": "370676"}


@dataclass(frozen=True)
class Census:
    """13 counties under their codes of 2023; `cells[county, sex - 1, band]` counts people."""

    codes: tuple[str, ...]
    population: np.ndarray
    households: np.ndarray
    household_population: np.ndarray
    single_households: np.ndarray
    urban: np.ndarray
    rural: np.ndarray
    cells: np.ndarray

    def of(self, counties: Sequence[int]) -> "Census":
        """The same numbers for some of the counties only."""
        rows = list(counties)
        parts = {f.name: getattr(self, f.name)[rows] for f in fields(self) if f.name != "codes"}
        return Census(codes=tuple(self.codes[i] for i in rows), **parts)


def read_census(reference: Path) -> Census:
    """Read `census/yantai_counties_census2020.csv`; the first row is the whole city and left out."""
    table = pl.read_csv(reference / "census" / "yantai_counties_census2020.csv", infer_schema=False)
    counties = table.filter(pl.col("区划代码") != "370600")

    def numbers(column: str) -> np.ndarray:
        return counties[column].cast(pl.Int64).to_numpy()

    cells = np.array([[numbers(f"{sex}_{_label(*band)}") for band in BANDS] for sex in "男女"])
    return Census(
        codes=tuple(_MOVED.get(code, code) for code in counties["区划代码"]),
        population=numbers("人口数_合计"),
        households=numbers("家庭户数"),
        household_population=numbers("家庭户人口数"),
        single_households=numbers("一人户数"),
        urban=numbers("城镇人口"),
        rural=numbers("乡村人口"),
        cells=cells.transpose(2, 0, 1),
    )


def _label(low: int, high: int | None) -> str:
    if high is None:
        return f"{low}岁以上"
    return f"{low}岁" if low == high else f"{low}到{high}岁"
