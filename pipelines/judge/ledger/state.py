"""Where every ticket stands, derived from its events.

Belongs here: reading the event log back into states. Does not belong here: new events (tickets.py).
"""

import duckdb

from pipelines.judge.ledger.ticket import CLOSED, REOPENED

# One row per ticket: what its last event left. `since` = business date of that event.
NOW = """
SELECT ticket_id, any_value(rule_id) AS rule_id, max(seq) AS seq, max(as_of) AS since,
    arg_max(to_state, seq) AS state, arg_max(assignee, seq) AS assignee,
    nullif(arg_max(coalesce(department, ''), seq), '') AS department,
    nullif(arg_max(coalesce(township_code, ''), seq), '') AS township_code,
    CAST(NULL AS VARCHAR) AS default_assignee
FROM lake.ledger.ticket_event GROUP BY ticket_id
"""

_TICKETS = f"""
WITH now AS ({NOW}),
past AS (
    SELECT ticket_id, min(as_of) AS opened_on, count(*) FILTER (to_state = '{REOPENED}') AS reopen_count,
        coalesce(arg_max(event, seq) FILTER (
            event IN ('answer_dispute', 'source_accept', 'source_reject', 'recheck_pass')
        ) = 'answer_dispute', false) AS is_disputed
    FROM lake.ledger.ticket_event GROUP BY ticket_id
),
life AS (SELECT * FROM now JOIN past USING (ticket_id)),
ranked AS (  -- newest first; the ticket's own rule before a flip-back of the same turn
    SELECT a.*, a.rule_id = life.rule_id AS is_own,
        row_number() OVER (
            PARTITION BY a.ticket_id ORDER BY a.last_seen DESC, a.rule_id = life.rule_id DESC, a.source_ref
        ) AS rank
    FROM lake.ledger.anomaly AS a JOIN life USING (ticket_id)
),
entity AS (
    SELECT ticket_id, min(entity_key) AS entity_key, arg_min(subject_kind, rank) AS subject_kind,
        arg_min(subject_id, rank) AS subject_id
    FROM ranked WHERE is_own GROUP BY ticket_id
),
latest AS (SELECT * FROM ranked WHERE rank = 1)
SELECT ticket_id, life.rule_id, entity.entity_key, life.state, life.assignee, life.department,
    coalesce(latest.township_code, life.township_code) AS township_code,
    latest.severity, life.opened_on, life.since AS last_event_on,
    CASE WHEN life.state = '{CLOSED}' THEN life.since END AS closed_on,
    CAST(life.reopen_count AS BIGINT) AS reopen_count, life.is_disputed,
    latest.feed, latest.record_key, latest.source_ref, latest.field, latest.value, latest.evidence,
    latest.group_key, entity.subject_kind, entity.subject_id, latest.rule_id AS found_by
FROM life LEFT JOIN entity USING (ticket_id) LEFT JOIN latest USING (ticket_id)
ORDER BY ticket_id
"""


def rebuild_tickets(con: duckdb.DuckDBPyConnection) -> None:
    """Replace ledger.ticket by what the events and anomalies in the ledger say."""
    con.execute("DELETE FROM lake.ledger.ticket")
    con.execute(f"INSERT INTO lake.ledger.ticket BY NAME {_TICKETS}")
