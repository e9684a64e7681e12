"""F21, F22, F23 and F32, and the six rules planted with them, proved on delivered files.

Belongs here: found against planted, month by month. Does not belong here: how the rules judge
(judges/livelihood.py).
"""

import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from prefecture.months import MONTHS, Month
from prefecture.register import register_of
from tests.prefecture.judges import livelihood as judge
from tests.prefecture.readback import Outbox

RULES = ("R06", "R09", "R10", "R31", "R34", "R44")
JUDGED = (0, 1, 2, 6)


@dataclass(frozen=True)
class Deliveries:
    """Seven months of the feeds, less what a receiver refuses."""

    outbox: Outbox
    reference: Path
    cases: pl.DataFrame

    def found(self, month: Month) -> dict[str, set[str]]:
        """Entity keys by rule."""
        frames: dict[str, pl.DataFrame] = {}

        def known(feed: str) -> pl.DataFrame:
            if feed not in frames:
                frames[feed] = self.outbox.known(feed, month)
            return frames[feed]

        rolls, land = (MONTHS[month.index // every * every].as_of for every in (6, 3))
        return {
            "R06": judge.code_lists(known, month.as_of, self.reference),
            "R09": judge.claimed_twice(known, month.as_of),
            "R10": judge.lives_elsewhere(known, month.as_of),
            "R31": judge.not_enrolled(known, month.as_of, rolls),
            "R34": judge.alone_and_silent(known, lambda index: MONTHS[index].as_of),
            "R44": judge.wrong_subsidies(known, land),
        }


@pytest.fixture(scope="module")
def deliveries(city) -> Deliveries:
    cases = pl.read_parquet(register_of(city.paths) / "defects.parquet").filter(pl.col("rule_id").is_in(RULES))
    return Deliveries(Outbox(city.out, register_of(city.paths)), city.paths.reference, cases)


@pytest.mark.parametrize("index", JUDGED)
def test_rules_find_what_is_planted_and_nothing_else(deliveries: Deliveries, index: int) -> None:
    month, cases = MONTHS[index], deliveries.cases
    shows = (pl.col("as_of") <= month.as_of) & (pl.col("last_as_of").is_null() | (pl.col("last_as_of") >= month.as_of))
    found = deliveries.found(month)
    for rule in RULES:
        mine = cases.filter(pl.col("rule_id") == rule)
        planted = set(mine.filter(shows & (pl.col("kind") == "defect"))["entity_key"])
        harmless = set(mine.filter(pl.col("kind") == "hard_negative")["entity_key"])
        assert found[rule] == planted, rule
        assert not found[rule] & harmless, rule


def test_every_rule_has_cases_and_look_alikes(deliveries: Deliveries) -> None:
    for rule in RULES:
        mine = deliveries.cases.filter(pl.col("rule_id") == rule)
        assert mine.filter(pl.col("kind") == "defect").height >= 1
        assert mine.filter(pl.col("kind") == "hard_negative")["description"].n_unique() >= 2


def test_every_parcel_is_on_the_map_of_its_county(deliveries: Deliveries) -> None:
    folder = deliveries.outbox.folder / MONTHS[0].period / "F23M"
    rows = deliveries.outbox.sent("F23", MONTHS[0])
    drawn = []
    for path in sorted(folder.glob("*.geojson")):
        for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
            (ring,) = feature["geometry"]["coordinates"]
            assert ring[0] == ring[-1] and len(ring) == 5
            assert all(119.6 < x < 121.9 and 36.6 < y < 38.4 for x, y in ring)
            drawn.append(feature["properties"]["DKBM"])
    assert sorted(drawn) == sorted(rows["parcel_code"])


def test_snapshots_come_when_due(deliveries: Deliveries) -> None:
    """Files of their own month; one sent again is of an earlier one."""

    def is_sent(feed: str, month: Month) -> bool:
        rows = deliveries.outbox.sent(feed, month)
        return bool(rows.height) and month.period in rows["_period"]

    sent = {f: [is_sent(f, m) for m in MONTHS[:7]] for f in ("F21", "F22", "F32")}
    assert sent["F21"] == [True, False, False, False, False, False, True]
    assert all(sent["F22"])
    assert sent["F32"] == [True, False, False, True, False, False, True]


def test_numbers_of_pupils_and_listed_households_are_their_own(deliveries: Deliveries) -> None:
    pupils, listed = (deliveries.outbox.sent(f, MONTHS[0]) for f in ("F21", "F22"))
    has_number = pl.col("id_no").is_not_null()
    assert pupils.filter(has_number)["student_no"].to_list() == ["G" + n for n in pupils.filter(has_number)["id_no"]]
    assert pupils.filter(~has_number)["student_no"].str.starts_with("L").all()
    households = set(deliveries.outbox.sent("F01", MONTHS[0])["household_no"])
    assert not households & set(listed["poor_household_no"])


def test_feeds_are_as_large_as_in_life(deliveries: Deliveries) -> None:
    expected = {"F21": (600, 800), "F22": (70, 170), "F23": (4_300, 5_700), "F32": (360, 500)}
    for feed, (low, high) in expected.items():
        assert low <= deliveries.outbox.sent(feed, MONTHS[0]).height <= high, feed
