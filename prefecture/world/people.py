"""The people of the prefecture, with all that stays true of them.

Belongs here: names, numbers, households, places, and what happens to them (birth, death, leaving). Does not
belong here: what any one department knows of them.
"""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from prefecture.months import FIRST, MONTHS
from prefecture.world.ages import completed_years
from prefecture.world.assistance import with_assistance
from prefecture.world.family_names import UYGUR, draw_names
from prefecture.world.households import draw_members
from prefecture.world.id_numbers import resident_numbers
from prefecture.world.kin import with_namesakes, with_newborns, with_twins
from prefecture.world.origins import lanes, regions
from prefecture.world.phones import with_phones
from prefecture.world.places import draw_places
from prefecture.world.registration import with_registration
from prefecture.world.vital import draw_lives, is_present

if TYPE_CHECKING:
    from prefecture.world.world import World

_FLOATING_SHARE, _OLDEST_FLOATING = 0.03, 60
_SPARE_SHARE = 0.004
_SONS_LIKE_FATHERS, _UYGUR_SHARE = 12, 0.012


def draw_people(world: "World") -> pl.DataFrame:
    """One row per person of the shard, in order of `pid`: residents, those who died or left within the year
    before the first month, and children born later (`is_newborn`).

    Columns: pid, household, household_no, county_code, village, township, residence, residence_township,
    grid, house_no, role, relation (on the first business date), sex, birth, age (whole years on
    2024-01-31), id_no, spare_id_no (for those whose number may be changed), name, ethnic_code,
    is_collective, is_floating (no household registration here), is_newborn, namesake, death_date, left_date,
    is_undisturbed (nobody of the household dies or departs later), stays (lives in the township of
    registration), division_code, registered_on, hukou_address, has_old_code (see registration.py), assist,
    head_id_no, turned_80 (see assistance.py), phone, has_own_phone (see phones.py), is_ordinary (registered,
    under the current code, in a household nobody leaves), is_settled (ordinary, at home in a family where
    registered, nobody's namesake).
    """
    census = world.census
    members = draw_members(census, world.scale, world.stream("households"))
    members = with_twins(members, world.stream("twins"))
    members = with_newborns(members, world.scaled(28 * (len(MONTHS) - 1), 3), world.stream("newborns"))
    members = _with_household_traits(members, world.shard.first_number, world.stream("floating"))
    members = with_namesakes(members, world.scaled(14, 8), world.stream("namesakes"))
    people = _placed(members, world)
    people = people.with_columns(*_numbers(people, world), _ethnic_codes(people, world.stream("ethnic")))
    people = people.with_columns(_names(people, world)).with_columns(
        pl.when(pl.col("namesake").is_not_null())
        .then(pl.col("name").first().over("namesake"))
        .otherwise("name")
        .alias("name"),
    )
    people = draw_lives(people, world.stream("lives"))
    people = with_phones(people, world.stream("phones"))
    people = with_registration(people, world.divisions, world.stream("registration"))
    people = with_assistance(people, world.stream("assistance"))
    registered = is_present() & ~pl.col("is_floating") & ~pl.col("is_newborn")
    people = people.with_columns(is_ordinary=registered & pl.col("is_undisturbed") & ~pl.col("has_old_code"))
    at_home = pl.col("stays") & ~pl.col("is_collective")
    return people.with_columns(is_settled=pl.col("is_ordinary") & at_home & pl.col("namesake").is_null())


def _placed(members: pl.DataFrame, world: "World") -> pl.DataFrame:
    per_household = (
        members.group_by("household")
        .agg(
            pl.col("county").first(),
            pl.col("is_collective").first(),
            (pl.col("age").max() >= 75).alias("has_old"),
        )
        .sort("household")
    )
    places = draw_places(
        world.census,
        world.divisions,
        per_household["county"].to_numpy(),
        per_household["has_old"].to_numpy(),
        per_household["is_collective"].to_numpy(),
        world.stream("places"),
    )
    codes = pl.Series(world.census.codes)
    return (
        members.with_columns(codes.gather(members["county"]).alias("county_code"))
        .drop("county")
        .join(places, on="household", how="left", maintain_order="left")
        .with_columns(
            pl.col("village").str.head(9).alias("township"),
            pl.col("residence").str.head(9).alias("residence_township"),
            (pl.col("county_code") + pl.col("household").cast(pl.String).str.zfill(8)).alias("household_no"),
        )
        .with_columns((pl.col("township") == pl.col("residence_township")).alias("stays"))
    )


def _with_household_traits(members: pl.DataFrame, first_number: int, rng: np.random.Generator) -> pl.DataFrame:
    members = members.with_columns((pl.int_range(pl.len(), dtype=pl.Int64) + first_number).alias("pid"))
    members = members.with_columns(
        completed_years("birth", FIRST.as_of).clip(lower_bound=0).cast(pl.Int64).alias("age"),
    )
    lot = rng.random(members["household"].max() + 1)
    young = pl.col("age").max().over("household") < _OLDEST_FLOATING
    floating = pl.Series(lot).gather(members["household"]) < _FLOATING_SHARE / 0.72
    has_baby = pl.col("is_newborn").any().over("household")
    return members.with_columns((floating & young & ~has_baby & ~pl.col("is_collective")).alias("is_floating"))


def _numbers(people: pl.DataFrame, world: "World") -> tuple[pl.Series, pl.Series]:
    rng = world.stream("numbers")
    region = regions(people, world.reference, rng)
    birth, sex = people["birth"].to_numpy(), people["sex"].to_numpy()
    spare = np.flatnonzero((rng.random(people.height) < _SPARE_SHARE) & ~people["is_floating"].to_numpy())
    both = np.r_[np.arange(people.height), spare]
    county = people["county_code"].cast(pl.Int64).to_numpy()
    numbers = resident_numbers(
        region[both], birth[both], sex[both], lanes(region, county)[both], rng.integers(0, 490, len(both))
    )
    spares = pl.DataFrame({"pid": people["pid"].gather(spare), "spare_id_no": numbers[people.height :]})
    with_spares = people.select("pid").join(spares, on="pid", how="left", maintain_order="left")
    return numbers[: people.height].alias("id_no"), with_spares["spare_id_no"]


def _names(people: pl.DataFrame, world: "World") -> pl.Series:
    places = dict(zip(world.census.codes, world.shard.counties, strict=True))
    county = people["county_code"].replace_strict(places, return_dtype=pl.Int64).to_numpy()
    return draw_names(people, county, world.scaled(_SONS_LIKE_FATHERS, 3), world.stream("names"))


def _ethnic_codes(people: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    """Uygurs live here without their families."""
    alone = (pl.len().over("household") == 1) | pl.col("is_collective")
    alone = people.select(alone & ~pl.col("is_newborn") & pl.col("namesake").is_null()).to_series().to_numpy()
    shares = [0.9957, 0.0016, 0.0013, 0.0008, 0.0006]
    codes = rng.choice(np.array(["01", "10", "11", "03", "06"]), people.height, p=shares)
    return pl.Series("ethnic_code", np.where(alone & (rng.random(people.height) < _UYGUR_SHARE), UYGUR, codes))
