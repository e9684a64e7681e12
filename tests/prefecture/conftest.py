"""One small prefecture, generated and read back once for all tests here."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from pipelines.paths import Paths
from pipelines.prefecture.generate import Summary, generate
from pipelines.prefecture.months import TURNS
from tests.prefecture.delivered import Delivered, read_drop

SCALE = 0.001


@dataclass(frozen=True)
class Prefecture:
    """`paths` and `made` by turn (each turn has its own folder), and all files read back."""

    paths: dict[int, Paths]
    made: dict[int, Summary]
    files: list[Delivered]

    def table(self, name: str) -> pl.DataFrame:
        return pl.read_parquet(self.paths[2].register / f"{name}.parquet")

    def of(self, feed: str, turn: int) -> list[Delivered]:
        return [f for f in self.files if f.feed == feed and f.turn == turn]


@pytest.fixture(scope="session")
def prefecture(tmp_path_factory) -> Prefecture:
    folder = tmp_path_factory.mktemp("prefecture")
    paths = {turn.number: Paths(folder / str(turn.number)) for turn in TURNS}
    made = {turn.number: generate(paths[turn.number], turn.as_of, SCALE) for turn in TURNS}
    files = [file for number, own in paths.items() for file in read_drop(own.drop, number)]
    return Prefecture(paths, made, files)


@pytest.fixture(scope="session")
def regions() -> set[str]:
    """All region codes a resident number may begin with; 83 is issued to residents of Taiwan."""
    reference: Path = Paths.default().reference
    table = pl.read_csv(reference / "codes" / "gbt2260_history_1981_2024.csv", infer_schema=False)
    return {*table["代码"], "830000"}
