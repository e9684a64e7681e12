"""A whole verification turn over small tables: every rule finds exactly its planted rows."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date

import duckdb
import pytest

from pipelines.give.returns.own_rows import own_reference
from pipelines.judge.rules import load_rules
from pipelines.judge.verify.compiled import Sessions
from pipelines.judge.verify.run import load_suites, verify
from pipelines.judge.wording import Wording
from pipelines.kit.contracts import load_contracts
from pipelines.kit.house_files import HouseFileError
from pipelines.kit.keys import ticket_id
from pipelines.kit.paths import PROJECT_ROOT
from tests.judge.verify.samples import DEPARTMENTS, FAILING, TABLES, create

AS_OF = date(2024, 1, 31)
RULES, SUITES = load_rules(), load_suites()
WORDING = Wording(load_contracts())


@pytest.fixture(scope="module")
def results(lake):
    for table in TABLES:
        create(lake, table)
    made = {r.rule_id: r for r in verify(lake, AS_OF, SUITES, RULES, DEPARTMENTS)}
    lake.execute("CREATE TEMP TABLE first_run AS FROM anomaly_now")
    return made


def anomaly(con, rule_id, entity_key):
    cursor = con.execute(
        "SELECT * FROM first_run WHERE rule_id = ? AND entity_key = ?", [rule_id, entity_key]
    )
    names = [c[0] for c in cursor.description]
    return dict(zip(names, cursor.fetchone(), strict=True))


def test_every_suite_has_a_table_here():
    assert {s["name"] for s in SUITES} == set(TABLES)


@pytest.mark.parametrize("rule_id", sorted(FAILING))
def test_each_rule_names_its_failing_rows_and_no_other(lake, results, rule_id):
    found = {
        e
        for (e,) in lake.execute(
            "SELECT entity_key FROM first_run WHERE rule_id = ?", [rule_id]
        ).fetchall()
    }
    result = results[rule_id]
    assert found == FAILING[rule_id]
    assert (result.error, result.passed, result.unexpected) == (None, False, len(found))
    assert result.evaluated == len(TABLES[result.suite][1])
    assert result.sample == tuple(sorted(found))


def test_a_second_run_finds_the_same_in_the_columns_of_the_ledger(lake, results):
    again = verify(lake, AS_OF, SUITES, RULES, DEPARTMENTS)
    assert {r.rule_id: r for r in again} == results and len(again) == len(RULES)
    first = lake.execute("FROM first_run ORDER BY ALL").fetchall()
    assert lake.execute("FROM anomaly_now ORDER BY ALL").fetchall() == first and len(first) > 15
    told, kept = (lake.execute(f"FROM {t} LIMIT 0").pl().columns for t in ("anomaly_now", "lake.ledger.anomaly"))
    assert kept == ["first_seen", "last_seen", *told]


def shown(con, rule_id, entity_key):
    found = anomaly(con, rule_id, entity_key)
    return WORDING.evidence(RULES[rule_id], json.loads(found["evidence"]), found["feed"])


def test_an_anomaly_says_by_column_what_is_wrong_where_and_whose_it_is(lake, results):
    a = anomaly(lake, "R11", "missing")
    assert json.loads(a["evidence"]) == {
        "name": "李四",
        "grid_defect": "missing",
        "house_grid_code": "370602001001001",
        "house_no": "2", "village_name": "甲村",
        "house_address": "某路2号",
        "living_type": "租住",
        "survey_date": "2024-01-05",
    }  # fmt: skip
    assert list(shown(lake, "R11", "missing").items())[:3] == [
        ("姓名", "李四"), ("网格问题", "未填写"), ("同屋网格", "370602001001001"),
    ]  # fmt: skip
    assert (a["field"], a["value"], a["department"], a["severity"], a["fixer"]) == (
        "grid_code",
        None,
        "grid_centre",
        "M",
        "T",
    )
    assert (a["township_code"], a["record_key"], a["group_key"]) == ("370602001", "r-missing", "g-missing")
    assert a["ticket_id"] == ticket_id("R11", "missing")
    assert (a["subject_kind"], a["subject_id"]) == ("person", "p-missing")
    assert a["rule_version"] == RULES["R11"].version


def test_the_subject_is_what_the_rule_speaks_about_or_else_the_record(lake, results):
    about = [
        ("R01", "checksum"), ("R02", "birth"), ("R05", "legacy"), ("R15", "none"), ("R46", "ticket-2"), ("R47", "held"),
    ]  # fmt: skip
    found = [anomaly(lake, rule, entity) for rule, entity in about]
    assert [(a["subject_kind"], a["subject_id"]) for a in found] == [
        ("record", "r-checksum"), ("person", "p-birth"), ("enterprise", "g-legacy"), ("household", "g-none"),
        ("record", "r-ticket-2"), ("delivery", "held"),
    ]  # fmt: skip


def test_the_field_is_the_one_that_is_wrong(lake, results):
    """Of two numbers of a row, and of a card's columns; with its value."""
    found = [anomaly(lake, rule, entity) for rule, entity in (("R01", "checksum"), ("R25", "expired"))]
    assert [(a["field"], a["value"]) for a in found] == [
        ("husband_id_no", "370602199001011235"), ("valid_to", "2020-01-01"),
    ]  # fmt: skip


