import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from open_data_contract_standard.model import OpenDataContractStandard

from pipelines.kit.contracts import CONTRACTS, load_contracts
from pipelines.kit.house_files import HouseFileError

FEEDS = load_contracts()
_CUSTOM = "\ncustomProperties:\n"
FILES = sorted(CONTRACTS.rglob("*.odcs.yaml"))


def test_all_36_feeds_are_there_and_the_map_of_one():
    assert list(FEEDS) == sorted([f"F{n:02d}" for n in range(1, 37)] + ["F23M"])
    assert FEEDS["F01"].table == "public_security__residents"
    assert {f.format for f in FEEDS.values()} == {"csv", "xlsx", "json", "geojson"}
    assert [f.code for f in FEEDS.values() if f.return_mode == "query"] == ["F16", "F20"]


def test_every_column_is_an_element_of_the_standard():
    assert all(c.element and c.source_department and c.sharing for f in FEEDS.values() for c in f.columns)


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
    assert FEEDS["F01"].by_name["sex_code"].code_labels[1:3] == (("1", "男"), ("2", "女"))


def test_the_fields_townships_may_correct_are_three():
    correctable = {(f.code, c.name) for f in FEEDS.values() for c in f.columns if "correctable" in c.tags}
    assert correctable == {("F31", "grid_code"), ("F31", "living_type"), ("F01", "status_name")}


def test_every_id_of_a_person_is_masked_and_read_as_an_identifier():
    ids = [c for f in FEEDS.values() for c in f.columns if c.name.endswith("id_no")]
    assert len(ids) == 33
    assert all(c.is_identifier and c.mask == "last2" and c.classification >= "L3" for c in ids)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("kind: DataContract", "kindd: DataContract", "kindd"),
        ("logicalType: date", "logicalType: moment", "moment"),
        ("classification: L4", "classification: L9", "column card_no: classification 'L9'"),
        ("tags: [敏感]", "tags: [秘密]", "unknown tag '秘密'"),
        ("mask:last2", "mask:first6", "unknown tag 'mask:first6'"),
        ("敏感, 'mask:last2'", "敏感", "needs a mask"),
        ("primaryKey: true", "primaryKey: false", "no primaryKey"),
        ("value: F11", "value: 11F", "feedCode"),
        ("value: F11", "value: F01", "exists twice"),
        ("value: full\n", "value: sometimes\n", "deliveryMode 'sometimes'"),
        ("(?P<period>", "(", "lacks the named groups period"),
        ("(?P<period>", "((?P<period>", "no regular expression"),
        ("残疾证号", "残疾类别", "heading 残疾类别 belongs to 2 columns"),
        ("- name: level_code", "- name: class_code", "column class_code is there 2 times"),
        ("'7': 多重", "'9': 其他", "outside the code list: 9"),
        ("property: feedCode", "property: feedcode", "feedCode"),
        ("property: headerRows", "property: breakers\n  value: {maxRows: 2}\n- property: headerRows", "maxRows"),
        (
            "property: headerRows", "property: breakers\n  value: {maxDeleteShare: 10}\n- property: headerRows",
            "breaker max_delete_share 10 is out of range",
        ),
        ("schema:", "schema: {", "disability_cards.odcs.yaml"),
        (_CUSTOM, f"{_CUSTOM}- property: nilReturn\n  value: maybe\n", "nilReturn 'maybe'"),
        (_CUSTOM, f"{_CUSTOM}- property: firstPeriod\n  value: 202413\n", "firstPeriod"),
        ("property: dueDay\n  value: 5", "property: dueDay\n  value: -1", "dueDay -1"),
    ],
)
def test_a_bad_contract_is_refused_by_file_and_reason(spoil, old: str, new: str, complaint: str):
    with pytest.raises(HouseFileError) as refused:
        load_contracts(spoil(old, new))
    assert complaint in str(refused.value)


@pytest.mark.parametrize(
    ("value", "unit", "months"), [(1, "d", 1), (2, "w", 1), (1, "m", 1), (1, "q", 3), (6, "m", 6), (1, "y", 12)]
)
def test_a_delivery_is_due_as_often_as_a_file_name_can_say(spoil, value: int, unit: str, months: int):
    every = "property: frequency\n  value: {}\n  unit: {}\n"
    feed = load_contracts(spoil(every.format(1, "m"), every.format(value, unit)))["F11"]
    assert (feed.period_months, feed.first_period, feed.due_days, feed.nil_return) == (months, "202401", 5, "never")


def test_the_first_period_and_nil_returns_stand_in_the_contract(spoil):
    more = "- property: firstPeriod\n  value: 202504\n- property: nilReturn\n  value: required\n"
    feed = load_contracts(spoil(_CUSTOM, _CUSTOM + more))["F11"]
    assert (feed.first_period, feed.nil_return) == ("202504", "required")
    assert (FEEDS["F08"].nil_return, FEEDS["F09"].period_months, FEEDS["F21"].period_months) == ("optional", 3, 6)


def test_an_empty_folder_has_no_feeds(tmp_path: Path):
    assert load_contracts(tmp_path) == {}
