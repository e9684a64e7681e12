"""Suites: readable without Great Expectations, in agreement with the dbt models they run on."""

import json
from dataclasses import replace

import duckdb
import pytest
import yaml

from pipelines.judge.rules import load_rules
from pipelines.judge.verify.anomalies import KEY_COLUMNS, cell_sql
from pipelines.judge.verify.suites import SUITES_FOLDER, check_suites, fill_parameters, load_suites
from pipelines.kit.house_files import HouseFileError
from pipelines.kit.paths import PROJECT_ROOT

MODELS = PROJECT_ROOT / "dbt_project" / "models"
SUITES = {s["name"]: s for s in load_suites()}
DESCRIBED = {p.stem: p for folder in ("verify", "packs") for p in (MODELS / folder).rglob("*.yml")}


def test_there_is_one_suite_per_verify_model():
    in_verify = {p.stem for p in (MODELS / "verify").glob("*.sql")}
    of_packs = {p.stem for p in (MODELS / "packs").rglob("*.sql") if "config(schema='verify')" in p.read_text()}
    assert set(SUITES) == in_verify | of_packs
    assert (len(in_verify), len(of_packs)) == (22, 2)


@pytest.mark.parametrize("name", sorted(SUITES))
def test_every_column_a_suite_needs_is_a_documented_column_of_its_model(name):
    document = yaml.safe_load(DESCRIBED[name].read_text(encoding="utf-8"))
    columns = {c["name"] for m in document["models"] if m["name"] == name for c in m["columns"]}
    needed = set(KEY_COLUMNS.split(", "))
    for expectation in SUITES[name]["expectations"]:
        meta = expectation["meta"]
        needed |= {expectation["kwargs"]["column"], meta["value"], meta["subject"]["id"], *meta["evidence"]}
        needed |= {meta["field_column"]} if "field_column" in meta else set()
    told = {e["meta"].get("defect") for e in SUITES[name]["expectations"]}  # decided in the suite
    assert needed - columns - told == set()


def test_a_suite_named_differently_from_its_file_is_refused(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({"name": "b", "expectations": []}))
    with pytest.raises(HouseFileError, match="a.json"):
        load_suites(tmp_path)


def test_structural_suites_are_not_business_suites():
    assert (SUITES_FOLDER / "structure").is_dir()
    assert not [n for n in SUITES if n.startswith("structure")]


def test_parameters_are_filled_by_rule_and_name():
    (expectation,) = SUITES["life_state"]["expectations"]
    filled = fill_parameters(expectation, {("R17", "grace_days"): 30, ("R22", "grace_days"): 60})
    assert filled["kwargs"] == {"column": "days_since_death", "max_value": 30}
    assert filled["meta"] == expectation["meta"]
    assert expectation["kwargs"]["max_value"] == {"$PARAMETER": "grace_days"}
    with pytest.raises(HouseFileError, match="R17: no value of parameter grace_days"):
        fill_parameters(expectation, {("R22", "grace_days"): 60})


DEFECTS = {
    "type": "expect_column_values_to_have_no_defect",
    "kwargs": {"column": "entity_key", "defects": {"late": "days > {grace_days}", "unknown": "days < 0"}},
    "severity": "warning",
    "meta": {
        "rule_id": "R17",
        "subject": {"kind": "person", "id": "entity_key"},
        "evidence": ["life_defect"],
        "value": "life_defect",
        "defect": "life_defect",
    },
}


def test_the_code_of_the_first_defect_that_holds_is_evidence():
    filled = fill_parameters(DEFECTS, {("R17", "grace_days"): 30})
    assert filled["kwargs"]["defects"] == {"late": "days > 30", "unknown": "days < 0"}
    keys = "(SELECT 'k' AS entity_key, 't' AS township_code, 'r' AS record_key)"
    rows = f"(VALUES (31), (-1), (NULL)) AS v (days), {keys}"
    found = duckdb.sql(f"SELECT ({cell_sql(filled['meta'])}).value FROM {rows}").fetchall()
    assert found == [("late",), ("unknown",), (None,)]
    with pytest.raises(HouseFileError, match="R17: no value of parameter grace_days"):
        fill_parameters(DEFECTS, {})


def test_every_defect_has_a_word():
    rules = load_rules()
    suites = [{**s, "expectations": [DEFECTS]} if s["name"] == "life_state" else s for s in load_suites()]
    with pytest.raises(HouseFileError, match=r"life_state.json: R17: .*life_defect"):
        check_suites(suites, rules)
    words = {"life_defect": {"late": "逾期"}}
    rules["R17"] = replace(rules["R17"], labels={"life_defect": "问题"}, value_labels=words)
    with pytest.raises(HouseFileError, match=r"R17: defects: no word in rules.yaml for \['unknown'\]"):
        check_suites(suites, rules)
