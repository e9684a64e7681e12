"""All tickets of a turn at once: set-based SQL over the state machine's own tables.

Belongs here: which tickets an event concerns, in the order answers, decisions, re-check, flip-back, return.
Does not belong here: which arrows exist (ticket.py). The events of a turn are computed in temporary tables
and written in one transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from pipelines.judge.ledger import due, findings, ticket
from pipelines.judge.ledger.decisions import Decision, last_per_ticket
from pipelines.judge.ledger.state import NOW, rebuild_tickets
from pipelines.judge.ledger.ticket_numbers import short
from pipelines.judge.rules import Rule
from pipelines.kit.tables import temp_table, transaction


@dataclass(frozen=True)
class TicketSummary:
    """Events of the turn by kind, and decisions that could not be applied."""

    events: Mapping[str, int]
    problems: tuple[str, ...]


def advance(
    con: duckdb.DuckDBPyConnection,
    as_of: date,
    decisions: Sequence[Decision],
    rules: Mapping[str, Rule],
    departments: Mapping[str, str],
) -> TicketSummary:
    """Replace the events of this turn and rebuild ledger.ticket.

    Reads this turn's accepted answers, rule results and anomalies from the ledger. `departments` maps feed ->
    department slug. What is detected or reopened goes to its holder; that event carries no set id: a set's id
    contains its issue number, known only when it is written. Join ledger.return_set on (as_of, township_code).
    """
    con.execute("DELETE FROM lake.ledger.ticket_event WHERE as_of >= ?", [as_of])
    _load_machine(con, rules, departments)
    _load_turn(con, as_of)
    _apply(con, as_of, due.GONE)
    _apply(con, as_of, due.ANSWERS)
    problems = _decide(con, as_of, decisions)
    _apply(con, as_of, due.RECHECK)
    _apply(con, as_of, due.FLIP_BACK)
    _apply(con, as_of, due.RETURN)
    _write(con)
    return _summary(con, as_of, problems)


def _load_machine(
    con: duckdb.DuckDBPyConnection, rules: Mapping[str, Rule], departments: Mapping[str, str]
) -> None:
    temp_table(con, "arrow", "event VARCHAR, from_state VARCHAR, to_state VARCHAR, holder VARCHAR",
               [(t.event, t.from_state, t.to_state, t.holder) for t in ticket.TRANSITIONS])  # fmt: skip
    temp_table(con, "recheck", "state VARCHAR, own BOOLEAN, flip BOOLEAN, due BOOLEAN, event VARCHAR",
               ticket.recheck_table())  # fmt: skip
    temp_table(con, "policy",
               "rule_id VARCHAR, asks BOOLEAN, is_flip BOOLEAN, waiver_months INTEGER, grace_days INTEGER",
               [(r.rule_id, r.asks_township, r.ticket == "original", r.waiver_months, r.fix_grace_days)
            for r in rules.values()])  # fmt: skip
    temp_table(con, "dispute_target",
               "rule_id VARCHAR, answer_code VARCHAR, told_by VARCHAR, value VARCHAR, department VARCHAR",
               [row for rule in rules.values() for row in dispute_targets(rule, departments)])  # fmt: skip


def dispute_targets(rule: Rule, departments: Mapping[str, str]) -> list[tuple]:
    """Who has to answer a dispute: (rule, answer, evidence column that names a feed or None, feed, department)."""
    rows = []
    for answer in rule.answers:
        target = answer.dispute_to
        if target is None or target == "row":
            continue
        if target in rule.labels:
            rows += [(rule.rule_id, answer.code, target, feed, slug) for feed, slug in departments.items()]
        else:
            rows.append((rule.rule_id, answer.code, None, None, target))
    return rows


def _load_turn(con: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Tickets as the previous turn left them, plus a stateless row for every anomaly without a ticket."""
    con.execute("CREATE OR REPLACE TEMP TABLE event_now AS FROM lake.ledger.ticket_event LIMIT 0")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE found AS
        SELECT a.ticket_id, p.is_flip, min(a.rule_id) AS rule_id, min(a.department) AS department,
            min(a.township_code) AS township_code
        FROM {findings.standing()} AS a JOIN policy AS p USING (rule_id) GROUP BY 1, 2""",
        {"as_of": as_of},
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE ticket_now AS
        WITH old AS ({NOW}),
        fresh AS (
            SELECT ticket_id, arg_min(rule_id, is_flip) AS rule_id,
                arg_min(coalesce(township_code, ''), is_flip) AS township_code
            FROM found GROUP BY 1
        )
        SELECT coalesce(old.ticket_id, fresh.ticket_id) AS ticket_id,
            coalesce(old.rule_id, fresh.rule_id) AS rule_id, coalesce(old.seq, 0) AS seq,
            old.since, old.state, old.assignee, old.department,
            coalesce(nullif(fresh.township_code, ''), old.township_code) AS township_code,
            CASE WHEN p.asks AND coalesce(nullif(fresh.township_code, ''), old.township_code) IS NOT NULL
                THEN 'township' ELSE 'source' END AS default_assignee
        FROM old FULL JOIN fresh ON old.ticket_id = fresh.ticket_id
        LEFT JOIN policy AS p ON p.rule_id = coalesce(old.rule_id, fresh.rule_id)"""
    )


