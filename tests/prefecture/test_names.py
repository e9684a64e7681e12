"""Names as heavy in the head, and as different by age, as the reports they were taken from."""

import numpy as np
import polars as pl
import pytest

from prefecture.generate import SEED
from prefecture.world.census import read_census
from prefecture.world.name_lists import COMMON_SURNAMES, COMPOUND_SURNAMES, TASTES
from prefecture.world.names import given_names, officers, surname_of, surnames
from prefecture.world.shards import shards
from prefecture.world.world import World
from tests.prefecture.test_calibration import REFERENCE

MANY = 200_000


def given(sex: int, year: int) -> pl.Series:
    rng = np.random.default_rng(1)
    return pl.Series("given", given_names(rng, np.full(MANY, sex), np.full(MANY, year)))


@pytest.fixture(scope="module")
def people() -> pl.DataFrame:
    (whole,) = shards(read_census(REFERENCE), 0.01)
    return World(REFERENCE, SEED, 0.01, whole).people


def test_surnames_are_those_of_shandong():
    drawn = pl.Series("surname", surnames(np.random.default_rng(1), MANY)).value_counts(sort=True)
    share = {surname: count / MANY for surname, count in drawn.iter_rows()}
    assert list(share)[:5] == ["王", "李", "张", "刘", "孙"]
    assert share["王"] == pytest.approx(0.093, abs=0.003)
    assert sum(list(share.values())[:100]) == pytest.approx(0.86, abs=0.01)
    assert sum(share[surname] for surname in COMPOUND_SURNAMES) == pytest.approx(0.001, abs=0.0004)
    assert len(share) > 300 and share["初"] > share["黄"]


@pytest.mark.parametrize(
    ("year", "sex", "hundred", "one"),
    [(1940, 2, 0.30, 0.03), (1940, 1, 0.10, 0.05), (1985, 2, 0.25, 0.40), (1985, 1, 0.24, 0.40), (2015, 2, 0.16, 0.07)],
)
def test_a_hundred_given_names_cover_what_they_do_in_life(year, sex, hundred, one):
    drawn = given(sex, year)
    assert drawn.value_counts(sort=True).head(100)["count"].sum() / MANY == pytest.approx(hundred, abs=0.03)
    assert (drawn.str.len_chars() == 1).mean() == pytest.approx(one, abs=0.01)


@pytest.mark.parametrize(
    ("year", "sex", "name"), [(1945, 2, "秀英"), (1955, 1, "建国"), (1983, 1, "伟"), (2015, 2, "梓涵")]
)
def test_every_decade_has_a_name_of_its_own(year, sex, name):
    assert given(sex, year).value_counts(sort=True)["given"][0] == name


def test_every_taste_begins_with_a_decade_and_no_character_stands_twice():
    assert {taste.since for taste in TASTES} == {1900, *range(1950, 2011, 10)}
    for taste in TASTES:
        for letters in (taste.single, taste.first, taste.second, taste.whole.split()):
            assert len(set(letters)) == len(letters), (taste.since, taste.sex)


def test_compound_surnames_are_whole():
    names = pl.DataFrame({"name": ["欧阳建国", "王欧阳", "欧阳", "司马雪"]})
    assert names.select(surname_of("name"))["name"].to_list() == ["欧阳", "王", "欧", "司马"]


def test_officers_have_a_surname_and_a_given_name():
    names = pl.Series(officers(np.random.default_rng(1), 1000))
    assert names.str.len_chars().is_between(2, 4).all()
    assert names.str.head(1).is_in(list(COMMON_SURNAMES)).mean() > 0.6


def test_elder_siblings_share_a_character_more_often_than_younger_ones(people):
    children = people.filter(pl.col("role").is_in([2, 4]) & (pl.col("name").str.len_chars() == 3))
    pairs = children.filter(pl.col("role") == 2).join(children.filter(pl.col("role") == 4), on="household", suffix="_2")
    same = pl.col("name").str.slice(1, 1) == pl.col("name_2").str.slice(1, 1)
    twins = pairs.filter(pl.col("birth") == pl.col("birth_2"))
    others = pairs.filter(pl.col("birth") != pl.col("birth_2"))
    assert twins.select(same.mean()).item() > 0.5
    assert 0.05 < others.select(same.mean()).item() < 0.3
    assert not (twins["name"] == twins["name_2"]).any()


def test_some_sons_bear_the_fathers_name(people):
    father = people.filter((pl.col("role") == 0) & (pl.col("sex") == 1)).select("household", "name")
    son = people.filter((pl.col("role") == 2) & (pl.col("sex") == 1)).join(father, on=["household", "name"])
    assert son.height == pytest.approx(12, abs=3)
    assert (son["age"] >= 18).mean() > 0.8  # a few come about by chance


def test_names_of_two_parts_are_of_uygurs_away_from_home(people):
    dotted = pl.col("name").str.contains("·")
    assert people.select(dotted.mean()).item() == pytest.approx(0.002, abs=0.0006)
    assert people.filter(dotted)["ethnic_code"].unique().to_list() == ["05"]
    assert people.filter(pl.col("ethnic_code") == "05").select(dotted.all()).item()
