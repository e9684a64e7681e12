"""Two states of a register and what lies between them."""

from datetime import date

import polars as pl

from prefecture.output.deltas import delta

CHANGED_ON = date(2024, 2, 27)

BEFORE = pl.DataFrame(
    {
        "_pid": [1, 2, 3],
        "key": ["a", "b", "c"],
        "value": ["x", None, "z"],
        "updated_date": [date(2020, 1, 1)] * 3,
    }
)
AFTER = pl.DataFrame(
    {
        "_pid": [1, 9, 4],
        "key": ["a", "b", "d"],
        "value": ["y", None, "w"],
        "updated_date": [date(2020, 1, 1)] * 3,
    }
)


def test_changed_new_and_deleted_rows_and_no_others():
    rows = delta(BEFORE, AFTER, ["key"], CHANGED_ON)
    assert rows.select("key", "value", "change_type").rows() == [
        ("c", "z", "删除"),
        ("a", "y", "变更"),
        ("d", "w", "新增"),
    ]


def test_changed_rows_bear_the_day_of_the_change_and_deleted_ones_their_own():
    rows = delta(BEFORE, AFTER, ["key"], CHANGED_ON)
    assert rows["updated_date"].to_list() == [date(2020, 1, 1), CHANGED_ON, CHANGED_ON]


def test_equal_states_leave_nothing():
    assert delta(BEFORE, BEFORE, ["key"], CHANGED_ON).height == 0
