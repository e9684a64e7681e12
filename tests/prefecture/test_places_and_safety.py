"""Places, inspections, grants and emergency lists: what is planted is exactly what plain rules find."""

import json

import polars as pl
import pytest

from prefecture.months import MONTHS
from prefecture.register import register_of
from tests.prefecture.judges.grants import wrong_grants
from tests.prefecture.judges.inspections import hazards, inspected_twice
from tests.prefecture.judges.places import licence_and_ledger, registered_elsewhere
from tests.prefecture.judges.responsible import stock_and_responsible
from tests.prefecture.readback import Outbox

LAST = 3
RULES = {
    "R36": registered_elsewhere,
    "R38": wrong_grants,
    "R40": licence_and_ledger,
    "R41": hazards,
    "R42": inspected_twice,
    "R43": stock_and_responsible,
}


@pytest.fixture(scope="module")
def places(city) -> tuple[Outbox, pl.DataFrame]:
    """The files read back, and the cases planted in them."""
    cases = pl.read_parquet(register_of(city.paths) / "defects.parquet").filter(pl.col("rule_id").is_in(list(RULES)))
    return Outbox(city.out, register_of(city.paths)), cases


@pytest.mark.parametrize("rule", RULES)
def test_a_plain_rule_finds_what_is_planted_and_nothing_else(places, rule):
    outbox, cases = places
    mine = cases.filter(pl.col("rule_id") == rule)
    defects, harmless = (mine.filter(pl.col("kind") == kind) for kind in ("defect", "hard_negative"))
    assert defects.height and harmless["description"].n_unique() >= 2
    for index in (0, 1, 2, LAST):
        month = MONTHS[index]
        shows = (pl.col("as_of") <= month.as_of) & (
            pl.col("last_as_of").is_null() | (pl.col("last_as_of") >= month.as_of)
        )
        found = RULES[rule](outbox, month)
        assert found == set(defects.filter(shows)["entity_key"]), month.month
        assert not found & set(harmless["entity_key"])


def test_points_lie_in_the_city_in_whatever_coordinates(places):
    points = places[0].sent("F27", MONTHS[0])
    places = [json.loads(g)["coordinates"] for g in points["_geometry"]]
    assert all(119.5 < east < 122.0 and 36.4 < north < 38.2 for east, north in places)
    assert {"WGS84", "CGCS2000", "GCJ-02", None} == set(points["datum_name"])


def test_ledgers_are_kept_in_several_layouts(places):
    sent = places[0].sent("F26", MONTHS[0])
    assert sent["_scope"].n_unique() > 50
    assert (sent["division_code"].str.head(9) == sent["_scope"]).all()
    assert sent["owner_phone"].str.starts_with("128").all()


def test_the_scale_of_scores_changes_with_the_year(places):
    scores = places[0].known("F33", MONTHS[LAST])
    full = {(r["checked_date"][:4], float(r["full_score"])) for r in scores.iter_rows(named=True)}
    assert full == {("2023", 100.0), ("2024", 10.0)}
    assert (scores["score"].cast(pl.Float64) <= scores["full_score"].cast(pl.Float64)).all()