def test_names_with_quotes_and_codes_are_shown_as_people_read_them(lake, results):
    assert json.loads(anomaly(lake, "R02", "birth")["evidence"])["identity_conflict"] == "birth"
    evidence = shown(lake, "R02", "birth")
    assert (evidence["姓名"], evidence["性别"], evidence["与证号不符项"]) == ("王'五", "男", "出生日期")
    assert shown(lake, "R35", "bad")["企业名称"] == "乙公司"
    assert shown(lake, "R17", "late")["死亡信息来源"] == "卫健死亡医学证明"


def test_payments_after_death_are_told_as_far_as_they_are_known(lake, results):
    still = shown(lake, "R20", "dead")
    assert (still["身故后已知发放月数"], still["身故后已知发放金额"]) == ("3 个月", "1500 元")
    assert still["数据起始月份"] == "2023-11"
    assert still["身故后发放情况"] == "最新月份仍在发放"
    ended = shown(lake, "R20", "unknown")
    assert "身故后已知发放金额" not in ended  # nobody delivered one
    assert (ended["最近发放月份"], ended["已交付最新月份"]) == ("2023-12", "2024-01")
    assert ended["身故后发放情况"] == "最新月份未发放（补发除外）"


def test_the_month_not_paid_is_named(lake, results):
    evidence = shown(lake, "R22", "stopped")
    assert (evidence["最近发放月份"], evidence["未领取月份"]) == ("2023-11", "2024-01")


def test_who_reads_of_insurance_after_cancellation_finds_the_row_in_its_own_data(lake, results):
    a = anomaly(lake, "R35", "bad")
    references = [a["source_ref"], *json.loads(a["evidence"]).values()]
    assert own_reference(a["department"], references, load_contracts()) == "F17/d/7"


def test_the_department_is_the_rows_own_unless_the_rule_names_one(lake, results):
    assert anomaly(lake, "R05", "legacy")["department"] == "market_regulation"
    assert anomaly(lake, "R35", "bad")["department"] == "human_resources"


def test_a_flip_back_speaks_about_the_original_ticket_and_its_field(lake, results):
    a = anomaly(lake, "R46", "ticket-2")
    assert (a["ticket_id"], a["field"], a["value"], a["department"]) == (
        "ticket-2",
        "grid_code",
        "9",
        "grid_centre",
    )


def test_the_dated_parameter_of_the_day_is_used(lake, results):
    later = {r.rule_id: r for r in verify(lake, date(2024, 7, 1), SUITES, RULES, DEPARTMENTS)}
    assert later["R17"].unexpected == 2  # 10 days from July on: the fresh death counts too
    early = {r.rule_id: r for r in verify(lake, date(2019, 7, 1), SUITES, valid_since(2010), DEPARTMENTS)}
    assert "grace_days" in early["R17"].error and early["R17"].passed is False


def valid_since(year):
    return {k: replace(r, valid_from=date(year, 1, 1)) for k, r in RULES.items()}


def test_a_rule_not_yet_valid_is_not_asked(lake, results):
    rules = {**RULES, "R08": replace(RULES["R08"], valid_from=date(2024, 2, 1))}
    assert "R08" not in {r.rule_id for r in verify(lake, AS_OF, SUITES, rules, DEPARTMENTS)}


(META,) = (e["meta"] for s in SUITES for e in s["expectations"] if e["meta"]["rule_id"] == "R01")


def broken(table, rule_id, **change):
    return [
        {
            **s,
            "expectations": [
                {**e, **change} if e["meta"]["rule_id"] == rule_id else e for e in s["expectations"]
            ],
        }
        if s["name"] == table
        else s
        for s in SUITES
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"type": "expect_column_values_to_be_nonsense"},
        {"kwargs": {"column": "no_such_column"}},
        {
            "type": "expect_column_values_to_satisfy_sql",
            "kwargs": {"column": "id_no", "sql": "no_such_function(id_no)"},
        },
        {
            "type": "expect_column_values_to_satisfy_sql",
            "kwargs": {"column": "id_no", "sql": "CAST(name AS INTEGER) > 0"},
        },
        {
            "type": "expect_column_values_to_have_no_defect",
            "kwargs": {"column": "id_no", "defects": {"checksum": "no_such_function(id_no)"}},
            "meta": {**META, "defect": "id_defect"},
        },
    ],
    ids=["unknown type", "unknown column", "bad sql", "sql failing on the data", "bad sql of a defect"],
)
def test_a_rule_that_cannot_be_evaluated_is_an_error_and_never_a_pass(lake, results, change):
    again = {
        r.rule_id: r
        for r in verify(lake, AS_OF, broken("identity_claim", "R01", **change), RULES, DEPARTMENTS)
    }
    assert again["R01"].error and not again["R01"].passed and again["R01"].unexpected == 0
    if "nonsense" not in str(change):  # GX cannot tell which of a suite's rules it dropped
        assert (again["R02"].error, again["R02"].unexpected) == (None, 1)
    assert again["R11"].unexpected == 1


