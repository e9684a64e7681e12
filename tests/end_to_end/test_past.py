"""A past day after later turns: by query, and anew with its return sets to the byte."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from pipelines.past_day import NoSuchTurn, build_past
from tests.end_to_end.conftest import copy

FIRST, SECOND = date(2024, 1, 31), date(2024, 2, 29)
VALUES = """person_id, id_no, name, sex_code, birth_date, household_id, hukou_status_name, hukou_township_code,
    residence_township_code, dwelling_id, is_alive, death_date"""


@pytest.fixture(scope="module")
def paths(story: tuple[Paths, str], tmp_path_factory: pytest.TempPathFactory) -> Paths:
    return copy(story[0], tmp_path_factory.mktemp("past") / "d", _inputs(story[0]) + ["lake", "returns"])


def _inputs(paths: Paths) -> list[str]:
    wanted = ("landing", "bronze", "history", "keys", "inbox", "decisions")
    return [name for name in wanted if (paths.root / name).exists()]


def test_the_first_turn_comes_back_whole(paths: Paths) -> None:
    """Its sets are those that went out, although the second turn corrected and withdrew; what golden tables remember of
    that day is what was built anew. A set that was changed since is named."""
    told = _inputs_as_they_are(paths)
    changed = _first(paths, "370602001") / "manifest.json"
    document = json.loads(changed.read_text(encoding="utf-8"))
    changed.write_text(json.dumps(document | {"purpose": "另有所图"}), encoding="utf-8")
    _first(paths, "370602002").joinpath("residents.parquet.age").unlink()
    shutil.rmtree(_first(paths, "370602003"))
    (paths.decisions / "tickets").mkdir(exist_ok=True)
    (paths.decisions / "tickets" / "nowhere.yaml").symlink_to(paths.root / "nowhere")
    built = build_past(paths, FIRST)
    assert (built.turns, built.sets, built.equal) == (1, 159, 156)
    assert built.other == ("370602001", "370602002", "370602003")
    assert {file.name for file in built.root.iterdir()} == {"lake", "again"}  # nothing leads back to the installation
    with connect(Paths(built.root), read_only=True) as con:
        anew = con.execute(f"SELECT {VALUES} FROM lake.unified.person ORDER BY ALL").fetchall()
    with connect(paths, read_only=True) as con:
        con.execute(f"SET VARIABLE known_on = DATE '{FIRST}'")
        asked = con.execute(f"SELECT {VALUES} FROM lake.past.person ORDER BY ALL").fetchall()
        con.execute(f"SET VARIABLE known_on = DATE '{SECOND}'")
        now = con.execute(f"SELECT {VALUES} FROM lake.past.person ORDER BY ALL").fetchall()
        assert now == con.execute(f"SELECT {VALUES} FROM lake.unified.person ORDER BY ALL").fetchall()
    assert asked == anew != now
    assert told == _inputs_as_they_are(paths)


def test_a_day_without_a_turn_is_refused_and_nothing_made(paths: Paths) -> None:
    shutil.rmtree(paths.root / "past", ignore_errors=True)
    with pytest.raises(NoSuchTurn, match="2024-01-31、2024-02-29"):
        build_past(paths, date(2024, 2, 28))
    assert not (paths.root / "past").exists()


def _first(paths: Paths, township: str) -> Path:
    return next((paths.returns / township).glob("20240131"))


def _inputs_as_they_are(paths: Paths) -> dict[Path, bytes]:
    files = (path for folder in ("decisions", "inbox") for path in (paths.root / folder).rglob("*") if path.is_file())
    return {file: file.read_bytes() for file in files}
