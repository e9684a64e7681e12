"""Ratios of one result and of two, and the page that shows them."""

import json

import pytest

from prefecture.bench import compare, report
from prefecture.bench.linking import body
from prefecture.bench.ratios import ratios
from tests.prefecture.bench.result import RESULT, T1, T2, changed, rule, stage


@pytest.fixture
def a() -> dict:
    return {**RESULT, "ratios": ratios(RESULT)}


def test_a_result_is_judged_by_its_own_floor_and_its_own_rules_by_hand(a):
    found = a["ratios"]
    assert found["full build / floor"] == 10.0
    assert found["full build without return sets / floor"] == 7.5
    assert found["both turns / floor"] == 12.0
    assert found["rules / by hand"] == pytest.approx(1.2)
    assert found["rules step of the turn / by hand"] == 2.0
    assert found["rules / stock GX"] == pytest.approx(0.3)
    assert found["seconds per million rows, full build"] == 40_000
    assert found["peak memory of a turn in GB"] == 3.0
    assert found["workbooks per second"] == 0.5
    assert found["minutes for the return sets"] == 1.0


def test_without_a_floor_there_is_no_ratio():
    assert ratios({**RESULT, "floor": {"seconds": {T1: 0.0, T2: 0.0}}})["full build / floor"] is None


def test_stages_compare_one_by_one(a):
    b = changed(rules=4.0)
    b["stages"][0] = stage(T1, "turn", 4000, 80.0, 6_000_000_000)
    found = {(s["turn"], s["stage"]): s for s in compare.stages(a, b)}
    assert found[T1, "rules"]["wall"] == 2.0
    assert found[T1, "turn"]["peak"] == 2.0
    assert (found[T1, "turn"]["wall"], found[T1, "turn"]["wall_per_row"]) == (2.0, 0.5)
    assert found[T2, "rules"]["wall"] == 1.0


def test_a_stage_only_one_result_has_is_named(a):
    b = changed()
    b["stages"].append(stage(T2, "distribution", 1, 1.0))
    assert compare.missing(a, b) == [f"only in B: {T2} distribution"]


def test_rules_that_changed_are_named_and_no_others(a):
    b = changed()
    b["turns"][T2]["scores"] = [rule("R01", 0.9, 0.5), rule("R02", 1.0, 1.0)]
    assert compare.rules(a, b) == [
        (T2, "R01", "precision", 1.0, 0.9),
        (T2, "R02", "precision", None, 1.0),
        (T2, "R02", "recall", None, 1.0),
    ]
    assert compare.rules(a, a) == []


def test_sizes_compare_by_layer(a):
    b = changed()
    b["sizes"]["lake"]["bytes"] = 750
    assert compare.sizes(a, b) == [("landing", 1000, 1000, 1.0), ("lake", 500, 750, 1.5)]


def test_linking_is_set_beside_the_join_by_hand():
    assert ratios(RESULT)["linking / joined by clean numbers"] == 1.5
    assert body("with a as (select (1) as x), b as (select 2) from b", "a") == "select (1) as x"
    with pytest.raises(ValueError, match="not closed"):
        body("with a as (select (1)", "a")


def test_the_page_shows_ratios_and_says_what_is_missing(a):
    page = report.markdown(a)
    assert "| full build / floor | 10.00 |" in page
    assert "NO IDENTITY REGISTER" in page
    assert "Stock GX cannot express: R99." in page
    assert "key by key, for 1 rules" in page


def test_rules_by_hand_that_differ_are_said(a):
    b = changed()
    b["instead"]["by_hand"]["differing"] = {"R01": {"only_pipeline": 2, "only_hand": 1}}
    assert any(line.startswith("NOT EQUAL: R01") for line in report.differences(b["instead"]))


def test_a_written_result_reads_back_and_compares_with_itself(a, tmp_path):
    file = report.write(a, tmp_path)
    assert file.name == "1pct-202403010800-abc.json"
    back = json.loads(file.read_text(encoding="utf-8"))
    assert back == a
    assert "No rule's precision or recall changed." in compare.markdown(back, a)
