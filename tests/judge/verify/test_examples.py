"""The example on a rule's page is a row of its table that the rule finds, and no other rule."""

import json
from datetime import date

from pipelines.judge.rules import load_rules
from pipelines.judge.verify.run import load_suites, verify
from pipelines.kit.contracts import load_contracts
from tests.judge.verify.samples import TABLES

RULES, SUITES = load_rules(), load_suites()
CHECKED = {e["meta"]["rule_id"]: (s["name"], e["meta"]) for s in SUITES for e in s["expectations"]}
_KEYS = ("entity_key", "group_key", "township_code", "record_key", "source_ref", "person_id")


def test_each_example_holds_columns_of_its_evidence_and_the_feed_of_its_row():
    for rule_id, rule in RULES.items():
        table, meta = CHECKED[rule_id]
        decides = {c.split(" ")[0] for c in TABLES[table][0].split(", ")}
        assert set(rule.example) <= {"feed", *meta["evidence"], *decides}, rule_id
        assert rule.example["feed"] in load_contracts(), rule_id


def test_each_rule_finds_its_example_and_no_other(lake):
    departments = {code: feed.department for code, feed in load_contracts().items()}
    for table, (columns, _) in TABLES.items():
        typed = [c if " " in c else f"{c} VARCHAR" for c in columns.split(", ")]
        keys = ", ".join(f"{key} VARCHAR" for key in (*_KEYS, "feed"))
        lake.execute(f"CREATE TABLE lake.verify.{table} ({keys}, {', '.join(typed)})")
    decided = {}
    for rule_id, (table, _) in CHECKED.items():
        row = {**dict.fromkeys(_KEYS, rule_id), **RULES[rule_id].example}
        decided[rule_id] = row.pop(CHECKED[rule_id][1].get("defect"), None)  # by the suite, not in the table
        if table == "old_age_entitlement":
            row["county_code"] = "370602"
        marks = ", ".join("?" * len(row))
        lake.execute(f"INSERT INTO lake.verify.{table} ({', '.join(row)}) VALUES ({marks})", [*row.values()])
    verify(lake, date(2024, 1, 31), SUITES, RULES, departments)
    found = lake.execute("SELECT rule_id, entity_key FROM anomaly_now ORDER BY ALL").fetchall()
    assert found == [(rule_id, rule_id) for rule_id in sorted(RULES)]
    evidence = dict(lake.execute("SELECT rule_id, evidence FROM anomaly_now").fetchall())
    for rule_id, code in decided.items():
        if defect := CHECKED[rule_id][1].get("defect"):
            assert json.loads(evidence[rule_id])[defect] == code, rule_id
