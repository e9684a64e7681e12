"""The register tells the truth, and all of it: an independent judge finds exactly what it says."""

import pytest

from pipelines.paths import Paths
from pipelines.prefecture.generate import SEED, set_stage
from tests.prefecture.delivered import current
from tests.prefecture.judge import effective, overlaid
from tests.prefecture.rules import judge

RULES = {
    "R01",
    "R02",
    "R05",
    "R07",
    "R08",
    "R11",
    "R15",
    "R17",
    "R20",
    "R21",
    "R22",
    "R25",
    "R35",
    "R46",
    "R47",
}


@pytest.fixture(scope="module")
def found(prefecture, regions):
    raw = {turn: current(prefecture.files, turn) for turn in (1, 2)}
    corrections = effective(prefecture.table("answers"), raw[1])
    first = judge(prefecture.files, raw[1], 1, regions, corrections.clear(), raw[1])
    second = judge(prefecture.files, overlaid(raw[2], corrections), 2, regions, corrections, raw[2])
    return {1: first, 2: second}


def by_rule(pairs) -> dict[str, set[str]]:
    sorted_out: dict[str, set[str]] = {}
    for rule, key in pairs:
        sorted_out.setdefault(rule, set()).add(key)
    return sorted_out


@pytest.mark.parametrize("turn", [1, 2])
def test_everything_planted_is_there_and_nothing_else(prefecture, found, turn):
    defects = prefecture.table("defects")
    expected = by_rule(
        defects.filter(defects[f"found_turn{turn}"]).select("rule_id", "entity_key").iter_rows()
    )
    assert by_rule(found[turn]) == expected


def test_no_hard_negative_is_ever_found(prefecture, found):
    defects = prefecture.table("defects")
    harmless = set(
        defects.filter(defects["kind"] == "hard_negative").select("rule_id", "entity_key").iter_rows()
    )
    assert harmless
    assert not harmless & (found[1] | found[2])


def test_the_dates_say_when_a_defect_is_there(prefecture):
    rows = prefecture.table("defects").filter(prefecture.table("defects")["kind"] == "defect")
    for row in rows.iter_rows(named=True):
        seen = (row["found_turn1"], row["found_turn2"])
        assert seen != (False, False)
        assert str(row["as_of"]) == ("2024-01-31" if row["found_turn1"] else "2024-02-29")
        assert (row["last_as_of"] is None) == row["found_turn2"]


def test_every_rule_has_defects_and_lookalikes_even_in_a_tiny_prefecture(prefecture):
    defects = prefecture.table("defects")
    for kind in ("defect", "hard_negative"):
        assert set(defects.filter(defects["kind"] == kind)["rule_id"]) == RULES


def test_an_entity_has_one_entry_a_rule(prefecture):
    defects = prefecture.table("defects")
    assert defects.select("rule_id", "entity_key").is_duplicated().sum() == 0


def test_a_life_has_at_most_one_defect(prefecture):
    """The same row, household or payee never carries defects of two rules (a flip-back repeats its own)."""
    defects = prefecture.table("defects")
    mine = defects.filter((defects["kind"] == "defect") & (defects["rule_id"] != "R46"))
    assert mine["entity_key"].is_duplicated().sum() == 0


def test_the_one_percent_prefecture_has_enough_of_everything():
    defects = set_stage(Paths.default().reference, 0.01, SEED).register.defect_table()
    planted = dict(defects.filter(defects["found_turn1"]).group_by("rule_id").len().iter_rows())
    for rule in RULES - {"R46", "R47"}:
        assert planted[rule] >= 15, rule
    new = dict(
        defects.filter(~defects["found_turn1"] & defects["found_turn2"]).group_by("rule_id").len().iter_rows()
    )
    assert new["R46"] >= 3
    harmless = dict(defects.filter(defects["kind"] == "hard_negative").group_by("rule_id").len().iter_rows())
    assert min(harmless.values()) >= 5
    gone = defects.filter(defects["found_turn1"] & ~defects["found_turn2"])["rule_id"]
    assert set(gone) >= {"R01", "R02", "R05", "R07", "R08", "R11", "R15", "R17", "R21", "R22", "R35"}
