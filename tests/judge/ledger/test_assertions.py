"""From accepted answers to what stands: whose word on a life, and which data is under dispute."""

import json
from datetime import date

import pytest

from pipelines.judge.ledger.assertions import rebuild_standing, record_assertions
from pipelines.judge.ledger.decisions import Decision
from pipelines.judge.rules import load_rules

RULES = load_rules()
T1, T2, T3, T4 = date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30)
KINDS = {"alive": "dispute", "source_wrong": "dispute", "correct_grid": "fix", "not_an_error": "not_error"}


def asked(con, ticket, rule, as_of=T1, feed="F01", record="r"):
    con.execute(
        "INSERT INTO lake.ledger.anomaly BY NAME SELECT ? AS first_seen, ? AS last_seen, ? AS rule_id, ? AS ticket_id, "
        "? AS feed, ? AS record_key, ? AS evidence",
        [as_of, as_of, rule, ticket, feed, record, json.dumps({"id_no": f"id-{ticket}"})],
    )
    con.execute("INSERT INTO lake.ledger.return_set BY NAME SELECT ? AS as_of, ? AS set_id", [as_of, f"set-{as_of}"])


def answered(con, as_of, ticket, code, set_on=T1, outcome="accepted", row=5):
    con.execute(
        "INSERT INTO lake.ledger.answer BY NAME SELECT ? AS as_of, 'sha' AS workbook_sha256, ? AS set_id, "
        "?::BIGINT AS sheet_row, ? AS ticket_id, ? AS answer_code, ? AS answer_kind, ? AS outcome",
        [as_of, f"set-{set_on}", row, ticket, code, KINDS.get(code, "confirm"), outcome],
    )


def happened(con, as_of, ticket, event, to_state, assignee="source", seq=3):
    con.execute(
        "INSERT INTO lake.ledger.ticket_event BY NAME SELECT ? AS as_of, ? AS ticket_id, ?::BIGINT AS seq, "
        "? AS event, ? AS to_state, ? AS assignee",
        [as_of, ticket, seq, event, to_state, assignee],
    )


def decided(ticket, decision="rejected", on=T3, position=1):
    return Decision(ticket, decision, "已核实", "王五", on, "d.yaml", position)


def standing(con, as_of, *decisions):
    for turn in (t for t in (T1, T2, T3, T4) if t <= as_of):
        record_assertions(con, turn, RULES)
    rebuild_standing(con, as_of, decisions)
    return con.execute(
        "SELECT ticket_id, asserts, marks FROM lake.ledger.assertion_standing ORDER BY ticket_id"
    ).fetchall()


@pytest.mark.parametrize(
    ("rule", "code", "stands"),
    [
        ("R17", "alive", ("健在", "生死")), ("R20", "alive", ("健在", "生死")),
        ("R17", "dead", ("死亡", None)), ("R20", "dead", ("死亡", None)),
        ("R11", "source_wrong", (None, "网格")), ("R11", "correct_grid", None),
        ("R11", "not_an_error", None), ("R22", "declined", None), ("R22", "informed", None),
    ],
)  # fmt: skip
def test_every_answer_does_what_the_catalogue_says(con, rule, code, stands):
    asked(con, "t", rule)
    answered(con, T2, "t", code)
    answered(con, T2, "unknown", code)
    assert standing(con, T2) == ([("t", *stands)] if stands else [])


def test_the_word_is_about_the_person_and_the_date_the_sheet_showed(con):
    asked(con, "t", "R20", T1, "F10", "r1")
    asked(con, "t", "R20", T3, "F10", "r3")
    answered(con, T4, "t", "alive", set_on=T1)
    record_assertions(con, T4, RULES)
    assert con.execute("SELECT id_no, feed, record_key, said_on FROM lake.ledger.assertion").fetchall() == [
        ("id-t", "F10", "r3", T1)
    ]


def test_what_was_refused_or_taken_back_says_nothing(con):
    asked(con, "refused", "R17")
    answered(con, T2, "refused", "alive", outcome="rejected")
    asked(con, "changed", "R11", feed="F31")
    answered(con, T2, "changed", "source_wrong")
    assert standing(con, T2) == [("changed", None, "网格")]
    asked(con, "changed", "R11", T2, "F31")
    answered(con, T3, "changed", "correct_grid", set_on=T2)
    assert standing(con, T3) == []


def test_running_a_turn_again_says_the_same_and_forgets_later_turns(con):
    asked(con, "t", "R17")
    answered(con, T2, "t", "alive")
    first = standing(con, T2)
    happened(con, T2, "t", "source_reject", "source_rejected")  # what the same turn did before it was run again
    assert standing(con, T2) == first == [("t", "健在", "生死")]
    assert standing(con, T1) == []


@pytest.mark.parametrize("state", ["disputed_to_source", "confirmed_to_source", "returned"])
def test_a_rejection_ends_the_word_in_the_turn_that_hears_it(con, state):
    asked(con, "t", "R20")
    answered(con, T2, "t", "alive")
    happened(con, T2, "t", "answer_dispute", state)
    assert standing(con, T3, decided("t", "accepted")) == [("t", "健在", "生死")]
    assert standing(con, T3, decided("t"), decided("t", "accepted", position=2)) == [("t", "健在", "生死")]
    assert standing(con, T3, decided("t")) == []
    happened(con, T3, "t", "source_reject", "source_rejected", seq=4)
    assert standing(con, T4) == []
    answered(con, T4, "t", "alive", set_on=T3)  # asked again, the township keeps to its word
    assert standing(con, T4) == [("t", "健在", "生死")]


@pytest.mark.parametrize(("state", "holder"), [("closed", "source"), ("returned", "township")])
def test_a_rejection_that_moves_no_ticket_ends_no_word(con, state, holder):
    asked(con, "t", "R17")
    answered(con, T2, "t", "alive")
    happened(con, T2, "t", "recheck_pass", state, holder)
    assert standing(con, T3, decided("t")) == [("t", "健在", "生死")]


def test_a_mark_ends_when_the_ticket_closes_and_a_word_does_not(con):
    for ticket, rule, code in (("life", "R17", "alive"), ("grid", "R11", "source_wrong")):
        asked(con, ticket, rule)
        answered(con, T2, ticket, code)
        happened(con, T2, ticket, "answer_dispute", "disputed_to_source")
    assert [t for t, _, _ in standing(con, T3)] == ["grid", "life"]
    for ticket in ("life", "grid"):
        happened(con, T3, ticket, "recheck_pass", "closed", seq=4)
    assert standing(con, T4) == [("life", "健在", "生死")]
