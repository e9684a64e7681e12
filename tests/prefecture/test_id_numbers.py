"""Check characters against the standards' own examples and an independent implementation."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefecture.defects.credit import damaged_codes
from prefecture.defects.identity_numbers import KINDS, damaged, fifteen_digits, full_width
from prefecture.world.id_numbers import credit_codes, resident_numbers, with_check
from prefecture.world.origins import lanes
from tests.prefecture.validity import credit_valid, id_valid, with_century

BIRTHS = st.dates(min_value=date(1910, 1, 1), max_value=date(2024, 2, 20))
REGIONS = {"370602", "372101", "110101", "830000"}


def test_the_examples_of_the_standards():
    assert with_check(pl.Series(["11010519491231002", "44052418800101001"])).to_list() == [
        "11010519491231002X",
        "440524188001010014",
    ]
    assert credit_valid("91350100M000100Y43")
    assert not credit_valid("91350100M000100Y44")


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(REGIONS)), BIRTHS, st.sampled_from([1, 2]), st.integers(0, 489)),
        min_size=1,
        max_size=40,
    )
)
def test_numbers_are_valid_distinct_and_tell_birth_and_sex(people):
    region, birth, sex, offset = (list(c) for c in zip(*people, strict=True))
    numbers = resident_numbers(
        np.array([int(r) for r in region]),
        np.array(birth, dtype="datetime64[D]"),
        np.array(sex),
        np.tile([0, 490], (len(sex), 1)),
        np.array(offset),
    ).to_list()
    assert len(set(numbers)) == len(numbers)
    for number, place, born, which in zip(numbers, region, birth, sex, strict=True):
        assert id_valid(number, REGIONS)
        assert number.startswith(place + f"{born:%Y%m%d}")
        assert int(number[16]) % 2 == which % 2
        assert not number.endswith("000")


def test_lanes_keep_numbers_of_counties_apart():
    """Ten people of each of two counties, one region and day: no number twice."""
    day = np.full(10, np.datetime64("1960-01-01"))
    numbers = [
        resident_numbers(
            np.full(10, 370602), day, np.full(10, 1), lanes(np.full(10, 370602), np.full(10, county)), offset
        )
        for county, offset in ((370602, np.arange(10)), (370671, np.arange(10)), (370681, np.arange(10)))
    ]
    assert pl.concat(numbers).n_unique() == 30


def test_more_people_than_a_lane_is_wide_are_refused():
    with pytest.raises(ValueError, match="sequence numbers"):
        resident_numbers(
            np.full(3, 370602),
            np.full(3, np.datetime64("1960-01-01")),
            np.full(3, 1),
            np.tile([0, 2], (3, 1)),
            np.zeros(3, dtype=int),
        )


@given(
    st.lists(st.integers(0, 800_000_000), min_size=1, max_size=30, unique=True),
    st.sampled_from(["91", "92", "93", "12"]),
)
def test_credit_codes_are_valid_and_distinct(serials, prefix):
    codes = credit_codes(
        np.full(len(serials), prefix), np.full(len(serials), 370602), np.array(serials)
    ).to_list()
    assert len(set(codes)) == len(codes)
    assert all(credit_valid(code) and code.startswith(prefix + "370602") for code in codes)


def valid_numbers(count: int) -> pl.Series:
    day = np.datetime64("1960-01-01")
    births = day + np.arange(count) * 97
    return resident_numbers(
        np.full(count, 370602),
        births,
        1 + np.arange(count) % 2,
        np.tile([0, 490], (count, 1)),
        np.arange(count) * 31 % 490,
    )


def test_no_damaged_number_is_valid():
    numbers = valid_numbers(400)
    for kind in KINDS:
        spoilt = damaged(numbers, (kind,)).to_list()
        assert not any(id_valid(n, {"370602", "370699"} - {"370699"}) for n in spoilt), kind
        assert not set(spoilt) & set(numbers)


def test_the_shapes_of_damage():
    numbers = valid_numbers(1)
    shapes = {kind: damaged(numbers, (kind,)).item() for kind in KINDS}
    assert [len(shapes[k]) for k in ("short", "long", "fifteen_digit")] == [16, 19, 15]
    assert shapes["scientific"] == "3.70602E+17"
    assert shapes["date"][10:14] == "0230"


def test_fifteen_digits_lead_back_to_the_number():
    numbers = valid_numbers(50)
    assert [with_century(n) for n in fifteen_digits(numbers)] == numbers.to_list()


def test_full_width_digits_are_only_typed_differently():
    assert full_width(pl.Series(["37X"])).to_list() == ["３７Ｘ"]
    numbers = valid_numbers(20)
    assert full_width(numbers).str.normalize("NFKC").to_list() == numbers.to_list()


def test_no_damaged_credit_code_is_valid():
    codes = credit_codes(np.full(80, "91"), np.full(80, 370602), np.arange(80))
    spoilt = damaged_codes(pl.DataFrame({"uscc": codes, "_eid": range(80)}))
    assert not any(credit_valid(code) for code in spoilt)
    assert {len(code) for code in spoilt} == {15, 17, 18}
    assert spoilt.n_unique() == 80