def test_a_missing_table_is_an_error_of_its_rules_only(lake, results):
    lake.execute("DROP TABLE lake.verify.credit_code")
    again = {r.rule_id: r for r in verify(lake, AS_OF, SUITES, RULES, DEPARTMENTS)}
    create(lake, "credit_code")
    assert "does not exist" in again["R05"].error
    assert [r.rule_id for r in again.values() if r.error] == ["R05"]


def test_suites_that_are_known_are_run_without_great_expectations(lake, results, monkeypatch):
    def none(_):
        raise AssertionError("GX was asked for")

    verify(lake, AS_OF, SUITES, RULES, DEPARTMENTS)
    monkeypatch.setattr(Sessions, "get", none)
    assert {r.rule_id: r for r in verify(lake, AS_OF, SUITES, RULES, DEPARTMENTS)} == results


def test_a_session_gives_its_cursor_back(lake, results, gx):
    with gx["Session"](lake, "lake.verify") as session:
        cursor = (
            session.batch("household_head").data.execution_engine.engine.raw_connection().driver_connection
        )
        assert cursor.execute("SELECT 1").fetchone() == (1,)
    with pytest.raises(duckdb.ConnectionException):
        cursor.execute("SELECT 1")
    assert lake.execute("SELECT 1").fetchone() == (1,)


def test_suites_and_catalogue_must_agree(lake):
    with pytest.raises(HouseFileError, match="R99"):
        verify(
            lake,
            AS_OF,
            broken("identity_claim", "R01", meta={"rule_id": "R99", "evidence": []}),
            RULES,
            DEPARTMENTS,
        )
    unnamed = {"rule_id": "R47", "subject": {"kind": "delivery"}, "evidence": ["secret_column"]}
    with pytest.raises(HouseFileError, match="no label .*secret_column"):
        verify(lake, AS_OF, broken("delivery", "R47", meta=unnamed), RULES, DEPARTMENTS)
    with pytest.raises(HouseFileError, match="R47"):
        verify(lake, AS_OF, [s for s in SUITES if s["name"] != "delivery"], RULES, DEPARTMENTS)


def test_importing_the_package_does_not_import_great_expectations():
    imports = "import sys, pipelines.judge.verify.run, pipelines.judge.verify.structure"
    code = f"{imports}; sys.exit('great_expectations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT_ROOT).returncode == 0


def judged(lake, *stale):
    """R22 and its findings where these (feed, scope) are stale."""
    lake.execute("DELETE FROM lake.ledger.freshness")
    for feed, scope in stale:
        lake.execute(
            "INSERT INTO lake.ledger.freshness BY NAME SELECT ?::DATE AS as_of, ? AS feed, ? AS scope, '202401' AS "
            "behind_period, 'refused' AS state", [AS_OF, feed, scope],
        )  # fmt: skip
    result = {r.rule_id: r for r in verify(lake, AS_OF, SUITES, RULES, DEPARTMENTS)}["R22"]
    lake.execute("DELETE FROM lake.ledger.freshness")
    found = lake.execute("SELECT entity_key FROM anomaly_now WHERE rule_id = 'R22'")
    return result, {entity for (entity,) in found.fetchall()}


@pytest.mark.parametrize(("stale", "found", "evaluated", "undetermined"), [
    ([], {"never", "stopped"}, 3, 0),
    ([("F10", "370685")], {"never"}, 2, 1),  # one county's file is missing: the others are judged
    ([("F10", "370602"), ("F08", "370602")], {"stopped"}, 1, 2),
    ([("F01", "370600")], set(), 0, 3),
    ([("F11", "370600"), ("F10", "370611"), ("F26", "370602001")], {"never", "stopped"}, 3, 0),
])  # fmt: skip
def test_a_rule_says_nothing_where_a_feed_it_needs_is_stale(lake, results, stale, found, evaluated, undetermined):
    result, entities = judged(lake, *stale)
    assert entities == found
    assert (result.evaluated, result.undetermined, result.unexpected) == (evaluated, undetermined, len(found))
    withheld = "SELECT ticket_id FROM lake.ledger.withheld WHERE rule_id = 'R22' AND as_of = ?"
    assert {t for (t,) in lake.execute(withheld, [AS_OF]).fetchall()} == {
        ticket_id("R22", e) for e in {"never", "stopped"} - found
    }


def test_what_a_stale_feed_says_still_counts_where_it_is_enough(lake, results):
    """A payment after death stays one, however old the list."""
    judged(lake, ("F10", "370600"), ("F01", "370600"))
    rules = {r for (r,) in lake.execute("SELECT DISTINCT rule_id FROM anomaly_now").fetchall()}
    assert set(FAILING) - rules == {"R17", "R22", "R44"}
