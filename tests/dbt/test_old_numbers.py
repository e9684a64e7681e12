"""Check characters of 工商注册号 and 组织机构代码 in SQL, against the prefecture and the standards a second time."""

from pathlib import Path
from typing import Any

import duckdb
import jinja2
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefecture.world.id_numbers import registration_numbers
from tests.prefecture.validity import organisation_valid, registration_valid

_MACROS = Path(__file__).parents[2] / "dbt_project" / "macros" / "old_number.sql"
_SQL: Any = jinja2.Environment().from_string(_MACROS.read_text(encoding="utf-8")).make_module(  # noqa: S701  SQL
    {"rx_match": lambda value, pattern: f"regexp_matches({value}, '{pattern}')"}
)


def asked(numbers: list[str], sql: str) -> list[bool]:
    rows = duckdb.execute(f"SELECT {sql} FROM (SELECT unnest(?) AS n, generate_subscripts(?, 1) AS i) ORDER BY i",
                          [numbers, numbers]).fetchall()  # fmt: skip
    return [fits for (fits,) in rows]


def registration(numbers: list[str]) -> list[bool]:
    return asked(numbers, f"{_SQL.is_registration_no('n')} AND {_SQL.registration_no_fits('n')}")


def organisation(numbers: list[str]) -> list[bool]:
    return asked(numbers, f"{_SQL.is_organisation_code('n')} AND {_SQL.organisation_code_fits('n')}")


@given(st.lists(st.integers(0, 9_999_999), min_size=1, max_size=20, unique=True))
def test_registration_numbers_fit_and_no_digit_may_be_another(serials):
    numbers = registration_numbers(pl.Series(["370602"] * len(serials)), pl.Series(serials)).to_list()
    assert len(set(numbers)) == len(numbers)
    assert all(registration_valid(n) for n in numbers)
    assert all(registration(numbers))
    first = numbers[0]
    others = [first[:i] + str((int(first[i]) + 1) % 10) + first[i + 1 :] for i in range(15)]
    assert not any(registration(others))


@given(st.lists(st.from_regex(r"[0-9]{15}", fullmatch=True), min_size=1, max_size=30))
def test_fifteen_digits_are_judged_as_the_standard_says(numbers):
    assert registration(numbers) == [registration_valid(n) for n in numbers]


@given(st.lists(st.from_regex(r"[0-9A-Z]{8}[0-9X]", fullmatch=True), min_size=1, max_size=30))
def test_organisation_codes_are_judged_as_the_standard_says(codes):
    right = [organisation_valid(c) for c in codes]
    assert organisation(codes) == right
    assert organisation([f"{c[:8]}-{c[8]}" for c in codes]) == right


@pytest.mark.parametrize("number", ["11010800000001", "1101080000000160", "M000100Y", "M000100Y--4", "M000100YA", ""])
def test_other_forms_are_neither(number):
    assert not any([*registration([number]), *organisation([number])])
