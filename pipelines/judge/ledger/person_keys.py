"""`ledger.person_key`: which person an identity number meant when it was first seen.

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
