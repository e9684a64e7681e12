"""Which event is due to which ticket, as SQL over the temporary tables of tickets.py.

Belongs here: one query per step of a turn. Does not belong here: whether the event is legal then (ticket.py,
loaded as table `arrow`) and writing it.
"""

from pipelines.judge.ledger import findings, ticket
from pipelines.judge.rules import ALIVE

# Days a department has, after it accepted, until the corrected data must have arrived: one monthly delivery.
SOURCE_GRACE_DAYS = 31

# Each of these selects (ticket_id, event, department or null = keep, reason, set_id); $as_of is the turn.
ANSWERS = f"""
WITH given AS (
    SELECT ticket_id, arg_max(answer_code, place) AS answer_code, arg_max(answer_text, place) AS answer_text,
        arg_max(answer_kind, place) AS answer_kind,
        arg_max(coalesce(note, ''), place) AS note, arg_max(set_id, place) AS set_id
    FROM (SELECT *, (workbook_sha256, sheet_row) AS place FROM lake.ledger.answer
          WHERE as_of = $as_of AND outcome = 'accepted')
    GROUP BY ticket_id
),
shown AS (  -- the evidence the township saw
    SELECT ticket_id, rule_id, arg_max(evidence, found_on) AS evidence FROM {findings.earlier()} GROUP BY ALL
)
SELECT t.ticket_id, 'answer_' || g.answer_kind AS event, d.department,
    concat_ws('：', g.answer_text, nullif(g.note, '')) AS reason, g.set_id
FROM given AS g
JOIN ticket_now AS t ON t.ticket_id = g.ticket_id AND t.assignee = 'township'
LEFT JOIN shown AS s ON s.ticket_id = t.ticket_id AND s.rule_id = t.rule_id
LEFT JOIN dispute_target AS d ON d.rule_id = t.rule_id AND d.answer_code = g.answer_code
    AND (d.told_by IS NULL OR json_extract_string(s.evidence, '$.' || d.told_by) = d.value)
"""

DECISIONS = """
SELECT t.ticket_id, d.event, CAST(NULL AS VARCHAR) AS department, d.reason, CAST(NULL AS VARCHAR) AS set_id
FROM decision AS d JOIN ticket_now AS t ON t.ticket_id = d.ticket_id AND t.assignee = 'source'
"""

# Nobody asks any more: the rule went with its pack, or was given up.
GONE = f"""
SELECT ticket_id, 'recheck_pass' AS event, CAST(NULL AS VARCHAR) AS department, '规则已停用' AS reason,
    CAST(NULL AS VARCHAR) AS set_id
FROM ticket_now WHERE rule_id NOT IN (SELECT rule_id FROM policy) AND state <> '{ticket.CLOSED}'
"""

# Tickets closed in agreement with the township's word that somebody lives: the same finding again is a flip-back.
_ALIVE = f"""
SELECT s.ticket_id FROM lake.ledger.assertion_standing AS s JOIN ticket_now AS t USING (ticket_id)
WHERE s.asserts = '{ALIVE}' AND t.state = '{ticket.CLOSED}'
"""

# A ticket closes only when its own rule and the flip-back rule could be evaluated, on data that are not stale there.
RECHECK = f"""
WITH evaluated AS (
    SELECT DISTINCT rule_id FROM lake.ledger.rule_result WHERE as_of = $as_of AND error IS NULL
),
facts AS (
    SELECT t.ticket_id, t.state, own.department,
        own.ticket_id IS NOT NULL AND t.ticket_id NOT IN ({_ALIVE}) AS own,
        flip.ticket_id IS NOT NULL AND NOT p.is_flip AS flip,
        CASE t.state
            WHEN '{ticket.NOT_AN_ERROR}' THEN $as_of >= t.since + to_months(p.waiver_months)
            WHEN '{ticket.TOWNSHIP_FIXED}' THEN $as_of >= t.since + to_days(p.grace_days)
            WHEN '{ticket.SOURCE_ACCEPTED}' THEN $as_of >= t.since + to_days({SOURCE_GRACE_DAYS})
            ELSE true END AS due,
        t.rule_id IN (FROM evaluated)
            AND NOT EXISTS (SELECT 1 FROM policy WHERE is_flip AND rule_id NOT IN (FROM evaluated))
            AND t.ticket_id NOT IN (SELECT ticket_id FROM lake.ledger.withheld WHERE as_of = $as_of)
            AND NOT EXISTS (
                SELECT 1 FROM lake.ledger.rule_stale AS s WHERE s.as_of = $as_of AND s.rule_id = t.rule_id
                    AND starts_with(coalesce(t.township_code, s.place), s.place))
            AS is_evaluated
    FROM ticket_now AS t
    JOIN policy AS p ON p.rule_id = t.rule_id
    LEFT JOIN found AS own ON own.ticket_id = t.ticket_id AND own.is_flip = p.is_flip
    LEFT JOIN found AS flip ON flip.ticket_id = t.ticket_id AND flip.is_flip
)
SELECT f.ticket_id, r.event, f.department, CAST(NULL AS VARCHAR) AS reason, CAST(NULL AS VARCHAR) AS set_id
FROM facts AS f JOIN recheck AS r
    ON r.state IS NOT DISTINCT FROM f.state AND r.own = f.own AND r.flip = f.flip AND r.due = f.due
WHERE f.is_evaluated OR r.event <> 'recheck_pass'
"""

FLIP_BACK = f"""
SELECT t.ticket_id, 'flip_back' AS event, max(f.department) AS department, max(f.rule_id) AS reason,
    CAST(NULL AS VARCHAR) AS set_id
FROM ticket_now AS t
JOIN policy AS p ON p.rule_id = t.rule_id AND NOT p.is_flip
JOIN found AS f ON f.ticket_id = t.ticket_id AND (f.is_flip OR f.ticket_id IN ({_ALIVE}))
WHERE t.state = '{ticket.CLOSED}' OR (t.state = '{ticket.REOPENED}' AND t.assignee <> 'source')
GROUP BY t.ticket_id
"""

RETURN = f"""
SELECT ticket_id, 'return' AS event, CAST(NULL AS VARCHAR) AS department, CAST(NULL AS VARCHAR) AS reason,
    CAST(NULL AS VARCHAR) AS set_id
FROM ticket_now WHERE state IN ('{ticket.DETECTED}', '{ticket.REOPENED}')
"""
