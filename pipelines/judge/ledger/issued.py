"""`ledger.issued_resident`: what townships were told about each resident, to tell the changes next time.

Belongs here: what is kept of a return set. Does not belong here: the changes themselves (model `return_change`).
"""

from datetime import date

import duckdb

from pipelines.kit.tables import transaction

_SHOWN = "name, sex_name, birth_date, village_name, grid_code, living_type"


def snapshot(con: duckdb.DuckDBPyConnection, as_of: date) -> int:
    """Keep the residents returned in this turn and in the turn before; returns how many of this turn."""
    with transaction(con):
        con.execute(
            """DELETE FROM lake.ledger.issued_resident WHERE as_of >= $as_of OR as_of < (
                SELECT coalesce(max(as_of), $as_of) FROM lake.ledger.issued_resident WHERE as_of < $as_of)""",
            {"as_of": as_of},
        )
        con.execute(
            f"""INSERT INTO lake.ledger.issued_resident BY NAME
            SELECT CAST(? AS DATE) AS as_of, township_code, person_id, {_SHOWN}
            FROM lake.returns.return_resident ORDER BY township_code, person_id""",
            [as_of],
        )
    count = "SELECT count(*) FROM lake.ledger.issued_resident WHERE as_of = ?"
    return con.execute(count, [as_of]).fetchone()[0]
