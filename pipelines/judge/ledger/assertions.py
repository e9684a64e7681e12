"""What townships' accepted answers say beyond a correction: who lives or is dead, and which data is under dispute.

Belongs here: from answer to assertion, and which of them stand. Does not belong here: what each answer says
(expectations/rules.yaml), which death it denies (dbt: unified/death) and moving tickets (tickets.py).
An assertion stands until the township answers its ticket anew or the department rejects it. A mere mark also ends
when the ticket closes; the word on a life does not, so that the same record sent again changes nothing.
"""

from collections.abc import Iterable, Mapping
from datetime import date

import duckdb

from pipelines.judge.ledger import findings, ticket
from pipelines.judge.ledger.decisions import Decision, last_per_ticket
from pipelines.judge.rules import Rule
from pipelines.kit.tables import temp_table, transaction

# said_on: the date of the set the township answered. A death after it is news that nobody has denied.
_RECORD = f"""
INSERT INTO lake.ledger.assertion BY NAME
WITH shown AS (
    SELECT ticket_id, rule_id, max(found_on) AS found_on, arg_max(feed, found_on) AS feed,
        arg_max(record_key, found_on) AS record_key, arg_max(evidence, found_on) AS evidence
    FROM {findings.earlier()} GROUP BY ticket_id, rule_id
),
given AS (
    SELECT *, row_number() OVER (
        PARTITION BY ticket_id ORDER BY workbook_sha256 DESC, sheet_row DESC
    ) AS latest
    FROM lake.ledger.answer WHERE as_of = $as_of AND outcome = 'accepted'
),
answered_set AS (SELECT set_id, min(as_of) AS as_of FROM lake.ledger.return_set GROUP BY set_id)
SELECT g.as_of, g.ticket_id, s.rule_id, r.asserts, r.marks,
    json_extract_string(s.evidence, '$.id_no') AS id_no, s.feed, s.record_key,
    coalesce(a.as_of, s.found_on) AS said_on, g.township_code, g.workbook_sha256, g.sheet_row
FROM given AS g
JOIN shown AS s USING (ticket_id)
JOIN asserting_answer AS r ON r.rule_id = s.rule_id AND r.answer_code = g.answer_code
LEFT JOIN answered_set AS a ON a.set_id = g.set_id
WHERE g.latest = 1
ORDER BY g.ticket_id
"""

_STANDING = """
INSERT INTO lake.ledger.assertion_standing BY NAME
WITH earlier AS (SELECT * FROM lake.ledger.ticket_event WHERE as_of < $as_of),
answered AS (
    SELECT ticket_id, max((as_of, workbook_sha256, sheet_row)) AS place
    FROM lake.ledger.answer WHERE as_of <= $as_of AND outcome = 'accepted' GROUP BY ticket_id
),
with_source AS (
    SELECT ticket_id FROM earlier GROUP BY ticket_id
    HAVING arg_max(assignee, seq) = 'source' AND arg_max(to_state, seq) IN (FROM rejectable)
)
SELECT s.ticket_id, s.rule_id, s.asserts, s.marks, s.id_no, s.feed, s.record_key, s.said_on,
    s.as_of AS asserted_on, s.township_code, s.workbook_sha256, s.sheet_row
FROM lake.ledger.assertion AS s
JOIN answered AS a ON a.ticket_id = s.ticket_id AND a.place = (s.as_of, s.workbook_sha256, s.sheet_row)
WHERE NOT EXISTS (
        SELECT 1 FROM earlier AS e WHERE e.ticket_id = s.ticket_id AND e.as_of >= s.as_of
            AND (e.event = 'source_reject' OR (e.event = 'recheck_pass' AND s.asserts IS NULL))
    )
    AND s.ticket_id NOT IN (SELECT ticket_id FROM rejected JOIN with_source USING (ticket_id))
ORDER BY s.ticket_id
"""


def record_assertions(con: duckdb.DuckDBPyConnection, as_of: date, rules: Mapping[str, Rule]) -> int:
    """Replace this turn's assertions by what its accepted answers say; returns how many."""
    rows = [
        (rule.rule_id, a.code, a.asserts, a.marks)
        for rule in rules.values()
        for a in rule.answers
        if a.asserts or a.marks
    ]
    columns = "rule_id VARCHAR, answer_code VARCHAR, asserts VARCHAR, marks VARCHAR"
    temp_table(con, "asserting_answer", columns, rows)
    with transaction(con):
        con.execute("DELETE FROM lake.ledger.assertion WHERE as_of >= ?", [as_of])
        con.execute(_RECORD, {"as_of": as_of})
    return con.execute("SELECT count(*) FROM lake.ledger.assertion WHERE as_of = ?", [as_of]).fetchone()[0]


def rebuild_standing(con: duckdb.DuckDBPyConnection, as_of: date, decisions: Iterable[Decision]) -> int:
    """Replace assertion_standing by what stands in this turn, its departments' `decisions` heard; returns how many."""
    rejected = [(d.ticket_id,) for d in last_per_ticket(decisions) if d.event == "source_reject"]
    temp_table(con, "rejected", "ticket_id VARCHAR", rejected)
    states = [(t.from_state,) for t in ticket.TRANSITIONS if t.event == "source_reject"]
    temp_table(con, "rejectable", "state VARCHAR", states)
    with transaction(con):
        con.execute("DELETE FROM lake.ledger.assertion_standing")
        con.execute(_STANDING, {"as_of": as_of})
    return con.execute("SELECT count(*) FROM lake.ledger.assertion_standing").fetchone()[0]
