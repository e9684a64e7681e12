"""What was found, from which turn to which: seen, gone, back, changed, run again, taken back."""

from datetime import date

import pytest

from pipelines.judge.ledger import findings, schema, shown
from pipelines.judge.rules import load_rules
from pipelines.judge.verify.results import RuleResult

RULES = load_rules()
T1, T2, T3, T4 = date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30)
COLUMNS = [c.split()[0] for c in schema.SPAN_TABLES["anomaly"].split(", ")][2:]


def check(con, as_of, *found, evidence="{}"):
    """Record a turn in which the rule R11 finds these entities."""
    rows = ", ".join(f"('{key}')" for key in found)
    known = {"rule_id": "'R11'", "entity_key": "key", "ticket_id": "'t' || key", "evidence": f"'{evidence}'"}
    cells = ", ".join(f"CAST({known.get(c, 'NULL')} AS VARCHAR) AS {c}" for c in COLUMNS)
    where = f"(VALUES {rows}) f(key)" if found else "(VALUES ('')) f(key) WHERE false"
    con.execute(f"CREATE OR REPLACE TEMP TABLE anomaly_now AS SELECT {cells} FROM {where}")
    results = [RuleResult("R11", "survey_residence", not found, 9, len(found), undetermined=2)]
    findings.record(con, as_of, results, RULES)


def turn(con, as_of, *found, **how):
    """A whole turn, closed."""
    schema.open_turn(con, as_of)
    check(con, as_of, *found, **how)
    con.execute("INSERT INTO lake.ledger.turn VALUES (?)", [as_of])


def spans(con):
    return con.execute("SELECT entity_key, first_seen, last_seen FROM lake.ledger.anomaly ORDER BY ALL").fetchall()


def stood(con, as_of):
    asked = f"SELECT entity_key FROM {findings.standing()} ORDER BY 1"
    return [e for (e,) in con.execute(asked, {"as_of": as_of}).fetchall()]


@pytest.fixture
def three(con):
    """a is seen in every turn; b in the first and the third."""
    turn(con, T1, "a", "b")
    turn(con, T2, "a")
    turn(con, T3, "a", "b")
    return con


def test_what_stands_has_one_row_and_what_comes_back_a_second(three):
    assert spans(three) == [("a", T1, T3), ("b", T1, T1), ("b", T3, T3)]
    assert [stood(three, t) for t in (T1, T2, T3, T4)] == [["a", "b"], ["a"], ["a", "b"], []]
    kept = three.execute("SELECT as_of, rule_id, evaluated, unexpected, undetermined FROM lake.ledger.rule_result")
    assert sorted(kept.fetchall()) == [(T1, "R11", 9, 2, 2), (T2, "R11", 9, 1, 2), (T3, "R11", 9, 2, 2)]


def test_a_turn_is_told_beside_the_one_before_it(three):
    turn(three, T4, "b", "c", "d")
    told = {t: findings.changes(three, t, ["R11", "R17"])["R11"] for t in (T1, T2, T3, T4)}
    assert told == {
        T1: findings.Change(None, 2), T2: findings.Change(2, 0, 9), T3: findings.Change(1, 1, 9),
        T4: findings.Change(2, 2, 9),
    }  # fmt: skip
    assert findings.changes(three, T4, ["R17"]) == {"R17": findings.Change(None, 0)}


def test_a_rule_that_broke_is_on_record_as_such(con):
    check(con, T1)
    findings.record(con, T1, [RuleResult("R11", "survey_residence", False, 0, 0, error="no such table")], RULES)
    kept = con.execute("SELECT rule_id, error, unexpected FROM lake.ledger.rule_result WHERE as_of = ?", [T1])
    assert kept.fetchall() == [("R11", "no such table", 0)]


def test_whatever_changes_begins_a_row_of_its_own(three):
    turn(three, T4, "a", evidence='{"name": "甲"}')
    assert spans(three)[:2] == [("a", T1, T3), ("a", T4, T4)]
    assert stood(three, T4) == ["a"]


def test_a_check_or_a_turn_run_again_leaves_the_same_rows(three):
    before = spans(three)
    check(three, T3, "a", "b")
    assert spans(three) == before
    turn(three, T3, "a", "b")
    assert spans(three) == before
    turn(three, T3, "a")  # what came in since took b away
    assert spans(three) == [("a", T1, T3), ("b", T1, T1)]
    turn(three, T3)
    assert spans(three) == [("a", T1, T2), ("b", T1, T1)]


def test_going_back_to_a_turn_forgets_what_later_ones_found(three):
    turn(three, T2, "b")
    assert spans(three) == [("a", T1, T1), ("b", T1, T2)]
    turn(three, T1)
    assert spans(three) == []


def test_a_turn_that_was_never_closed_is_forgotten(three):
    schema.open_turn(three, T4)
    check(three, T4, "a", "c")
    schema.open_turn(three, date(2024, 5, 31))
    assert spans(three) == [("a", T1, T3), ("b", T1, T1), ("b", T3, T3)]


def test_earlier_turns_are_told_as_they_were_before_the_one_that_asks(three):
    asked = f"SELECT entity_key, found_on FROM {findings.earlier()} ORDER BY ALL"
    assert three.execute(asked, {"as_of": T3}).fetchall() == [("a", T2), ("b", T1)]
    assert three.execute(asked, {"as_of": T4}).fetchall() == [("a", T3), ("b", T1), ("b", T3)]


def test_the_ledger_of_a_lake_of_another_layout_is_emptied_and_shows_no_turn(three):
    shown.reach(three, T3, shown.CLOSED)
    assert shown.look(three).as_of == T3
    three.execute("DROP TABLE lake.ledger.anomaly")
    three.execute("CREATE TABLE lake.ledger.anomaly (as_of DATE, rule_id VARCHAR, evidence VARCHAR)")
    three.execute("DROP TABLE lake.ledger.layout")
    assert shown.look(three) is None
    schema.ensure(three)
    assert spans(three) == three.execute("FROM lake.ledger.turn").fetchall() == []
    assert shown.look(three) is None
    schema.ensure(three)
    shown.reach(three, T3, shown.CLOSED)
    assert shown.look(three).as_of == T3
