"""Rows under codes of reorganised villages: files and register say the same of which unit each one means."""

from collections import defaultdict

import polars as pl
import pytest

from prefecture.world.reorganised import MERGED, RENAMED, REUSED, SPLIT
from tests.prefecture.delivered import current

DAY_OF = {"F01": "updated_date", "F14": "established_date"}


@pytest.fixture(scope="module")
def state(prefecture) -> dict:
    return current(prefecture.files, 1)


@pytest.fixture(scope="module")
def units(state) -> dict[str, list[dict]]:
    """Rows of F36 by code, oldest first."""
    found = defaultdict(list)
    for row in state["F36"].sort("valid_from").iter_rows(named=True):
        found[row["unit_code"]].append(row)
    return found


def on_day(units: dict[str, list[dict]], code: str, day) -> dict:
    (unit,) = [u for u in units[code] if u["valid_from"] <= day and (not u["valid_to"] or day < u["valid_to"])]
    return unit


def today(units: dict[str, list[dict]], unit: dict | None) -> str | None:
    while unit and unit["valid_to"]:
        unit = on_day(units, unit["successor_code"], unit["valid_to"]) if unit["successor_code"] else None
    return unit and unit["unit_code"]


def test_every_kind_has_rows_of_before_and_after(prefecture) -> None:
    told = prefecture.table("places")
    codes = told.select("kind", "division_code", "current_code")
    kinds = {(kind, now and code == now) for kind, code, now in codes.iter_rows()}
    assert kinds >= {(MERGED, False), (MERGED, True), (REUSED, False), (REUSED, True), (SPLIT, None), (SPLIT, True)}
    names = told.filter(told["kind"] == RENAMED)
    assert names["valid_from"].n_unique() > 1 and set(names["division_code"]) == set(names["current_code"])
    assert set(told["feed"]) == set(DAY_OF)


def test_the_register_says_what_the_files_say(prefecture, state, units) -> None:
    told = prefecture.table("places")
    for row in told.iter_rows(named=True):
        rows = state[row["feed"]]
        (sent,) = rows.filter(rows["record_key"] == row["record_key"]).iter_rows(named=True)
        assert (sent["division_code"], sent[DAY_OF[row["feed"]]]) == (row["division_code"], row["on_day"])
        unit = on_day(units, row["division_code"], row["on_day"])
        assert (unit["valid_from"], today(units, unit)) == (row["valid_from"], row["current_code"]), row


def test_parts_of_a_split_name_what_they_were(prefecture, units) -> None:
    told = prefecture.table("places").filter(pl.col("current_code").is_null(), kind=SPLIT)
    split = told["division_code"].unique()
    parts = [u for rows in units.values() for u in rows if u["predecessor_code"] in set(split)]
    assert len(parts) == 2 * split.len() > 0
    for part in parts:
        (whole,) = units[part["predecessor_code"]]
        assert (whole["valid_to"], whole["successor_code"]) == (part["valid_from"], None)
