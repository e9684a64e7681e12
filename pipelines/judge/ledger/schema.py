"""Tables of `lake.ledger`, and making room for a turn.

Belongs here: columns, and what a new run of a turn forgets. Does not belong here: filling any table.
"""

from datetime import date

import duckdb

from pipelines.judge.ledger import findings, past
from pipelines.judge.ledger.state import rebuild_tickets
from pipelines.kit.tables import transaction
from pipelines.kit.words import comment

# Count up when a column goes or changes its meaning: a lake of another layout is emptied, and its turns are replayed.
LAYOUT = 4
# Tables that keep rows of every turn.
TURN_TABLES = {
    "answer": (
        "as_of DATE, workbook_sha256 VARCHAR, file_name VARCHAR, township_code VARCHAR, "
        "set_id VARCHAR, sheet_row BIGINT, ticket_id VARCHAR, answer_text VARCHAR, "
        "answer_code VARCHAR, answer_kind VARCHAR, new_value VARCHAR, note VARCHAR, officer VARCHAR, outcome VARCHAR, "
        "reason_code VARCHAR, reason VARCHAR"
    ),
    "correction": (
        "as_of DATE, ticket_id VARCHAR, feed VARCHAR, record_key VARCHAR, field VARCHAR, "
        "wrong_value VARCHAR, new_value VARCHAR, base_delivery_seq BIGINT, township_code VARCHAR, "
        "workbook_sha256 VARCHAR, sheet_row BIGINT"
    ),
    "assertion": (
        "as_of DATE, ticket_id VARCHAR, rule_id VARCHAR, asserts VARCHAR, marks VARCHAR, id_no VARCHAR, "
        "feed VARCHAR, record_key VARCHAR, said_on DATE, township_code VARCHAR, workbook_sha256 VARCHAR, "
        "sheet_row BIGINT"
    ),
    "rule_result": (
        "as_of DATE, rule_id VARCHAR, rule_version VARCHAR, suite VARCHAR, evaluated BIGINT, "
        "unexpected BIGINT, error VARCHAR, undetermined BIGINT"
    ),
    # Where a rule said nothing because a feed it needs is stale, and the tickets it would else have spoken about.
    "rule_stale": "as_of DATE, rule_id VARCHAR, feed VARCHAR, scope VARCHAR, place VARCHAR",
    "withheld": "as_of DATE, rule_id VARCHAR, ticket_id VARCHAR",
    "ticket_event": (
        "as_of DATE, ticket_id VARCHAR, seq BIGINT, event VARCHAR, from_state VARCHAR, "
        "to_state VARCHAR, assignee VARCHAR, department VARCHAR, township_code VARCHAR, "
        "rule_id VARCHAR, reason VARCHAR, set_id VARCHAR"
    ),
    "person_key": "as_of DATE, id_no VARCHAR, person_id VARCHAR",
    "person_key_event": "as_of DATE, id_no VARCHAR, former_person_id VARCHAR, person_id VARCHAR, kind VARCHAR",
    "ruled_out": "as_of DATE, claim_id VARCHAR, person_id VARCHAR, turn DATE, is_numbered BOOLEAN",
    "issued_resident": (
        "as_of DATE, township_code VARCHAR, person_id VARCHAR, name VARCHAR, "
        "sex_name VARCHAR, birth_date DATE, village_name VARCHAR, grid_code VARCHAR, "
        "living_type VARCHAR"
    ),
    "return_set": (
        "as_of DATE, set_id VARCHAR, township_code VARCHAR, issue BIGINT, manifest_sha256 VARCHAR, "
        "residents BIGINT, anomalies BIGINT"
    ),
    "turn": "as_of DATE",
}
# Rows of all turns from first_seen to last_seen (findings.py).
SPAN_TABLES = {
    "anomaly": (
        "first_seen DATE, last_seen DATE, rule_id VARCHAR, rule_version VARCHAR, entity_key VARCHAR, "
        "ticket_id VARCHAR, severity VARCHAR, fixer VARCHAR, department VARCHAR, township_code VARCHAR, "
        "feed VARCHAR, record_key VARCHAR, source_ref VARCHAR, field VARCHAR, value VARCHAR, evidence VARCHAR, "
        "group_key VARCHAR, subject_kind VARCHAR, subject_id VARCHAR"
    ),
}
# Tables that hold the state of the last turn only.
STATE_TABLES = {
    "shown": "as_of DATE, step VARCHAR",
    "delivery": (
        "as_of DATE, feed VARCHAR, delivery_id VARCHAR, delivery_seq BIGINT, delivered_on DATE, "
        "file_name VARCHAR, sha256 VARCHAR, scope VARCHAR, period VARCHAR, mode VARCHAR, "
        "status VARCHAR, breaker_code VARCHAR, breaker_message VARCHAR, rows_in BIGINT, "
        "rows_bronze BIGINT, rows_quarantined BIGINT"
    ),
    "arrival": (
        "as_of DATE, feed VARCHAR, department VARCHAR, scope VARCHAR, scope_name VARCHAR, "
        "county_code VARCHAR, county_name VARCHAR, period VARCHAR, due_on DATE, state VARCHAR, "
        "arrived_on DATE, rows BIGINT, deliveries BIGINT, delivery_id VARCHAR, reason VARCHAR, "
        "mode VARCHAR"
    ),
    "coverage": (
        "as_of DATE, level_name VARCHAR, code VARCHAR, period VARCHAR, expected BIGINT, due BIGINT, "
        "arrived BIGINT, on_time BIGINT, late BIGINT, refused BIGINT, missing BIGINT, share DOUBLE"
    ),
    "freshness": (
        "as_of DATE, feed VARCHAR, department VARCHAR, scope VARCHAR, scope_name VARCHAR, "
        "county_code VARCHAR, county_name VARCHAR, last_good_period VARCHAR, last_good_on DATE, "
        "last_good_delivery VARCHAR, behind_period VARCHAR, days_behind BIGINT, state VARCHAR, reason VARCHAR"
    ),
    "delivery_standing": (
        "as_of DATE, feed VARCHAR, delivery_id VARCHAR, delivery_seq BIGINT, delivered_on DATE, scope VARCHAR, "
        "period VARCHAR, mode VARCHAR, state VARCHAR, is_current BOOLEAN, rank BIGINT, head VARCHAR, other VARCHAR, "
        "note VARCHAR"
    ),
    "delivery_ruling": (
        "as_of DATE, feed VARCHAR, delivery_id VARCHAR, decision VARCHAR, reason VARCHAR, "
        "decided_by VARCHAR, decided_on DATE, turn DATE"
    ),
    "precedence": (
        "as_of DATE, feed VARCHAR, field VARCHAR, decision VARCHAR, rank INTEGER, trusted_months INTEGER, "
        "reason VARCHAR, decided_by VARCHAR, decided_on DATE, turn DATE"
    ),
    "linkage_decision": (
        "as_of DATE, decision_no BIGINT, claim_id VARCHAR, person_id VARCHAR, decision VARCHAR, reason VARCHAR, "
        "decided_by VARCHAR, decided_on DATE, turn DATE"
    ),
    "correction_standing": (
        "ticket_id VARCHAR, feed VARCHAR, record_key VARCHAR, field VARCHAR, wrong_value VARCHAR, "
        "new_value VARCHAR, base_delivery_seq BIGINT, township_code VARCHAR, corrected_on DATE, "
        "workbook_sha256 VARCHAR, sheet_row BIGINT"
    ),
    "assertion_standing": (
        "ticket_id VARCHAR, rule_id VARCHAR, asserts VARCHAR, marks VARCHAR, id_no VARCHAR, feed VARCHAR, "
        "record_key VARCHAR, said_on DATE, asserted_on DATE, township_code VARCHAR, workbook_sha256 VARCHAR, "
        "sheet_row BIGINT"
    ),
    "ticket": (
        "ticket_id VARCHAR, rule_id VARCHAR, entity_key VARCHAR, state VARCHAR, assignee VARCHAR, "
        "department VARCHAR, township_code VARCHAR, severity VARCHAR, opened_on DATE, "
        "last_event_on DATE, closed_on DATE, reopen_count BIGINT, is_disputed BOOLEAN, feed VARCHAR, "
        "record_key VARCHAR, source_ref VARCHAR, field VARCHAR, value VARCHAR, evidence VARCHAR, "
        "group_key VARCHAR, subject_kind VARCHAR, subject_id VARCHAR, found_by VARCHAR"
    ),
    # Both are rebuilt from what stands on disk: manifests of exports, records of answered lists.
    "export_issue": (
        "as_of DATE, export VARCHAR, name VARCHAR, receiver VARCHAR, unit VARCHAR, scope VARCHAR, "
        "issue BIGINT, kind VARCHAR, contract_version VARCHAR, rows BIGINT, rows_full BIGINT, "
        "classification VARCHAR, purpose VARCHAR, legal_basis VARCHAR, key_id VARCHAR, "
        "content_digest VARCHAR, supersedes VARCHAR, manifest_sha256 VARCHAR"
    ),
    "query_access": (
        "as_of DATE, asked_by VARCHAR, list_sha256 VARCHAR, question VARCHAR, purpose VARCHAR, "
        "answer VARCHAR, reason_code VARCHAR, rows BIGINT, answers_sha256 VARCHAR"
    ),
}
TABLES = {**TURN_TABLES, **SPAN_TABLES, **STATE_TABLES}


