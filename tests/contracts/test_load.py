import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from open_data_contract_standard.model import OpenDataContractStandard

from pipelines.contracts import CONTRACTS, ContractError, load_contracts

FEEDS = load_contracts()
FILES = sorted(CONTRACTS.rglob("*.odcs.yaml"))


def test_the_twelve_feeds_are_there():
    assert {f.code: f.table for f in FEEDS.values()} == {
        "F01": "public_security__residents",
        "F03": "public_security__hukou_events",
        "F04": "health__death_certificates",
        "F07": "civil_affairs__marriages",
        "F08": "civil_affairs__social_assistance",
        "F10": "civil_affairs__old_age_allowance",
        "F11": "disabled_federation__disability_cards",
        "F14": "market_regulation__enterprises",
        "F17": "human_resources__employment_insurance",
        "F20": "medical_insurance__enrolments",
        "F31": "grid_centre__grid_survey",
        "F36": "civil_affairs__divisions",
    }


@pytest.mark.parametrize("file", FILES, ids=lambda p: p.stem)
def test_every_contract_is_valid_odcs(file: Path):
    schema = json.loads(OpenDataContractStandard.json_schema())
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert document["apiVersion"] == "v3.1.0"
    jsonschema.validators.validator_for(schema)(schema).validate(document)


def test_a_feed_holds_what_its_contract_says():
    feed = FEEDS["F08"]
    assert feed.key_columns == ("id_no", "category", "pay_month")
    assert (feed.department_name, feed.title, feed.mode, feed.format) == (
        "市民政局",
        "社会救助发放",
        "append",
        "xlsx",
    )
    assert (feed.scope_kind, feed.cadence, feed.retention) == ("county", "每月", "36 个月")
    assert feed.thresholds.max_quarantine_share == 0.3
    category = feed.by_name["category"]
    assert category.code_list == ("低保", "特困", "低边", "临时救助")
    assert (category.required, category.key, category.classification) == (True, True, "L4")
    assert feed.by_name["amount"].type == "decimal"
    assert feed.by_name["id_no"].mask == "last2"
    assert FEEDS["F01"].by_name["sex_code"].code_labels == (("1", "男"), ("2", "女"))


def test_the_fields_townships_may_correct_are_three():
    correctable = {(f.code, c.name) for f in FEEDS.values() for c in f.columns if "correctable" in c.tags}
    assert correctable == {("F31", "grid_code"), ("F31", "living_type"), ("F01", "status_name")}


def test_every_id_of_a_person_is_masked_and_read_as_an_identifier():
    ids = [c for f in FEEDS.values() for c in f.columns if c.name.endswith("id_no")]
    assert len(ids) == 13
    assert all(c.is_identifier and c.mask == "last2" and c.classification >= "L3" for c in ids)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("kind: DataContract", "kindd: DataContract", "kindd"),
        ("logicalType: date", "logicalType: moment", "moment"),
        ("classification: L4", "classification: L9", "column card_no: classification 'L9'"),
        ("tags: [敏感]", "tags: [秘密]", "unknown tag '秘密'"),
        ('"mask:last2"', '"mask:first6"', "unknown tag 'mask:first6'"),
        ('敏感, "mask:last2"', "敏感", "needs a mask"),
        ("primaryKey: true", "primaryKey: false", "no primaryKey"),
        ("value: F11", "value: 11F", "feedCode"),
        ("value: F11", "value: F01", "exists already"),
        ("deliveryMode, value: full", "deliveryMode, value: sometimes", "deliveryMode 'sometimes'"),
        ("(?P<period>", "(", "lacks the named groups period"),
        ("(?P<period>", "((?P<period>", "no regular expression"),
        ("残疾证号", "残疾类别", "heading 残疾类别 belongs to 2 columns"),
        ("- name: level_code", "- name: class_code", "column class_code is there 2 times"),
        ("codeLabels, value: {", "codeLabels, value: {9: 其他, ", "outside the code list: 9"),
        ("property: feedCode", "property: feedcode", "feedCode"),
        ("maxRowRatio", "maxRows", "maxRows"),
        ("schema:", "schema: {", "disability_cards.odcs.yaml"),
        ("{property: feedCode", "{property: nilReturn, value: maybe}\n  - {property: feedCode", "nilReturn 'maybe'"),
        ("{property: feedCode", "{property: firstPeriod, value: 202413}\n  - {property: feedCode", "firstPeriod"),
        ("slaProperties:\n", "slaProperties:\n  - {property: dueDay, value: -1, unit: d}\n", "dueDay -1"),
    ],
)
def test_a_bad_contract_is_refused_by_file_and_reason(spoil, old: str, new: str, complaint: str):
    with pytest.raises(ContractError) as refused:
        load_contracts(spoil(old, new))
    assert complaint in str(refused.value)
    assert "odcs.yaml" in str(refused.value)


@pytest.mark.parametrize(
    ("frequency", "more", "months"),
    [
        ("1, unit: d", "", 1), ("1, unit: w", "", 1), ("1, unit: m", "", 1), ("1, unit: q", "", 3),
        ("6, unit: m", "", 6), ("1, unit: y", "", 12),
        ("1, unit: y", "  - {property: deliveryPeriod, value: 3, unit: m}\n", 3),
    ],
)  # fmt: skip
def test_a_delivery_is_due_as_often_as_a_file_name_can_say(spoil, frequency: str, more: str, months: int):
    old = "slaProperties:\n  - {property: frequency, value: 1, unit: m}\n"
    feed = load_contracts(spoil(old, f"slaProperties:\n  - {{property: frequency, value: {frequency}}}\n{more}"))["F11"]
    assert (feed.period_months, feed.first_period, feed.due_days, feed.nil_return) == (months, "202401", 10, "never")


def test_when_and_how_a_feed_is_due_stands_in_its_contract(spoil):
    old = "slaProperties:\n"
    spoil(old, "slaProperties:\n  - {property: dueDay, value: 5, unit: d}\n")
    old, more = "customProperties:\n  - {property: feedCode", "  - {property: firstPeriod, value: 202504}\n"
    new = f"customProperties:\n{more}  - {{property: nilReturn, value: required}}\n  - {{property: feedCode"
    feed = load_contracts(spoil(old, new))["F11"]
    assert (feed.first_period, feed.due_days, feed.nil_return) == ("202504", 5, "required")
    assert load_contracts()["F08"].nil_return == "optional"


def test_an_empty_folder_has_no_feeds(tmp_path: Path):
    assert load_contracts(tmp_path) == {}
