"""`ledger.linkage_decision`: what people decided about whom a row means, as far as it stands (归人认定).

Belongs here: what such a decision says, and which stands. Does not belong here: whom a row means without any decision
(dbt_project/models/linkage), how a decision overrules that (linkage.person_decision, unified.person_claim).
A decision is about a row (`claim_id` of unified.person_claim) and a person (`person_id`).
"""

from collections.abc import Mapping
from datetime import date

import duckdb

from pipelines.kit import decision_files
from pipelines.kit.decision_files import Desk, Entry
from pipelines.kit.paths import Paths
from pipelines.kit.tables import replace_all, transaction

SAME, NOT_SAME, OPEN = "same", "not_same", "open"
LINKAGE = Desk(
    "linkage", ("claim_id", "person_id", "decision", "reason", "by"),
    {SAME: "同一人", NOT_SAME: "不是同一人", OPEN: "撤销"},
    headings={
        "claim_id": "记录主键", "person_id": "人员主键", "decision": "决定", "reason": "理由", "by": "决定人",
        "on": "决定日期",
    },
)  # fmt: skip


def take_in(paths: Paths, as_of: date) -> None:
    """Move new files into the folder of this turn."""
    decision_files.take_in(paths, LINKAGE, as_of)


def record_decisions(con: duckdb.DuckDBPyConnection, paths: Paths, as_of: date) -> None:
    """Replace the table by what is decided by `as_of`."""
    rows = [
        {"claim_id": claim, "person_id": person, "decision": e.text["decision"], "reason": e.text["reason"],
         "decided_by": e.text["by"], "decided_on": e.on, "turn": turn}
        for (claim, person), (turn, e) in sorted(_standing(paths, as_of).items())
    ]  # fmt: skip
    with transaction(con):
        replace_all(con, "lake.ledger.linkage_decision", as_of, rows)


def problems(con: duckdb.DuckDBPyConnection, paths: Paths, as_of: date) -> list[str]:
    """Chinese messages about files nobody can read or that wait, and decisions new to this turn about rows or persons
    that the lake does not have."""
    found = decision_files.not_taken_in(paths, LINKAGE, as_of)
    new = decision_files.new(paths, LINKAGE, as_of)
    if not new:
        return found  # without a look at all claims
    lacking = {(column, name): word for column, word in (("claim_id", "记录"), ("person_id", "人员"))
               for name in _unknown(con, column, [e.text[column] for e in new])}  # fmt: skip
    return found + [
        f"{e.place}：库中没有{word} {name}，请核对主键。该决定未生效。"
        for e in new for (column, name), word in lacking.items() if e.text[column] == name
    ]  # fmt: skip


def _unknown(con: duckdb.DuckDBPyConnection, column: str, names: list[str]) -> list[str]:
    """Those of `names` that no claim has in `column`, and that no person was called before."""
    former = "UNION ALL SELECT former_person_id FROM lake.ledger.person_key_event" if column == "person_id" else ""
    known = f"SELECT {column} AS name FROM lake.unified.person_claim {former}"
    asked = "SELECT DISTINCT unnest(?) AS name"
    return [n for (n,) in con.execute(f"{asked} EXCEPT SELECT name FROM ({known}) ORDER BY 1", [names]).fetchall()]


def _standing(paths: Paths, as_of: date) -> Mapping[tuple[str, str], tuple[date, Entry]]:
    """By (claim, person) the turn and entry that count: the last by day, then turn, file and place. A row is the same
    as one person at most, the last decided."""
    last: dict[tuple[str, str], tuple[date, Entry]] = {}
    for turn, e in decision_files.in_order(paths, LINKAGE, as_of):
        claim, person = e.text["claim_id"], e.text["person_id"]
        if e.text["decision"] == SAME:
            others = [k for k, (_, o) in last.items() if k[0] == claim and o.text["decision"] == SAME]
            last = {key: value for key, value in last.items() if key not in others}
        last[claim, person] = (turn, e)
    return {key: value for key, value in last.items() if value[1].text["decision"] != OPEN}
