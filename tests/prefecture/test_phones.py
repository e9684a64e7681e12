"""Numbers are shared in families and taken over."""

import polars as pl
import pytest

from prefecture.generate import SEED
from prefecture.months import FIRST
from prefecture.world.census import read_census
from prefecture.world.phones import phone_of
from prefecture.world.shards import shards
from prefecture.world.world import World
from tests.prefecture.test_calibration import REFERENCE


@pytest.fixture(scope="module")
def people() -> pl.DataFrame:
    (whole,) = shards(read_census(REFERENCE), 0.01)
    return World(REFERENCE, SEED, 0.01, whole).people


@pytest.fixture(scope="module")
def told(people) -> pl.DataFrame:
    """Whoever tells another's number, beside its first holder."""
    about = ("household", "role", "age", "death_date", "left_date")
    holders = people.select(*about, phone_of("pid").alias("phone"))
    return people.filter(~pl.col("has_own_phone")).join(holders, on="phone", suffix="_holder")


def test_first_numbers_are_all_different(people):
    assert people.select(phone_of("pid").n_unique()).item() == people.height
    assert people.filter("has_own_phone").select((pl.col("phone") == phone_of("pid")).all()).item()


def test_children_and_the_old_tell_the_number_of_the_head(people, told):
    family = told.filter(pl.col("household") == pl.col("household_holder"))
    assert (family["role_holder"] == 0).all()
    shares = {
        "children": (family["age"] < 18).sum() / people.filter((pl.col("age") < 18) & ~pl.col("is_collective")).height,
        "elders": family["role"].is_in([3, 5]).sum()
        / people.filter(pl.col("role").is_in([3, 5]) & (pl.col("age") >= 70)).height,
    }
    assert shares == {"children": pytest.approx(0.6, abs=0.03), "elders": pytest.approx(0.5, abs=0.03)}


def test_some_of_the_old_who_live_alone_tell_the_number_of_someone_younger(told):
    alone = told.filter((pl.col("household") != pl.col("household_holder")) & (pl.col("age") >= 70))
    assert alone.height > 100
    assert alone["age_holder"].is_between(35, 59).all()


def test_a_number_is_taken_over_from_who_died_or_left(told):
    later = told.filter((pl.col("household") != pl.col("household_holder")) & (pl.col("age") < 60))
    assert later.height > 200
    assert not later["phone"].is_duplicated().any()
    gone = pl.min_horizontal("death_date_holder", "left_date_holder") <= FIRST.as_of
    assert later.select(gone.all()).item()
