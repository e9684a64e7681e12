"""The people of the 0.1 % and the 1 % prefecture against the census of 2020, within stated tolerances."""

import numpy as np
import polars as pl
import pytest

from pipelines.kit.paths import Paths
from prefecture.generate import SEED
from prefecture.world.census import BANDS, read_census
from prefecture.world.divisions import read_divisions
from prefecture.world.shards import shards
from prefecture.world.world import World

REFERENCE = Paths.default().reference
CITY = 7_102_116


@pytest.fixture(scope="module", params=[0.001, 0.01], ids=["0.1%", "1%"])
def scale(request) -> float:
    return request.param


@pytest.fixture(scope="module")
def world(scale) -> World:
    (whole,) = shards(read_census(REFERENCE), scale)
    return World(REFERENCE, SEED, scale, whole)


@pytest.fixture(scope="module")
def people(world) -> pl.DataFrame:
    return world.people.filter(~pl.col("is_newborn"))


def test_as_many_live_here_as_asked_for(people, scale):
    assert people.height == round(CITY * scale)


def test_county_shares_are_the_census_shares(people, scale):
    """To the person."""
    census = read_census(REFERENCE)
    assert census.population.sum() == CITY
    count = dict(people["county_code"].value_counts().iter_rows())
    for code, population in zip(census.codes, census.population, strict=True):
        assert count[code] == pytest.approx(population * scale, abs=1)


def test_age_bands_and_sexes_of_every_county_are_those_of_the_census(people, scale):
    """Within 1.5 % of a county's people, or three people, in each of the 38 cells (birthdays move some across
    a border, and in a small prefecture namesakes and twins do)."""
    census = read_census(REFERENCE)
    lows = np.array([low for low, _ in BANDS])
    band = np.searchsorted(lows, people["age"].to_numpy(), side="right") - 1
    for place, code in enumerate(census.codes):
        here = (people["county_code"] == code).to_numpy()
        for sex in (1, 2):
            mine = np.bincount(band[here & (people["sex"] == sex).to_numpy()], minlength=len(BANDS))
            wanted = census.cells[place, sex - 1] * scale
            assert np.abs(mine - wanted).max() <= max(3, 0.015 * here.sum()), code


def test_the_old_and_the_sexes_are_as_many_as_in_the_census(people):
    """Within 0.4 of a percentage point."""
    assert (people["age"] >= 65).mean() == pytest.approx(0.1812, abs=0.004)
    assert (people["sex"] == 1).mean() == pytest.approx(0.5064, abs=0.004)


def test_family_households_have_the_census_size(people):
    """Within 0.02 people, and half a percentage point for those who live alone."""
    families = people.filter(~pl.col("is_collective")).group_by("household").len()
    assert families["len"].mean() == pytest.approx(2.39, abs=0.02)
    assert (families["len"] == 1).mean() == pytest.approx(631_848 / 2_718_345, abs=0.005)


def test_minorities_are_as_rare_as_in_the_census(people):
    assert (people["ethnic_code"] != "01").mean() == pytest.approx(0.0063, abs=0.002)


def test_deaths_follow_age_and_come_every_month(people):
    """About 0.9 % of people a year (烟台 2020: 8.3 per thousand), nine in ten of them older than 55."""
    dead = people.filter(pl.col("death_date").is_not_null())
    assert dead.height / people.height / 3 == pytest.approx(0.009, abs=0.002)
    assert (dead["age"] > 55).mean() > 0.85


def test_every_township_but_the_virtual_one_is_inhabited(people):
    villages = read_divisions(REFERENCE, SEED).villages
    empty = set(villages["township_code"]) - set(people["township"])
    assert empty == {"370687401"}
    assert set(people["village"]) <= set(villages["code"])


def parents(people: pl.DataFrame) -> pl.DataFrame:
    """`household`, `sex` and `age` of men and women with a household of their own, and `pair`: they are two."""
    own = people.filter(pl.col("role") <= 1)
    return own.select("household", "sex", "age", (pl.len().over("household") == 2).alias("pair"))


def test_spouses_are_of_legal_age_and_near_each_other(people):
    """民法典 1047: he 22, she 20 years old. He is a year or two older, nobody twenty years."""
    pairs = parents(people).filter("pair")
    his, hers = (pairs.filter(pl.col("sex") == sex).select("household", "age") for sex in (1, 2))
    gap = his.join(hers, on="household", suffix="_hers").select(pl.col("age") - pl.col("age_hers")).to_series()
    assert his["age"].min() >= 22 and hers["age"].min() >= 20
    assert 0 < gap.median() <= 3
    assert gap.min() > -20 and gap.max() < 20


def test_marriages_are_registered_at_legal_ages(world):
    couples = world.couples
    for who, least in (("husband", "22y"), ("wife", "20y")):
        birth = world.of(couples[who], "birth")["birth"]
        of_age = birth.to_frame().select(pl.col("birth").dt.offset_by(least)).to_series()
        assert (couples["married_on"] >= of_age).all(), who


def test_mothers_are_twenty_to_forty_at_birth(people):
    """Nearly all: ages of the census cannot be dealt out in any way."""
    mothers = parents(people).filter(pl.col("sex") == 2).unique("household", keep="first")
    child = people.filter(pl.col("role").is_in([2, 4])).join(mothers, on="household", suffix="_mother")
    gap = child["age_mother"] - child["age"]
    assert gap.is_between(20, 40).mean() > 0.93
    assert gap.is_between(17, 45).mean() > 0.995


def test_three_generations_live_together(people):
    """In every eleventh household; the elder ones are a generation older than the head."""
    roles = people.group_by("household").agg(
        pl.col("role").is_in([2, 4]).any().alias("children"), pl.col("role").is_in([3, 5]).any().alias("elders")
    )
    assert roles.select((pl.col("children") & pl.col("elders")).mean()).item() == pytest.approx(0.09, abs=0.01)
    head = people.filter(pl.col("role") == 0).select("household", pl.col("age").alias("head_age"))
    elder = people.filter(pl.col("role").is_in([3, 5])).join(head, on="household")
    assert (elder["age"] - elder["head_age"]).is_between(18, 42).mean() > 0.97


def test_children_bear_the_fathers_surname(people):
    surname = people.select(
        pl.col("household"), pl.col("role"), pl.col("name").str.head(1).alias("surname"), "sex", "namesake"
    )
    father = surname.filter((pl.col("role") == 0) & (pl.col("sex") == 1) & pl.col("namesake").is_null())
    both = surname.filter((pl.col("role") == 2) & pl.col("namesake").is_null()).join(
        father, on="household", suffix="_father"
    )
    assert (both["surname"] == both["surname_father"]).all()


def test_numbers_name_the_right_places(people):
    """Mostly 3706xx, some 3721xx and only for those born before 1966, some of other provinces."""
    share = {p: people["id_no"].str.starts_with(p).mean() for p in ("3706", "3721")}
    assert 0.85 < share["3706"] < 0.92
    assert 0.03 < share["3721"] < 0.07
    assert people.filter(pl.col("id_no").str.starts_with("3721"))["birth"].dt.year().max() < 1966
    assert people.filter(pl.col("id_no").str.contains("^8[123]0000"))["is_floating"].all()
    assert people["id_no"].n_unique() == people.height
