"""Deadlines in working days: what is arranged for a year, and the week where nothing is."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.kit.working_days import arranged_until, is_working_day, working_day_after, working_days_between

DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(("day", "works"), [
    (date(2024, 2, 9), True),  # the eve of the Spring Festival of 2024: no day off by the arrangement
    (date(2024, 2, 10), False),
    (date(2024, 2, 12), False),  # a Monday of the festival
    (date(2024, 2, 18), True),  # a Sunday worked for it
    (date(2024, 10, 1), False),
    (date(2024, 10, 12), True),  # a Saturday
    (date(2020, 1, 31), False),  # the festival of 2020 was made longer
    (date(2027, 1, 1), True),  # nobody has arranged 2027: a Friday
    (date(2027, 1, 2), False),
])  # fmt: skip
def test_days_work_as_arranged(day, works):
    assert is_working_day(day) is works


def test_ten_working_days_over_the_spring_festival():
    assert working_day_after(date(2024, 1, 31), 10) == date(2024, 2, 19)


@given(DAYS, st.integers(0, 60))
def test_counting_forward_and_between_agree(day, count):
    last = working_day_after(day, count)
    assert working_days_between(day, last) == count
    assert count == 0 or is_working_day(last)


@given(DAYS, DAYS)
def test_nothing_lies_between_a_day_and_an_earlier_one(one, other):
    assert working_days_between(max(one, other), min(one, other)) == 0


@given(DAYS)
def test_every_week_without_an_arrangement_has_five(day):
    monday = day - timedelta(days=day.weekday())
    if monday > arranged_until():
        assert working_days_between(monday - timedelta(days=1), monday + timedelta(days=6)) == 5
