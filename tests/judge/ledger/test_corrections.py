"""From accepted answers to corrections that stand."""

from datetime import date

import pytest

from pipelines.judge.ledger.corrections import rebuild_standing, record_corrections
from pipelines.judge.rules import load_rules
from pipelines.kit.tables import insert

RULES = load_rules()
T1, T2, T3 = date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)


def anomaly(con, as_of, ticket, rule, feed, value):
    insert(
        con,
        "lake.ledger.anomaly",
        [
            (
                as_of,
                as_of,
                rule,
                "1",
                "e",
                ticket,
                "M",
                "T",
                "d",
                "370602001",
                feed,
                f"r-{ticket}",
                f"{feed}/d/2",
                "f",
                value,
                "{}",
                "g", "record", f"r-{ticket}",
            )
        ],
    )


def answer(con, as_of, ticket, code, kind, value=None, outcome="accepted", sha="sha1", row=5):
    insert(
        con,
        "lake.ledger.answer",
        [
            (
                as_of,
                sha,
                "f.xlsx",
                "370602001",
                "set",
                row,
                ticket,
                None,
                code,
                kind,
                value,
                None,
                "李四",
                outcome,
                None,
                None,
            )
        ],
    )


def delivery(con, feed, seq, on):
    insert(con, "lake.ledger.delivery", [(T3, feed, f"d{seq}", seq, on, *[None] * 11)])


def corrections(con):
    return con.execute(
        "SELECT as_of, ticket_id, feed, record_key, field, wrong_value, new_value, base_delivery_seq "
        "FROM lake.ledger.correction ORDER BY as_of, ticket_id"
    ).fetchall()


@pytest.fixture
def answered(con):
    for seq, on in ((1, T1), (2, T1), (3, T2)):
        delivery(con, "F31", seq, on)
    delivery(con, "F01", 9, T1)
    anomaly(con, T1, "grid", "R11", "F31", None)
    anomaly(con, T1, "dead", "R17", "F01", "正常")
    anomaly(con, T1, "old", "R22", "F01", None)
    answer(con, T2, "grid", "correct_grid", "fix", "370602001001001")
    answer(con, T2, "dead", "dead", "fix", row=6)
    answer(con, T2, "old", "informed", "fix", row=7)
    return con


def test_a_typed_and_a_fixed_value_become_corrections_and_a_promise_does_not(answered):
    assert record_corrections(answered, T2, RULES) == 2
    assert corrections(answered) == [
        (T2, "dead", "F01", "r-dead", "status_name", "正常", "死亡注销", 9),
        (T2, "grid", "F31", "r-grid", "grid_code", "", "370602001001001", 2),
    ]


def test_running_the_turn_again_records_the_same(answered):
    record_corrections(answered, T2, RULES)
    first = corrections(answered)
    record_corrections(answered, T2, RULES)
    assert corrections(answered) == first


def test_only_accepted_fixes_count(con):
    anomaly(con, T1, "a", "R11", "F31", "x")
    anomaly(con, T1, "b", "R11", "F31", "x")
    answer(con, T2, "a", "correct_grid", "fix", "y", outcome="rejected")
    answer(con, T2, "b", "source_wrong", "dispute")
    assert record_corrections(con, T2, RULES) == 0


def test_the_latest_correction_stands_and_keeps_the_departments_own_value(answered):
    record_corrections(answered, T2, RULES)
    # the township's own grid turned out wrong: what it now sees is its first correction
    anomaly(answered, T2, "grid", "R11", "F31", "370602001001001")
    answer(answered, T3, "grid", "correct_grid", "fix", "370602001001002", sha="sha2")
    assert record_corrections(answered, T3, RULES) == 1
    assert corrections(answered)[-1][4:] == ("grid_code", "", "370602001001002", 3)
    assert rebuild_standing(answered, T3) == 2
    standing = answered.execute(
        "SELECT ticket_id, wrong_value, new_value, corrected_on FROM lake.ledger.correction_standing "
        "ORDER BY ticket_id"
    ).fetchall()
    assert standing == [("dead", "正常", "死亡注销", T2), ("grid", "", "370602001001002", T3)]
    assert rebuild_standing(answered, T2) == 2
    assert answered.execute(
        "SELECT new_value FROM lake.ledger.correction_standing WHERE ticket_id = 'grid'"
    ).fetchone() == ("370602001001001",)
