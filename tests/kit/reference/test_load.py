"""Loading writes once, and again only when a file changed."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from pipelines.kit.reference.load import load_reference


@dataclass(frozen=True)
class MovedPaths(Paths):
    """Paths whose reference files may be edited."""

    @property
    def reference(self) -> Path:
        return self.root / "reference"


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> MovedPaths:
    root = tmp_path_factory.mktemp("reference")
    shutil.copytree(Paths.default().reference, root / "reference")
    return MovedPaths(root)


def test_second_load_writes_nothing_and_a_changed_file_is_taken_up(moved: MovedPaths) -> None:
    with connect(moved) as con:

        def snapshots() -> int:
            return con.execute("SELECT count(*) FROM lake.snapshots()").fetchall()[0][0]

        counts = load_reference(con, moved)
        assert counts == {
            "division_2023": 6681,
            "division_snapshot": 54573,
            "gbt2260": 6450,
            "ethnic": 56,
            "industry": 1956,
            "retired_industry": 10,
            "incident_class": 14,
            "county_census": 27,
            "working_day": 4383,
        }
        before = snapshots()
        assert load_reference(con, moved) == counts
        assert snapshots() == before
        file = moved.reference / "codes" / "gbt3304_ethnic.csv"
        file.write_text(file.read_text() + "测试族,Test,TT,99,\n")
        assert load_reference(con, moved)["ethnic"] == 57
        assert snapshots() > before


def test_a_missing_file_leaves_the_tables_alone(moved: MovedPaths) -> None:
    with connect(moved) as con:
        before = load_reference(con, moved)
        (moved.reference / "codes" / "gbt4754_2017_industry.csv").rename(moved.root / "away.csv")
        with pytest.raises(FileNotFoundError):
            load_reference(con, moved)
        (moved.root / "away.csv").rename(moved.reference / "codes" / "gbt4754_2017_industry.csv")
        assert load_reference(con, moved) == before
