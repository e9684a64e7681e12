"""The catalogue: complete, in agreement with the suites, and refusing contradictions."""

from datetime import date

import pytest
import yaml

from pipelines.give.returns.questions import meaning
from pipelines.judge.rules import ALIVE, DEAD, RULES_FILE, Correction, load_rules
from pipelines.judge.verify.suites import check_suites, load_suites
from pipelines.kit.contracts.feed_file import load_feed_files
from pipelines.kit.house_files import HouseFileError

WANTED = {
    "R01", "R02", "R05", "R07", "R08", "R11", "R15", "R17", "R20", "R21", "R22", "R25", "R35", "R36", "R37", "R38",
    "R39", "R41", "R42", "R44", "R45", "R46", "R47",
    "R40", "R43",  # of packs
}  # fmt: skip


def test_the_rules_there_are_seven_of_which_ask_the_township():
    rules = load_rules()
    assert set(rules) == WANTED
    assert {k for k, r in rules.items() if r.asks_township} == {"R11", "R17", "R20", "R22", "R36", "R41", "R44"}
    assert {r.severity for r in rules.values()} == set("CHMLI")
    assert all(r.title_zh and r.title_en and r.problem_zh[-1] == r.fix_zh[-1] == "。" for r in rules.values())
    assert (rules["R01"].working_days, rules["R47"].working_days) == (10, 5)
    check_suites(load_suites(), rules)


def test_answers_say_what_they_change():
    rules = load_rules()
    assert rules["R11"].answer("correct_grid").correction == Correction("F31", "grid_code", None)
    assert rules["R11"].answer("correct_grid").needs_value and rules["R11"].answer("correct_grid").value_list == "grid"
    assert rules["R17"].answer("dead").correction == Correction("F01", "status_name", "死亡注销")
    assert rules["R17"].answer("alive").dispute_to == rules["R20"].answer("alive").dispute_to == "death_feed"
    assert [(a.code, a.words, a.kind) for a in rules["R22"].answers] == [
        ("informed", "已通知申领", "fix"),
        ("not_eligible", "不符合条件", "not_error"),
        ("declined", "本人放弃", "not_error"),
    ]
    assert rules["R22"].said("没有这个") is rules["R22"].said("declined") is None
    assert rules["R22"].said("本人放弃") is rules["R22"].answer("declined")
    assert rules["R22"].valid_from == date(2023, 1, 1)


def test_a_word_on_life_and_death_means_the_same_wherever_it_is_asked():
    """Whoever offers 确认健在 or 确认已死亡 has to keep the same promise; agreeing is no dispute."""
    answers = [a for rule in load_rules().values() for a in rule.answers]
    said = {(a.code, a.words, a.asserts, a.marks) for a in answers if a.code in ("alive", "dead")}
    assert said == {("alive", "确认健在", ALIVE, "生死"), ("dead", "确认已死亡", DEAD, None)}
    assert {a.kind for a in answers if a.asserts == ALIVE} == {"dispute"}
    assert {a.kind for a in answers if a.asserts == DEAD} == {"fix", "confirm"}


def test_every_feed_that_tells_of_deaths_has_words_for_it():
    telling = {feed.code for feed in load_feed_files() if feed.says and any(e.kind == "death" for e in feed.says.event)}
    assert {*load_rules()["R17"].value_labels["death_feed"]} == telling


def test_every_promise_to_a_township_follows_from_the_data():
    rules = load_rules()
    told = {(r.rule_id, a.code): meaning(r, a) for r in rules.values() for a in r.answers}
    assert len(told) == 25
    for (rule_id, code), words in told.items():
        answer = rules[rule_id].answer(code)
        assert ("有异议」" in words) == (answer.marks is not None)
        assert ("立即按健在处理" in words) == (answer.asserts == ALIVE)
        assert ("按已死亡处理" in words) == (answer.asserts == DEAD and answer.kind == "confirm")


