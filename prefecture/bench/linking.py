"""Linking every record to its person, beside the join a good engineer would write where every number is clean.

Belongs here: both, on the lake of a turn, in one transaction that is taken back. Does not belong here: how well records
were linked (linkage.py). By hand gets the rows of all feeds ready made, as the models do, and joins them by number.
"""

import time
from datetime import date
from typing import Any

from pipelines.kit.build import statement
from pipelines.kit.lake import connect
from pipelines.kit.models import MODEL, nodes
from pipelines.kit.paths import Paths

_SAID, _CLAIM = "__dbt__cte__said_person", "person_claim"
_OURS = ("number_change", "person_identifier", "decision_outcome", "person_decision", "person_claim_match", _CLAIM)


def measure(paths: Paths, as_of: date) -> dict[str, Any]:
    """Seconds of both ways."""
    known = {node.name: node for node in nodes() if node.kind == MODEL}
    said = body(known[_CLAIM].sql, _SAID)
    with connect(paths) as con:
        con.execute("BEGIN")
        clock = time.perf_counter()
        con.execute(
            f"CREATE TABLE lake.linkage.joined_by_hand AS SELECT said.*, person.person_id FROM ({said}) AS said "
            "LEFT JOIN lake.unified.person AS person ON person.id_no = said.id_no_norm"
        )
        by_hand = time.perf_counter()
        for name in _OURS:
            con.execute(statement(known[name], paths, as_of))
        ours = time.perf_counter()
        con.execute("ROLLBACK")
    return {"by_hand": by_hand - clock, "ours": ours - by_hand}


def body(sql: str, name: str) -> str:
    """What stands in the brackets of `name as (…)` in a WITH clause. Raises ValueError where there is none."""
    start = sql.index(f"{name} as (") + len(f"{name} as (")
    depth = 1
    for end in range(start, len(sql)):
        depth += {"(": 1, ")": -1}.get(sql[end], 0)
        if not depth:
            return sql[start:end]
    raise ValueError(f"{name}: its bracket is not closed")
