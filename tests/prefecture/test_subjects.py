"""What is true of parcels, projects and the insured: the hard cases are there."""

import polars as pl

from prefecture.subjects import FUND, PENSION


def test_some_parcels_have_two_areas_and_some_another_holder(prefecture) -> None:
    parcels = prefecture.table("parcels")
    assert parcels["parcel_code"].is_unique().all()
    two = parcels.filter(pl.col("area") != pl.col("map_area"))
    assert 0.003 < two.height / parcels.height < 0.03
    given = parcels.filter(pl.col("contract_code").str.head(12) != pl.col("village"))
    assert given.height and set(given["parcel_code"].str.head(12)) == set(given["village"])


def test_some_projects_were_filed_again(prefecture) -> None:
    codes = prefecture.table("projects").group_by("first_code").agg(pl.col("project_code").n_unique().alias("codes"))
    assert set(codes["codes"]) == {1, 2}
    assert codes.filter(pl.col("codes") == 2).height < codes.height / 4


def test_some_are_insured_by_two_employers(prefecture) -> None:
    running = prefecture.table("insured").filter(pl.col("last_day").is_null() & pl.col("employer_code").is_not_null())
    employers = running.group_by("scheme_name", "id_no").agg(pl.col("employer_code").n_unique().alias("count"))
    assert set(employers["scheme_name"]) == {PENSION, FUND}
    of_pension = employers.filter(scheme_name=PENSION)
    assert 0 < of_pension.filter(pl.col("count") == 2).height < of_pension.height / 20