def test_corrections_name_correctable_fields_of_the_contracts():
    from pipelines.kit.contracts import load_contracts

    feeds = load_contracts()
    corrections = [a.correction for r in load_rules().values() for a in r.answers if a.correction]
    assert len(corrections) == 2
    for c in corrections:
        assert "correctable" in feeds[c.feed].by_name[c.field].tags


A = {"code": "a", "words": "甲"}
TYPED = A | {"kind": "fix", "needs_value": True, "correction": {"field": "F31.grid_code", "value": "输入"}}
RECORDED = A | {"kind": "not_error", "only_recorded": True}


@pytest.mark.parametrize(
    ("rule_id", "change", "message"),
    [
        ("R11", {"severity": "X"}, "rules.R11.severity: input should be .*'I', is \"X\""),
        ("R11", {"answers": []}, "rules.R11: must have question_zh and answers"),
        ("R01", {"asks_township": True}, "rules.R01: must have question_zh and answers"),
        ("R11", {"answers": [A | {"kind": "maybe"}]}, "rules.R11.answers.0.kind: .*'confirm', is \"maybe\""),
        ("R11", {"question_zh": ""}, "rules.R11: must have question_zh"),
        ("R11", {"answers": [A | {"kind": "dispute"}]}, "dispute_to"),
        ("R11", {"answers": [A | {"kind": "dispute", "dispute_to": "row"}]}, "marks"),
        ("R11", {"answers": [A | {"kind": "fix", "marks": "网格"}]}, "marks"),
        ("R11", {"answers": [A | {"kind": "fix"}]}, "only_recorded"),
        ("R11", {"answers": [A | {"kind": "fix", "asserts": "死亡", "only_recorded": True}]}, "only_recorded"),
        ("R11", {"answers": [A | {"kind": "confirm", "asserts": "失踪"}]}, "asserts"),
        ("R11", {"answers": [A | {"kind": "fix", "needs_value": True, "only_recorded": True}]}, "needs_value"),
        ("R11", {"answers": [RECORDED | {"code": "确认"}]}, "rules.R11.answers.0.code: string should match pattern"),
        ("R11", {"answers": [RECORDED, RECORDED | {"words": "乙"}]}, "two answers of one code"),
        ("R11", {"answers": [RECORDED, RECORDED | {"code": "b"}]}, "the same words"),
        ("R11", {"answers": [RECORDED, RECORDED | {"code": "b", "words": "乙", "formerly": ["甲"]}]}, "the same words"),
        ("R11", {"answers": [TYPED | {"value_list": "anything"}]}, "answers.a.value_list: a typed value is one of"),
        ("R11", {"answers": [TYPED]}, "answers.a.value_list: a typed value is one of"),
        ("R01", {"needs": "F15"}, 'rules.R01.needs: input should be a valid array, is "F15"'),
        ("R01", {"needs": ["F15", "F99"]}, "rules.R01.needs: no feed F99; see docs/catalogue"),
        ("R01", {"question_zh": None}, "rules.R01.question_zh: input should be a valid string, is null"),
        ("R01", {"needz": []}, "rules.R01.needz: is no key; known are answers, asks_township"),
        ("R01", {"source": "nobody"}, "rules.R01.source: 'nobody' is neither row nor a department"),
        ("R11", {"answers": [RECORDED | {"formerly": "乙"}]}, "rules.R11.answers.0.formerly: .*array"),
        ("R11", {"answers": [TYPED | {"correction": {"field": "F31.grid", "value": "1"}}]}, "needs_value and a typed"),
        ("R11", {"answers": [A | {"kind": "fix", "correction": {"field": "F31.survey_date", "value": "1"}}]},
         "F31.survey_date is no correctable column"),
        ("r1; DROP", {}, "rules.r1; DROP: string should match pattern"),
    ],
)
def test_contradictions_are_refused_with_rule_and_key(tmp_path, rule_id, change, message):
    document = yaml.safe_load(RULES_FILE.read_text(encoding="utf-8"))
    document["rules"][rule_id] = {**document["rules"].get(rule_id, document["rules"]["R01"]), **change}
    path = tmp_path / "rules.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    with pytest.raises(HouseFileError, match=message):
        load_rules(path)
