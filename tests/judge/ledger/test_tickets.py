"""Set-based advance: against the pure machine on random lives, and the stories the loop is about."""

import json
import random
from datetime import date

import pytest

from pipelines.judge.ledger import schema
from pipelines.judge.ledger.decisions import Decision
from pipelines.judge.ledger.due import SOURCE_GRACE_DAYS
from pipelines.judge.ledger.ticket import (
    CLOSED,
    CONFIRMED,
    DISPUTED,
    NOT_AN_ERROR,
    REOPENED,
    SOURCE_ACCEPTED,
    TOWNSHIP_FIXED,
    recheck_event,
    transition,
)
from pipelines.judge.ledger.tickets import advance
from pipelines.judge.rules import load_rules
from pipelines.kit.tables import insert

RULES = load_rules()
DEPARTMENTS = {"F01": "public_security", "F04": "health", "F31": "grid_centre", "F10": "civil_affairs"}
TURNS = [date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30), date(2025, 2, 28)]
T1, T2, T3 = TURNS[:3]


class Turn:
    """Fills one turn of the ledger the way the other parts of the pipeline would, then runs it."""

    def __init__(self, con, as_of, failed_rules=()):
        self.con, self.as_of = con, as_of
        schema.open_turn(con, as_of)
        results = []
        for rule_id in RULES:
            error = "broken" if rule_id in failed_rules else None
            results.append((as_of, rule_id, "1", "s", 1, 0, error, 0))
        insert(con, "lake.ledger.rule_result", results)
        self.rows, self.answers, self.decisions = [], [], []

    def anomaly(self, ticket_id, rule_id="R11", township="370602001", feed="F31", value="x", evidence=None):
        entity = ticket_id if RULES[rule_id].ticket == "original" else f"e-{ticket_id}"
        self.rows.append(
            (
                self.as_of,
                self.as_of,
                rule_id,
                "1",
                entity,
                ticket_id,
                "M",
                "T",
                DEPARTMENTS[feed],
                township,
                feed,
                f"r-{ticket_id}",
                f"{feed}/d/1",
                "f",
                value,
                json.dumps(evidence or {}, ensure_ascii=False),
                "g", "record", f"r-{ticket_id}",
            )
        )
        return self

    def answer(self, ticket_id, code, kind, note=None):
        self.answers.append(
            (
                self.as_of,
                "sha",
                "f.xlsx",
                "370602001",
                "set",
                len(self.answers) + 1,
                ticket_id,
                f"{code} in words",
                code,
                kind,
                None,
                note,
                "李四",
                "accepted",
                None,
                None,
            )
        )
        return self

    def decide(self, ticket_id, decision):
        self.decisions.append(
            Decision(ticket_id, decision, "核对", "王五", self.as_of, "d.yaml", len(self.decisions) + 1)
        )
        return self

    def run(self):
        insert(self.con, "lake.ledger.anomaly", self.rows)
        insert(self.con, "lake.ledger.answer", self.answers)
        self.summary = advance(self.con, self.as_of, self.decisions, RULES, DEPARTMENTS)
        self.con.execute("INSERT INTO lake.ledger.turn VALUES (?)", [self.as_of])
        return self.summary


def ticket(con, ticket_id):
    cursor = con.execute("SELECT * FROM lake.ledger.ticket WHERE ticket_id = ?", [ticket_id])
    names = [c[0] for c in cursor.description]
    return dict(zip(names, cursor.fetchone(), strict=True))


def events(con, ticket_id):
    return [
        e
        for (e,) in con.execute(
            "SELECT event FROM lake.ledger.ticket_event WHERE ticket_id = ? ORDER BY seq", [ticket_id]
        ).fetchall()
    ]


def months_later(day, months):
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, min(day.day, 28))