def ensure(con: duckdb.DuckDBPyConnection) -> None:
    """Create every ledger table that does not exist, and every column that a lake of an older version lacks. The ledger
    of a lake of another layout is emptied: it shows no turn until the turns that are out have been replayed."""
    with transaction(con):  # a commit costs more than a table
        con.execute("CREATE TABLE IF NOT EXISTS lake.ledger.layout (version INTEGER)")
        is_ours = con.execute("SELECT version FROM lake.ledger.layout").fetchall() == [(LAYOUT,)]
        for name, columns in TABLES.items():
            if not is_ours:
                con.execute(f"DROP TABLE IF EXISTS lake.ledger.{name}")
            con.execute(f"CREATE TABLE IF NOT EXISTS lake.ledger.{name} ({columns})")
        if not is_ours:
            con.execute("DELETE FROM lake.ledger.layout")
            con.execute("INSERT INTO lake.ledger.layout VALUES (?)", [LAYOUT])
        _add_columns(con)
        comment(con, "ledger")


def _add_columns(con: duckdb.DuckDBPyConnection) -> None:
    columns_there = con.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = 'lake' AND schema_name = 'ledger'"
    )
    there = set(columns_there.fetchall())
    for name, columns in TABLES.items():
        for column in columns.split(", "):
            if (name, column.split()[0]) not in there:
                con.execute(f"ALTER TABLE lake.ledger.{name} ADD COLUMN {column}")


def open_turn(con: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Forget everything of `as_of` and later, and of turns that were never closed (a killed run left them).

    Afterwards ledger.ticket shows the tickets as the previous turn left them, and the lake no date until the turn is
    open.
    """
    with transaction(con):
        con.execute("DELETE FROM lake.ledger.shown")
        forgotten = findings.forget(con, as_of)
        past.forget(con, as_of)
        for name in TURN_TABLES:
            forgotten += con.execute(
                f"DELETE FROM lake.ledger.{name} WHERE as_of >= ? "
                "OR as_of NOT IN (SELECT as_of FROM lake.ledger.turn)",
                [as_of],
            ).fetchone()[0]
        if forgotten:
            rebuild_tickets(con)
