"""`ledger.person_key`: which person an identity number meant when it was first seen; `ledger.person_key_event`: where
it came to mean another.

Belongs here: the registry and how it grows. Does not belong here: who is who (dbt_project/models/linkage). It keeps
persons stable when numbers are changed later: linkage prefers the registry's earliest person.
"""

from datetime import date

import duckdb


def append(con: duckdb.DuckDBPyConnection, as_of: date) -> int:
    """Add the numbers of linkage.person_identifier that the registry lacks; returns how many."""
    con.execute("DELETE FROM lake.ledger.person_key WHERE as_of >= ?", [as_of])
    con.execute(
        """INSERT INTO lake.ledger.person_key
        SELECT CAST(? AS DATE), id_no, min(person_id) FROM lake.linkage.person_identifier
        WHERE id_no NOT IN (SELECT id_no FROM lake.ledger.person_key)
        GROUP BY id_no ORDER BY id_no""",
        [as_of],
    )
    return con.execute("SELECT count(*) FROM lake.ledger.person_key WHERE as_of = ?", [as_of]).fetchone()[0]


# What a number meant last, before this turn. A key that no number bears any more was taken in by another (merge); one
# that others still bear gave a number away (split).
_EVENTS = """
INSERT INTO lake.ledger.person_key_event
WITH known AS (
    SELECT id_no, arg_max(person_id, as_of) AS person_id
    FROM (
        SELECT as_of, id_no, person_id FROM lake.ledger.person_key WHERE as_of < $as_of
        UNION ALL SELECT as_of, id_no, person_id FROM lake.ledger.person_key_event
    )
    GROUP BY id_no
)
SELECT $as_of, id_no, known.person_id, now.person_id,
    CASE WHEN known.person_id IN (SELECT person_id FROM lake.linkage.person_identifier) THEN 'split' ELSE 'merge' END
FROM known JOIN lake.linkage.person_identifier AS now USING (id_no)
WHERE now.person_id <> known.person_id
ORDER BY id_no
"""


def append_events(con: duckdb.DuckDBPyConnection, as_of: date) -> int:
    """Write down every number that means another person than it did in the turn before; returns how many."""
    con.execute("DELETE FROM lake.ledger.person_key_event WHERE as_of >= ?", [as_of])
    return con.execute(_EVENTS, {"as_of": as_of}).fetchone()[0]
