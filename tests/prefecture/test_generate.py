"""Equal arguments give equal bytes, however the work is cut up."""

import hashlib
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.kit.paths import Paths
from prefecture.__main__ import months, share
from prefecture.generate import SEED, Order, deliver, generate
from prefecture.months import FIRST, MONTHS, SECOND
from prefecture.register import register_of
from tests.prefecture.city import SCALE
from tests.prefecture.delivered import JUDGED


def digests(folder: Path) -> dict[str, str]:
    files = (p for p in sorted(folder.rglob("*")) if p.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.mark.parametrize("month", [FIRST, SECOND], ids=lambda m: m.month)
def test_a_month_alone_is_the_same_to_the_byte(prefecture, tmp_path, month):
    again = Paths(tmp_path)
    generate(again, month.as_of, SCALE, SEED)
    assert digests(again.drop) == digests(prefecture.drop(month.index + 1))
    for name in ("defects", "answers", "players"):
        file = f"{name}.parquet"
        assert (register_of(again) / file).read_bytes() == (register_of(prefecture.paths) / file).read_bytes()
    for name in ("case_rows", "quarantine"):
        file = f"{name}/{month.period}.parquet"
        assert (register_of(again) / file).read_bytes() == (register_of(prefecture.paths) / file).read_bytes()


def test_another_seed_gives_other_people(prefecture, tmp_path):
    other = Paths(tmp_path)
    generate(other, FIRST.as_of, SCALE, SEED + 1, JUDGED)
    mine, theirs = digests(prefecture.drop(1)), digests(other.drop)
    differing = {name[:3] for name in mine.keys() & theirs.keys() if mine[name] != theirs[name]}
    assert differing >= set(JUDGED) - {"F36"}


def test_a_day_on_which_nothing_is_delivered_is_refused(tmp_path):
    with pytest.raises(ValueError, match="2024-03-30"):
        generate(Paths(tmp_path), date(2024, 3, 30), SCALE)
    assert not list(tmp_path.iterdir())


def test_the_summary_counts_what_was_written(prefecture):
    files = list((prefecture.paths.root / "out").rglob("*.*"))
    assert prefecture.made.files == len(files)
    assert prefecture.made.bytes == sum(p.stat().st_size for p in files)


def test_nothing_but_the_months_and_the_register_is_left_behind(prefecture):
    assert {p.name for p in prefecture.paths.root.iterdir()} == {"out", "register"}


def test_months_and_shares_as_people_write_them():
    assert months("2024-02..2024-04") == MONTHS[1:4]
    assert months("2024-01") == MONTHS[:1]
    assert (share("10%"), share("0.001")) == (0.1, 0.001)
    with pytest.raises(ValueError):
        months("2026-01")


def test_cut_into_shards_the_prefecture_has_as_many_people_and_cases(prefecture, tmp_path):
    """Thirteen counties in six parts, some alone, some together: other draws, the same totals."""
    paths = Paths(tmp_path)
    made = deliver(paths, Order(MONTHS[:1], SCALE, feeds=JUDGED, largest=1500), lambda _: paths.drop)
    assert made.residents == pytest.approx(prefecture.made.residents, abs=15)
    mine, theirs = set(digests(paths.drop)), {name for name in digests(prefecture.drop(1)) if name.startswith(JUDGED)}
    assert mine <= theirs
    assert {name[:21] for name in theirs - mine} <= {"F10/F10_高龄津贴发放_370671"}  # young: nobody there need be 80
    cut, whole = (pl.read_parquet(register_of(p) / "defects.parquet") for p in (paths, prefecture.paths))
    assert set(cut["rule_id"]) == set(whole["rule_id"])
    people, all_people = (cases.filter(pl.col("rule_id") != "R47") for cases in (cut, whole))  # R47: of whole feeds
    assert people.height == pytest.approx(all_people.height, rel=0.2)  # what is rounded in every part is lost