def test_a_ticket_of_a_rule_that_is_gone_closes_and_says_so(con):
    Turn(con, T1).anomaly("a").anomaly("b", rule_id="R17", feed="F01").run()
    left = {rule_id: rule for rule_id, rule in RULES.items() if rule_id != "R17"}
    schema.open_turn(con, T2)
    for _ in range(2):  # run again, the same
        advance(con, T2, [], left, DEPARTMENTS)
        gone = ticket(con, "b")
        assert (gone["state"], gone["rule_id"]) == ("closed", "R17")
        assert events(con, "b") == ["detect", "return", "recheck_pass"]
    told = "SELECT reason FROM lake.ledger.ticket_event WHERE ticket_id = 'b' AND event = 'recheck_pass'"
    assert con.execute(told).fetchall() == [("规则已停用",)]
    assert ticket(con, "a")["state"] == "returned", "its rule stands and was not asked in this turn"


class Reference:
    """One ticket, moved on by the pure functions only."""

    def __init__(self, rule_id):
        self.rule, self.state, self.holder, self.since, self.log = RULES[rule_id], None, None, None, []

    def do(self, event, as_of):
        arrow = transition(self.state, event)
        self.log.append((as_of, event, self.state, arrow.to_state))
        self.holder = {
            "keep": self.holder,
            "source": "source",
            "default": "township" if self.rule.asks_township else "source",
        }[arrow.holder]
        self.state, self.since = arrow.to_state, as_of

    def due(self, as_of):
        if self.state == NOT_AN_ERROR:
            return as_of >= months_later(self.since, self.rule.waiver_months)
        days = {TOWNSHIP_FIXED: self.rule.fix_grace_days, SOURCE_ACCEPTED: SOURCE_GRACE_DAYS}.get(self.state)
        return days is None or (as_of - self.since).days >= days

    def turn(self, as_of, answer, decision, own, flip):
        if answer and self.state == "returned" and self.holder == "township":
            self.do(f"answer_{answer}", as_of)
        if decision and self.holder == "source" and self.state in ("returned", DISPUTED, CONFIRMED):
            self.do({"accepted": "source_accept", "rejected": "source_reject"}[decision], as_of)
        if event := recheck_event(self.state, own, flip, self.due(as_of)):
            self.do(event, as_of)
        if flip and (self.state == CLOSED or (self.state == REOPENED and self.holder != "source")):
            self.do("flip_back", as_of)  # against the department, unless that holds it already
        if self.state in ("detected", REOPENED):
            self.do("return", as_of)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_lives_equal_the_pure_machine(con, seed):
    chance = random.Random(seed)
    kinds = [("R11", "correct_grid"), ("R22", "informed"), ("R01", None)]
    tickets = {f"t{i}": Reference(kinds[i % 3][0]) for i in range(150)}
    for as_of in TURNS:
        turn = Turn(con, as_of)
        for ticket_id, reference in tickets.items():
            answer = chance.choice([None, "fix", "not_error", "dispute", "confirm"])
            decision = chance.choice([None, None, "accepted", "rejected"])
            own = chance.random() < 0.5
            flip = reference.state is not None and chance.random() < 0.3
            if answer:
                turn.answer(ticket_id, kinds[int(ticket_id[1:]) % 3][1] or "无", answer)
            if decision:
                turn.decide(ticket_id, decision)
            if own:
                turn.anomaly(ticket_id, reference.rule.rule_id)
            if flip:
                turn.anomaly(ticket_id, "R46")
            reference.turn(as_of, answer, decision, own, flip)
        turn.run()
    logs = {}
    for ticket_id, *rest in con.execute(
        "SELECT ticket_id, as_of, event, from_state, to_state FROM lake.ledger.ticket_event "
        "ORDER BY ticket_id, seq"
    ).fetchall():
        logs.setdefault(ticket_id, []).append(tuple(rest))
    assert logs == {t: r.log for t, r in tickets.items() if r.log}
    now = {
        t: (s, a)
        for t, s, a in con.execute("SELECT ticket_id, state, assignee FROM lake.ledger.ticket").fetchall()
    }
    assert now == {t: (r.state, r.holder) for t, r in tickets.items() if r.log}
    assert con.execute(
        "SELECT count(*) FROM (SELECT DISTINCT ticket_id, seq FROM lake.ledger.ticket_event)"
    ).fetchone()[0] == sum(len(r.log) for r in tickets.values())


