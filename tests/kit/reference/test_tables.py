"""The reference files say what they are known to say."""

from datetime import date

import pytest

from pipelines.kit.paths import Paths
from pipelines.kit.reference import tables

FOLDER = Paths.default().reference


def test_division_2023_has_the_three_levels() -> None:
    frame = tables.division_2023(FOLDER)
    assert dict(frame["level_name"].value_counts().iter_rows()) == {"县": 13, "乡镇": 159, "村": 6509}
    assert frame["division_code"].is_unique().all()
    village = frame.filter(frame["division_code"] == "370602001001")
    assert village.rows() == [("370602001001", "友谊街社区居民委员会", "村", "370602001")]


def test_every_parent_below_the_city_exists() -> None:
    frame = tables.division_2023(FOLDER)
    below = frame.filter(frame["level_name"] != "县")
    assert set(below["parent_code"]) <= set(frame["division_code"])


def test_division_snapshot_covers_2016_to_2023() -> None:
    frame = tables.division_snapshot(FOLDER)
    assert frame.height == 54573
    assert (frame["snapshot_date"].min().isoformat(), frame["snapshot_date"].max().isoformat()) == (
        "2016-07-31",
        "2023-06-30",
    )
    latest = frame.filter(frame["snapshot_date"] == frame["snapshot_date"].max())
    assert latest.filter(latest["level_name"] == "乡镇").height == 159


def test_gbt2260_has_one_row_a_code_and_keeps_the_retired() -> None:
    frame = tables.gbt2260(FOLDER)
    assert frame.height == frame["code"].n_unique() == 6450
    rows = {r["code"]: r for r in frame.to_dicts()}
    assert rows["370684"]["last_year"] == 2020  # 蓬莱市, now 蓬莱区 370614
    assert rows["370602"]["last_year"] is None
    assert rows["372121"]["level_name"] == "县级"  # 福山县 of 烟台地区, on numbers of the 1980s


@pytest.mark.parametrize(
    ("reader", "code", "name"), [("ethnic", "03", "回族"), ("industry", "0111", "稻谷种植")]
)
def test_code_tables(reader: str, code: str, name: str) -> None:
    frame = tables.READERS[reader](FOLDER)
    assert frame["code"].is_unique().all()
    assert frame.filter(frame["code"] == code)["name"].to_list() == [name]


def test_census_counties_add_up_to_the_city() -> None:
    frame = tables.county_census(FOLDER)
    for year, city in ((2010, 6_968_202), (2020, 7_102_116)):
        of_year = frame.filter(frame["census_year"] == year)
        counties = of_year.filter(of_year["county_code"] != "370600")
        assert counties["population"].sum() == city
    assert "招远市" in frame.filter(frame["census_year"] == 2010)["county_name"].to_list()


def test_ten_working_days_are_ten_numbers_further():
    days = {row["day"]: row for row in tables.working_day(FOLDER).rows(named=True)}
    given, due = days[date(2024, 1, 31)], days[date(2024, 2, 19)]
    assert due["working_day_number"] - given["working_day_number"] == 10 and due["is_working_day"]
    assert len(days) == 366 * 3 + 365 * 9 and max(days) == date(2027, 12, 31)
