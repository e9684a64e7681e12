"""A result's figures of rules are kept beside the rules, as the product reads them."""

import json

import pytest

from pipelines.judge.measured import Figures, load_measured
from prefecture.bench.__main__ import keep_figures
from prefecture.bench.keep import CannotKeep, keep
from tests.prefecture.bench.result import RESULT, T1, T2, rule


@pytest.fixture
def rules(tmp_path):
    file = tmp_path / "rules.yaml"
    file.write_text("rules:\n  R01: {}\n  R02: {}\n", encoding="utf-8")
    return file


def test_the_last_turn_is_kept_rule_by_rule(rules):
    last = [rule("R01", 1.0, 1.0) | {"planted": 7, "found": 6}, rule("R98", 1.0, 1.0)]
    result = RESULT | {"commit": "0123456789ab", "turns": RESULT["turns"] | {T2: {"scores": last}}}
    assert keep(result, (rules,)) == [rules.with_name("measured.yaml")]
    (told,) = load_measured(rules).values()
    assert told.figures == Figures(planted=7, found=6, false_alarms=1, traps=1, traps_fired=1)
    assert (told.when.share, str(told.when.as_of), str(told.when.measured_on)) == (0.01, T2, "2024-03-01")
    assert told.when.commit == "0123456789ab"


@pytest.mark.parametrize("changed", [
    {"turns": None}, {"turns": []}, {"turns": {T2: None}}, {"turns": {T2: {"scores": [None]}}},
    {"turns": {T2: {"scores": [{}]}}}, {"measured_at": None}, {"commit": 'a"\nrules: {}'},
])  # fmt: skip
def test_what_is_no_result_is_told_in_one_line(rules, tmp_path, changed, capsys, monkeypatch):
    monkeypatch.setattr("prefecture.bench.keep.RULES_FILE", rules)
    file = tmp_path / "result.json"
    for text in (json.dumps(RESULT | changed), "[]", "[" * 100_000):
        file.write_text(text, encoding="utf-8")
        assert keep_figures(file) == 1 and capsys.readouterr().out.count("\n") == 1
    assert not rules.with_name("measured.yaml").exists()


def test_what_scores_no_rule_of_a_file_leaves_it_alone(rules):
    assert keep(RESULT | {"turns": {T1: {"scores": [rule("R98", 1.0, 1.0)]}}}, (rules,)) == []
    assert not rules.with_name("measured.yaml").exists()


@pytest.mark.parametrize(("changed", "told"), [
    ({"is_changed": True}, "its commit says nothing"), ({"turns": {}}, "scores no rule"),
    ({"turns": {T1: {"linkage": None}}}, "scores no rule"),
])  # fmt: skip
def test_a_result_that_nobody_could_repeat_or_that_scores_nothing_is_refused(rules, tmp_path, changed, told, capsys):
    with pytest.raises(CannotKeep, match=told):
        keep(RESULT | changed, (rules,))
    file = tmp_path / "result.json"
    file.write_text(json.dumps(RESULT | changed), encoding="utf-8")
    assert keep_figures(file) == 1 and told in capsys.readouterr().out
