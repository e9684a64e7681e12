"""One small prefecture, generated and read back once for all tests here."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from pipelines.kit.paths import Paths
from prefecture.generate import SEED, Summary, set_stage
from prefecture.months import MONTHS
from prefecture.register import register_of
from tests.once import once
from tests.prefecture.city import City, shared_city
from tests.prefecture.delivered import Delivered, read_drop

READ_BACK = MONTHS[:6]


@dataclass(frozen=True)
class Prefecture:
    """Six months of the feeds that the rules of the pipeline judge; `files` read back, `turn` 1 being the first
    month."""

    paths: Paths
    made: Summary
    files: list[Delivered]

    def drop(self, turn: int) -> Path:
        return self.paths.root / "out" / MONTHS[turn - 1].period

    def table(self, name: str) -> pl.DataFrame:
        file = register_of(self.paths) / f"{name}.parquet"
        return pl.read_parquet(file if file.exists() else register_of(self.paths) / name / "*.parquet")

    def planted(self, turn: int) -> pl.DataFrame:
        """Defects that must be found after a turn."""
        at = MONTHS[turn - 1].as_of
        still = pl.col("last_as_of").is_null() | (pl.col("last_as_of") >= at)
        return self.table("defects").filter((pl.col("kind") == "defect") & (pl.col("as_of") <= at) & still)

    def of(self, feed: str, turn: int) -> list[Delivered]:
        return [f for f in self.files if f.feed == feed and f.turn == turn]


@pytest.fixture(scope="session")
def city(tmp_path_factory) -> City:
    return shared_city(tmp_path_factory)


@pytest.fixture(scope="session")
def prefecture(city) -> Prefecture:
    files = [f for m in READ_BACK for f in read_drop(city.out / m.period, m.index + 1)]
    return Prefecture(city.paths, city.made, files)


@pytest.fixture(scope="session")
def cases_at_one_percent(tmp_path_factory) -> pl.DataFrame:
    """Every case planted in a prefecture of 1 %."""

    def make(folder: Path) -> str:
        folder.mkdir()
        set_stage(Paths.default().reference, 0.01, SEED).register.case_table().write_parquet(folder / "cases.parquet")
        return ""

    folder, _ = once(tmp_path_factory, "one_percent", make)
    return pl.read_parquet(folder / "cases.parquet")


@pytest.fixture(scope="session")
def regions() -> set[str]:
    """All region codes a resident number may begin with; 83 is issued to residents of Taiwan."""
    reference: Path = Paths.default().reference
    table = pl.read_csv(reference / "codes" / "gbt2260_history_1981_2024.csv", infer_schema=False)
    return {*table["代码"], "830000"}