def _apply(con: duckdb.DuckDBPyConnection, as_of: date, wanted: str) -> None:
    """Events for which the machine has an arrow go to event_now; ticket_now moves on with them."""
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE step AS
        SELECT CAST($as_of AS DATE) AS as_of, t.ticket_id, CAST(t.seq + 1 AS BIGINT) AS seq, w.event,
            t.state AS from_state, a.to_state,
            CASE a.holder WHEN 'keep' THEN t.assignee WHEN 'source' THEN 'source' ELSE t.default_assignee END
                AS assignee,
            coalesce(w.department, t.department) AS department, t.township_code, t.rule_id, w.reason, w.set_id
        FROM ({wanted}) AS w
        JOIN ticket_now AS t USING (ticket_id)
        JOIN arrow AS a ON a.event = w.event AND a.from_state IS NOT DISTINCT FROM t.state""",
        {"as_of": as_of},
    )
    con.execute("INSERT INTO event_now BY NAME FROM step")
    con.execute(
        """UPDATE ticket_now SET seq = s.seq, since = s.as_of, state = s.to_state, assignee = s.assignee,
        department = s.department FROM step AS s WHERE s.ticket_id = ticket_now.ticket_id"""
    )


def _decide(con: duckdb.DuckDBPyConnection, as_of: date, decisions: Sequence[Decision]) -> tuple[str, ...]:
    """Apply the departments' decisions, the last one per ticket; returns a message per one that cannot be."""
    last = last_per_ticket(decisions)
    temp_table(con, "decision", "ticket_id VARCHAR, event VARCHAR, reason VARCHAR",
               [(d.ticket_id, d.event, d.reason) for d in last])  # fmt: skip
    _apply(con, as_of, due.DECISIONS)
    applied = {t for (t,) in con.execute("SELECT ticket_id FROM step").fetchall()}
    return tuple(
        f"{d.place}：工单 {short(d.ticket_id)} 目前不在部门处理中，该决定未生效。请核对工单号。"
        for d in last
        if d.ticket_id not in applied
    )


def _write(con: duckdb.DuckDBPyConnection) -> None:
    with transaction(con):
        con.execute("INSERT INTO lake.ledger.ticket_event BY NAME FROM event_now ORDER BY ticket_id, seq")
        rebuild_tickets(con)


def _summary(con: duckdb.DuckDBPyConnection, as_of: date, problems: tuple[str, ...]) -> TicketSummary:
    events = con.execute(
        "SELECT event, count(*) FROM lake.ledger.ticket_event WHERE as_of = ? GROUP BY 1 ORDER BY 1", [as_of]
    ).fetchall()
    return TicketSummary(dict(events), problems)
