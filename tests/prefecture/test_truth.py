"""The register tells the truth, and all of it: an independent judge finds exactly what it says."""

import polars as pl
import pytest

from pipelines.judge.rules import load_rules
from prefecture.months import MONTHS
from tests.prefecture.delivered import JUDGED, current
from tests.prefecture.judge import effective, overlaid
from tests.prefecture.rules import RULES, judge
from tests.prefecture.test_entitlements import JUDGES as OF_ENTITLEMENTS
from tests.prefecture.test_families import RULES as OF_FAMILIES
from tests.prefecture.test_incidents_and_reports import JUDGES as OF_INCIDENTS
from tests.prefecture.test_livelihood import RULES as OF_LIVELIHOOD
from tests.prefecture.test_places_and_safety import RULES as OF_PLACES

TURNS = (1, 2, 3, 6)


@pytest.fixture(scope="module")
def found(prefecture, regions):
    """What an independent judge finds after some of the turns. Townships have answered the first one."""
    raw = {turn: current(prefecture.files, turn) for turn in TURNS}
    corrections = effective(prefecture.table("answers"), raw[1])
    first = judge(prefecture.files, raw[1], 1, regions, corrections.clear(), raw[1])
    later = {
        turn: judge(
            prefecture.files, overlaid(raw[turn], corrections), turn, regions, corrections, raw[turn]
        )
        for turn in TURNS[1:]
    }
    return {1: first} | later


def test_every_rule_that_runs_has_a_judge_of_its_own():
    judged = [*RULES, *OF_ENTITLEMENTS, *OF_FAMILIES, *OF_INCIDENTS, *OF_LIVELIHOOD, *OF_PLACES]
    assert len(judged) == len(set(judged))
    assert set(load_rules()) <= set(judged)


def by_rule(pairs) -> dict[str, set[str]]:
    sorted_out: dict[str, set[str]] = {}
    for rule, key in pairs:
        sorted_out.setdefault(rule, set()).add(key)
    return sorted_out


@pytest.mark.parametrize("turn", TURNS)
def test_everything_planted_is_there_and_nothing_else(prefecture, found, turn):
    planted = prefecture.planted(turn).filter(pl.col("rule_id").is_in(RULES))
    planted = planted.filter(~pl.col("rule_id").is_in(["R05", "R47"]) | pl.col("feed").is_in(JUDGED))
    assert by_rule(found[turn]) == by_rule(planted.select("rule_id", "entity_key").iter_rows())


def test_no_hard_negative_is_ever_found(prefecture, found):
    defects = prefecture.table("defects")
    harmless = set(
        defects.filter(defects["kind"] == "hard_negative").select("rule_id", "entity_key").iter_rows()
    )
    assert harmless
    for turn, pairs in found.items():
        assert not harmless & pairs, turn


def test_every_rule_has_defects_and_lookalikes_even_in_a_tiny_prefecture(prefecture):
    defects = prefecture.table("defects")
    for kind in ("defect", "hard_negative"):
        assert set(defects.filter(defects["kind"] == kind)["rule_id"]) >= RULES


def test_an_entity_has_one_entry_a_rule(prefecture):
    defects = prefecture.table("defects")
    assert defects.select("rule_id", "entity_key").is_duplicated().sum() == 0


def test_a_life_has_at_most_one_defect(prefecture):
    """The same row, household or payee never carries defects of two rules (a flip-back repeats its own)."""
    defects = prefecture.table("defects")
    mine = defects.filter((defects["kind"] == "defect") & (defects["rule_id"] != "R46"))
    assert mine["entity_key"].is_duplicated().sum() == 0


def test_the_one_percent_prefecture_has_enough_of_everything(cases_at_one_percent):
    cases = cases_at_one_percent.filter(pl.col("rule_id").is_in(RULES))
    cases = cases.with_columns(
        (pl.col("as_of") == MONTHS[0].as_of).alias("at_once"),
        (pl.col("as_of") > MONTHS[1].as_of).alias("later"),
    )
    defects = cases.filter(pl.col("kind") == "defect")
    at_every_turn = RULES - {"R46", "R47"}
    planted = dict(defects.filter("at_once").group_by("rule_id").len().iter_rows())
    for rule in at_every_turn:
        assert planted[rule] >= 15, rule
    assert defects.filter((pl.col("rule_id") == "R46") & ~pl.col("at_once")).height >= 3
    harmless = dict(cases.filter(pl.col("kind") == "hard_negative").group_by("rule_id").len().iter_rows())
    assert min(harmless.values()) >= 5
    repaired = defects.filter("at_once", pl.col("last_as_of").is_not_null())
    assert set(repaired["rule_id"]) >= at_every_turn - {"R20", "R25"}
    assert set(defects.filter("later")["rule_id"]) >= at_every_turn