def test_a_correction_that_flips_back_reopens_the_same_ticket_for_the_department(con):
    Turn(con, T1).anomaly("t1", value="bad").run()
    assert (ticket(con, "t1")["state"], ticket(con, "t1")["assignee"]) == ("returned", "township")
    turn = Turn(con, T2).answer("t1", "correct_grid", "fix").anomaly("t1", "R46", value="bad")
    assert turn.run().events == {"answer_fix": 1, "recheck_pass": 1, "flip_back": 1, "return": 1}
    now = ticket(con, "t1")
    assert events(con, "t1") == ["detect", "return", "answer_fix", "recheck_pass", "flip_back", "return"]
    assert (now["state"], now["assignee"], now["rule_id"], now["reopen_count"]) == (
        "returned",
        "source",
        "R11",
        1,
    )
    assert now["entity_key"] == "e-t1"
    Turn(con, T3).anomaly("t1", "R46").run()
    assert len(events(con, "t1")) == 6  # still wrong: the department holds it, nothing new
    Turn(con, TURNS[3]).run()
    assert (ticket(con, "t1")["state"], ticket(con, "t1")["closed_on"]) == (CLOSED, TURNS[3])


def test_a_flip_back_of_an_unknown_ticket_opens_one(con):
    Turn(con, T1).anomaly("lost", "R46").run()
    assert (ticket(con, "lost")["rule_id"], ticket(con, "lost")["assignee"]) == ("R46", "source")


def test_a_dispute_goes_to_the_department_of_the_death_record(con):
    evidence = {"death_feed": "F04"}
    Turn(con, T1).anomaly("t1", "R17", feed="F01", evidence=evidence).run()
    assert ticket(con, "t1")["department"] == "public_security"
    Turn(con, T2).answer("t1", "alive", "dispute", "本人在家").anomaly(
        "t1", "R17", feed="F01", evidence=evidence
    ).run()
    now = ticket(con, "t1")
    assert (now["state"], now["assignee"], now["department"]) == ("disputed_to_source", "source", "health")
    assert now["is_disputed"] is True
    reason, set_id = con.execute(
        "SELECT reason, set_id FROM lake.ledger.ticket_event WHERE event = 'answer_dispute'"
    ).fetchone()
    assert (reason, set_id) == ("alive in words：本人在家", "set")


def test_what_the_township_agrees_with_goes_to_the_department_and_is_no_dispute(con):
    Turn(con, T1).anomaly("t1", "R20", feed="F10").run()
    Turn(con, T2).answer("t1", "dead", "confirm").anomaly("t1", "R20", feed="F10").run()
    now = ticket(con, "t1")
    assert (now["state"], now["assignee"], now["department"]) == (CONFIRMED, "source", "civil_affairs")
    assert now["is_disputed"] is False
    Turn(con, T3).anomaly("t1", "R20", feed="F10").decide("t1", "rejected").run()
    assert (ticket(con, "t1")["state"], ticket(con, "t1")["assignee"]) == ("returned", "township")


@pytest.mark.parametrize(("asserts", "holder"), [("健在", "source"), ("死亡", "township"), (None, "township")])
def test_a_death_recorded_again_after_the_department_agreed_is_the_departments_to_explain(con, asserts, holder):
    """As with a correction: the township's word still stands and it is not asked again."""
    Turn(con, T1).anomaly("t1", "R17", feed="F01").run()
    Turn(con, T2).answer("t1", "alive", "dispute").run()
    assert ticket(con, "t1")["state"] == CLOSED
    con.execute(
        "INSERT INTO lake.ledger.assertion_standing BY NAME SELECT 't1' AS ticket_id, 'R17' AS rule_id, "
        "?::VARCHAR AS asserts",
        [asserts],
    )
    Turn(con, T3).anomaly("t1", "R17", feed="F01").run()
    now = ticket(con, "t1")
    assert (now["state"], now["assignee"], now["reopen_count"]) == ("returned", holder, 1)
    assert events(con, "t1")[-2:] == ["flip_back" if holder == "source" else "recheck_fail", "return"]


