"""Corrections: what townships' accepted answers change in the unified database, and which of them stand.

Belongs here: from answer to correction. Does not belong here: reading workbooks (pipelines.give.inbox) and
applying a correction (dbt staging, iff the current raw value equals `wrong_value`).
"""

from collections.abc import Mapping
from datetime import date

import duckdb

from pipelines.judge.ledger import findings
from pipelines.judge.rules import Rule
from pipelines.kit.tables import temp_table, transaction

# wrong_value is the department's own value: when the township corrects its own earlier correction, that
# one's. base_delivery_seq is the feed's newest delivery when the anomaly was found: a later one with
# wrong_value flips back.
_RECORD = f"""
INSERT INTO lake.ledger.correction BY NAME
WITH shown AS (
    SELECT ticket_id, rule_id, max(found_on) AS found_on, arg_max(record_key, found_on) AS record_key,
        arg_max(coalesce(value, ''), found_on) AS value
    FROM {findings.earlier()} GROUP BY ticket_id, rule_id
),
given AS (
    SELECT a.*, r.feed, r.field, coalesce(r.value, a.new_value) AS corrected,
        row_number() OVER (
            PARTITION BY a.ticket_id ORDER BY a.workbook_sha256 DESC, a.sheet_row DESC
        ) AS latest
    FROM lake.ledger.answer AS a
    JOIN (SELECT ticket_id, rule_id FROM shown) AS t USING (ticket_id)
    JOIN correcting_answer AS r ON r.rule_id = t.rule_id AND r.answer_code = a.answer_code
    WHERE a.as_of = $as_of AND a.outcome = 'accepted' AND a.answer_kind = 'fix'
),
standing AS (
    SELECT feed, record_key, field,
        arg_max(wrong_value, (as_of, workbook_sha256, sheet_row)) AS wrong_value,
        arg_max(new_value, (as_of, workbook_sha256, sheet_row)) AS new_value
    FROM lake.ledger.correction WHERE as_of < $as_of GROUP BY ALL
)
SELECT g.as_of, g.ticket_id, g.feed, s.record_key, g.field,
    CASE WHEN e.new_value = s.value THEN e.wrong_value ELSE s.value END AS wrong_value,
    g.corrected AS new_value,
    CAST((SELECT coalesce(max(d.delivery_seq), 0) FROM lake.ledger.delivery AS d
          WHERE d.feed = g.feed AND d.delivered_on <= s.found_on) AS BIGINT) AS base_delivery_seq,
    g.township_code, g.workbook_sha256, g.sheet_row
FROM given AS g
JOIN correcting_answer AS r ON r.answer_code = g.answer_code AND r.feed = g.feed AND r.field = g.field
JOIN shown AS s ON s.ticket_id = g.ticket_id AND s.rule_id = r.rule_id
LEFT JOIN standing AS e ON e.feed = g.feed AND e.record_key = s.record_key AND e.field = g.field
WHERE g.latest = 1
ORDER BY g.ticket_id
"""

_STANDING = """
INSERT INTO lake.ledger.correction_standing BY NAME
SELECT ticket_id, feed, record_key, field, wrong_value, new_value, base_delivery_seq, township_code,
    as_of AS corrected_on, workbook_sha256, sheet_row
FROM (
    SELECT *, row_number() OVER (
        PARTITION BY feed, record_key, field ORDER BY as_of DESC, workbook_sha256 DESC, sheet_row DESC
    ) AS latest
    FROM lake.ledger.correction WHERE as_of <= ?
) WHERE latest = 1 ORDER BY feed, record_key, field
"""


def record_corrections(con: duckdb.DuckDBPyConnection, as_of: date, rules: Mapping[str, Rule]) -> int:
    """Replace this turn's corrections by what its accepted 'fix' answers say; returns how many."""
    rows = [
        (rule.rule_id, a.code, a.correction.feed, a.correction.field, a.correction.value)
        for rule in rules.values()
        for a in rule.answers
        if a.correction is not None
    ]
    columns = "rule_id VARCHAR, answer_code VARCHAR, feed VARCHAR, field VARCHAR, value VARCHAR"
    temp_table(con, "correcting_answer", columns, rows)
    with transaction(con):
        con.execute("DELETE FROM lake.ledger.correction WHERE as_of >= ?", [as_of])
        con.execute(_RECORD, {"as_of": as_of})
    return con.execute("SELECT count(*) FROM lake.ledger.correction WHERE as_of = ?", [as_of]).fetchone()[0]


def rebuild_standing(con: duckdb.DuckDBPyConnection, as_of: date) -> int:
    """Replace correction_standing: the latest correction per (feed, record, field) up to `as_of`."""
    with transaction(con):
        con.execute("DELETE FROM lake.ledger.correction_standing")
        con.execute(_STANDING, [as_of])
    return con.execute("SELECT count(*) FROM lake.ledger.correction_standing").fetchone()[0]
