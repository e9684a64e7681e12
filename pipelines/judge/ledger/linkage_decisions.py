"""`ledger.linkage_decision`: what people decided about whom a row means, in their order (归人认定).

Belongs here: what such a decision says, taking them in, and telling those without effect. Does not belong here: which
of them counts (linkage.decision_outcome), how a decision overrules a number or a match (unified.person_claim).
A decision is about a row (`claim_id` of unified.person_claim) and a person (`person_id`).
"""

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
OUTWEIGHED = "outweighed"
# By outcome of linkage.decision_outcome: which cell it is about, and what is told of it.
_TOLD = {
    "nobody": (
        "person_id", "库中没有人员 {person}，该决定未生效，以前的决定照旧有效；请从工作簿中复制主键，重新填写。",
    ),
    "waits": (
        "person_id", "这条记录已经认定为人员 {stands}，一条记录只能是一个人，该决定未生效；确需改认的，"
        "请对原来的人员另填一行“撤销”，撤销后本决定生效。",
    ),
    "no_effect": ("decision", "这条记录和这个人没有可以撤销的决定，请核对两个主键。"),
    OUTWEIGHED: (
        "decision", "这条记录后来填报了此人的有效证号，已按证号归人，“不是同一人”不再生效。同意的，请填“撤销”；"
        "证号填错的，请再填一次“不是同一人”，并请来源部门更正。",
    ),
}  # fmt: skip
_OUTCOMES = """
SELECT told.decision_no, told.outcome, stands.person_id
FROM lake.linkage.decision_outcome AS told
LEFT JOIN lake.linkage.person_decision AS stands ON stands.claim_id = told.claim_id AND stands.decision = 'same'
ORDER BY told.decision_no
"""


def take_in(paths: Paths, as_of: date) -> None:
    """Move new files into the folder of this turn."""
    decision_files.take_in(paths, LINKAGE, as_of)


def record_decisions(con: duckdb.DuckDBPyConnection, paths: Paths, as_of: date) -> None:
    """Replace the table by what was decided by `as_of`."""
    rows = [
        {"decision_no": no, "claim_id": e.text["claim_id"], "person_id": e.text["person_id"],
         "decision": e.text["decision"], "reason": e.text["reason"], "decided_by": e.text["by"], "decided_on": e.on,
         "turn": turn}
        for no, (turn, e) in _numbered(paths, as_of).items()
    ]  # fmt: skip
    with transaction(con):
        replace_all(con, "lake.ledger.linkage_decision", as_of, rows)


def append_ruled_out(con: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Keep of every new "not him" whether its row bore that person's number: whoever decided knew of that one."""
    con.execute("DELETE FROM lake.ledger.ruled_out WHERE as_of >= ?", [as_of])
    con.execute(
        """INSERT INTO lake.ledger.ruled_out
        SELECT DISTINCT CAST(? AS DATE), claim_id, decided_person_id, turn, is_numbered
        FROM lake.linkage.decision_outcome ANTI JOIN lake.ledger.ruled_out AS seen
            ON seen.claim_id = decision_outcome.claim_id AND seen.person_id = decided_person_id
            AND seen.turn = decision_outcome.turn
        WHERE decision = ? AND decision_outcome.person_id IS NOT NULL
        ORDER BY ALL""",
        [as_of, NOT_SAME],
    )


def problems(con: duckdb.DuckDBPyConnection, paths: Paths, as_of: date) -> list[str]:
    """Chinese messages about files nobody can read or that wait, decisions new to this turn without effect, and those
    that a number has outweighed since."""
    found = decision_files.not_taken_in(paths, LINKAGE, as_of)
    made = _numbered(paths, as_of)
    if not made:
        return found  # without a look at all claims
    since = decision_files.last_turn(paths, as_of)
    unknown = _unknown_claims(con, sorted({e.text["claim_id"] for turn, e in made.values() if turn > since}))
    for no, outcome, stands in con.execute(_OUTCOMES).fetchall():
        turn, e = made[no]
        if turn > since and e.text["claim_id"] in unknown:
            told = f"库中没有记录 {e.text['claim_id']}，请核对主键。该决定未生效。"
            found.append(_cell(e, "claim_id") + told)
        if outcome in _TOLD and (turn > since or outcome == OUTWEIGHED):
            name, told = _TOLD[outcome]
            found.append(_cell(e, name) + told.format(person=e.text["person_id"], stands=stands))
    return found


def _cell(e: Entry, name: str) -> str:
    return f"{e.place}“{LINKAGE.headings[name] if e.sheet else name}”："


def _unknown_claims(con: duckdb.DuckDBPyConnection, names: list[str]) -> set[str]:
    asked = "SELECT DISTINCT unnest(?) EXCEPT SELECT claim_id FROM lake.unified.person_claim"
    return {name for (name,) in con.execute(asked, [names]).fetchall()} if names else set()


def _numbered(paths: Paths, as_of: date) -> dict[int, tuple[date, Entry]]:
    """The turn and entry of each decision by its number: by day, of one day by turn, file and place."""
    return dict(enumerate(decision_files.in_order(paths, LINKAGE, as_of), 1))