def test_a_rejected_dispute_comes_back_to_the_township(con):
    Turn(con, T1).anomaly("t1").run()
    Turn(con, T2).anomaly("t1").answer("t1", "source_wrong", "dispute").run()
    Turn(con, T3).anomaly("t1").decide("t1", "rejected").run()
    assert events(con, "t1")[3:] == ["source_reject", "recheck_fail", "return"]
    now = ticket(con, "t1")
    assert (now["state"], now["assignee"], now["is_disputed"]) == ("returned", "township", False)


def test_decisions_about_tickets_the_department_does_not_hold_are_named(con):
    summary = Turn(con, T1).anomaly("t1").decide("t1", "accepted").decide("nowhere", "rejected").run()
    assert len(summary.problems) == 2
    assert "d.yaml 第2条" in summary.problems[1] and "nowhere" in summary.problems[1]


def test_a_rule_that_broke_closes_nothing(con):
    Turn(con, T1).anomaly("t1").anomaly("t2", "R01").run()
    Turn(con, T2, failed_rules=("R11",)).run()
    assert (ticket(con, "t1")["state"], ticket(con, "t2")["state"]) == ("returned", CLOSED)


def test_a_turn_run_again_gives_the_same_events(con):
    def second():
        Turn(con, T2).answer("t1", "correct_grid", "fix").anomaly("t2").anomaly("t3").run()
        return con.execute(
            "SELECT * FROM lake.ledger.ticket_event ORDER BY ticket_id, seq"
        ).fetchall(), con.execute("SELECT * FROM lake.ledger.ticket ORDER BY ticket_id").fetchall()

    Turn(con, T1).anomaly("t1").anomaly("t2").run()
    first = second()
    assert second() == first
    assert len(first[0]) == 8
    schema.open_turn(con, T2)
    assert ticket(con, "t1")["state"] == "returned"


def test_without_a_township_the_department_holds_the_ticket(con):
    Turn(con, T1).anomaly("t1", township=None).run()
    assert ticket(con, "t1")["assignee"] == "source"


def test_rows_of_a_turn_that_was_never_closed_are_forgotten(con):
    Turn(con, T1).anomaly("t1").run()
    Turn(con, T2).anomaly("t2").run()
    con.execute("DELETE FROM lake.ledger.turn WHERE as_of = ?", [T2])  # killed before the turn was closed
    schema.open_turn(con, T3)
    assert con.execute("SELECT DISTINCT as_of FROM lake.ledger.ticket_event").fetchall() == [(T1,)]
    assert con.execute("SELECT ticket_id FROM lake.ledger.ticket").fetchall() == [("t1",)]


def stale(con, as_of, rule_id, scope, *withheld):
    con.execute("INSERT INTO lake.ledger.rule_stale VALUES (?, ?, 'F10', ?, ?)", [as_of, rule_id, scope, scope])
    for ticket_id in withheld:
        con.execute("INSERT INTO lake.ledger.withheld VALUES (?, ?, ?)", [as_of, rule_id, ticket_id])


def test_where_a_feed_is_stale_tickets_of_the_rule_stay_as_they_are(con):
    """Neither found nor missed: of the stale county nothing moves but by an answer, of the others everything does."""
    first = Turn(con, T1)
    for name, township in (("open", "370685001"), ("answered", "370685001"), ("moved", "370602001"),
                           ("here", "370602001")):  # fmt: skip
        first.anomaly(name, "R22", township, "F10")
    first.run()
    second = Turn(con, T2).answer("answered", "informed", "fix")
    stale(con, T2, "R22", "370685", "moved")  # lives in 370602, belongs to the stale county
    second.run()
    assert {name: ticket(con, name)["state"] for name in ("open", "answered", "moved", "here")} == {
        "open": "returned", "answered": "township_fixed", "moved": "returned", "here": "closed",
    }  # fmt: skip
    Turn(con, T3).anomaly("answered", "R22", "370685001", "F10").run()
    assert ticket(con, "open")["state"] == "closed"
