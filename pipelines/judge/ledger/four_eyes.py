"""Four eyes (双人复核): what a department decides about a critical ticket counts once somebody else has signed, too.

Belongs here: which decisions count. Does not belong here: what they do (tickets.py, assertions.py).
"""

from collections.abc import Sequence

import duckdb

from pipelines.judge.ledger.decisions import Decision
from pipelines.judge.ledger.ticket_numbers import short

CRITICAL = "C"
_CRITICAL = """
SELECT ticket_id FROM lake.ledger.ticket WHERE severity = $critical AND list_contains($asked, ticket_id)
"""


def seconded(con: duckdb.DuckDBPyConnection, decisions: Sequence[Decision]) -> tuple[list[Decision], list[str]]:
    """The decisions that count, and a Chinese message about every other; each names its ticket in full."""
    asked = {"critical": CRITICAL, "asked": [d.ticket_id for d in decisions]}
    critical = {ticket for (ticket,) in con.execute(_CRITICAL, asked).fetchall()}
    alone = [d for d in decisions if d.ticket_id in critical and d.second in ("", d.by)]
    return [d for d in decisions if d not in alone], [
        f"{d.place}：工单 {short(d.ticket_id)} 属紧急，须由答复人以外的一人复核，该决定未生效；请补填“复核人”后另交。"
        for d in alone
    ]
