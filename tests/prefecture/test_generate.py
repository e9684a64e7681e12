"""Equal arguments give equal bytes; the register does not depend on the turn."""

import hashlib
from datetime import date
from pathlib import Path

import pytest

from pipelines.paths import Paths
from pipelines.prefecture.generate import SEED, generate
from pipelines.prefecture.months import FIRST, SECOND
from tests.prefecture.conftest import SCALE


def digests(folder: Path) -> dict[str, str]:
    files = (p for p in sorted(folder.rglob("*")) if p.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.mark.parametrize("turn", [FIRST, SECOND], ids=lambda t: str(t.as_of))
def test_the_same_seed_gives_the_same_bytes(prefecture, tmp_path, turn):
    again = Paths(tmp_path)
    generate(again, turn.as_of, SCALE, SEED)
    assert digests(again.root) == digests(prefecture.paths[turn.number].root)


def test_either_turn_writes_the_whole_register(prefecture):
    assert digests(prefecture.paths[1].register) == digests(prefecture.paths[2].register)
    assert set(digests(prefecture.paths[1].register)) == {
        "answers.parquet",
        "defects.parquet",
        "players.parquet",
        "quarantine.parquet",
    }


def test_another_seed_gives_other_people(prefecture, tmp_path):
    other = Paths(tmp_path)
    generate(other, FIRST.as_of, SCALE, SEED + 1)
    mine, theirs = (digests(p.drop) for p in (prefecture.paths[1], other))
    differing = {name for name in mine.keys() & theirs.keys() if mine[name] != theirs[name]}
    assert {name[:3] for name in differing} >= {
        "F01",
        "F03",
        "F04",
        "F07",
        "F08",
        "F10",
        "F11",
        "F14",
        "F17",
        "F20",
        "F31",
    }


def test_a_day_without_a_turn_is_refused(tmp_path):
    with pytest.raises(ValueError, match="2024-03-31"):
        generate(Paths(tmp_path), date(2024, 3, 31), SCALE)
    assert not list(tmp_path.iterdir())


def test_the_summary_counts_what_was_written(prefecture):
    for number, made in prefecture.made.items():
        files = list(prefecture.paths[number].drop.rglob("*.*"))
        assert made.files == len(files)
        assert made.bytes == sum(p.stat().st_size for p in files)
