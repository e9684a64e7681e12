"""Turns that were issued: `decisions/turns/<as_of>.json` outside the lake, `ledger.turn` inside.

Belongs here: closing a turn, and knowing which turns a lake lacks. Does not belong here: running a turn, reading the
file (turn_file.py).
The file is written first: a lake without the row replays the turn, a row without the file could not be
rebuilt. It names the sets in force, what came in for them, and every set that was replaced, with the reason:
nothing is ever taken out of it.
"""

from collections.abc import Mapping
from datetime import date

import duckdb

from pipelines.judge.ledger import shown
from pipelines.judge.ledger.reissue import Unfounded, came_since, inputs
from pipelines.judge.ledger.turn_file import read_turn, turn_file, write_turn
from pipelines.kit.decision_files import is_past, issued_turns
from pipelines.kit.paths import Paths
from pipelines.kit.tables import insert, transaction

_MOST_NAMED = 5
STOPPED = "上次签发中断，本轮尚未办结"
_SET = "set_id, township_code, issue, manifest_sha256, residents, anomalies"


class Overtaken(ValueError):
    """Later turns are out and none of this date, so it would be told after its end; the message says what to launch."""


def require_not_overtaken(paths: Paths, as_of: date) -> None:
    """Raises Overtaken. A turn that is out may be opened again, whatever followed."""
    issued = issued_turns(paths)
    if as_of in issued or not is_past(paths, as_of):
        return
    raise Overtaken(
        f"the turn of {issued[-1]} is out, and there is none of {as_of} 已返还至 {issued[-1]}，没有 {as_of} 这一轮. "
        "Nothing was changed 未作任何改动. Launch the job `turn` with a later partition 请选更晚的业务日期, or one "
        f"that is out: {', '.join(map(str, issued[-_MOST_NAMED:]))}."
    )


def close_turn(
    con: duckdb.DuckDBPyConnection, paths: Paths, as_of: date, sets: Mapping[str, str], because: str = "",
    stale_ok: str = "",
) -> None:  # fmt: skip
    """Record that the sets of `as_of` are out. `sets` maps township -> set id just issued.

    A turn that is out keeps its file while its sets stay; sets that replace others need the reason (raises
    Unfounded). `stale_ok`: why the turn was run on old data. Raises ValueError when ledger.return_set
    does not have one of them: a rebuild would lose it.
    """
    rows = con.execute(
        f"SELECT {_SET} FROM lake.ledger.return_set WHERE as_of = ? ORDER BY township_code, issue", [as_of]
    ).fetchall()
    known = {row[0] for row in rows}
    if lost := sorted(township for township, set_id in sets.items() if set_id not in known):
        raise ValueError(f"sets issued but not in ledger.return_set: {lost}")
    names = _SET.split(", ")
    entries = [dict(zip(names, row, strict=True)) for row in rows]
    standing = read_turn(paths, as_of)
    if standing.get("sets") != entries:
        document = {"as_of": as_of.isoformat(), "sets": entries, "inputs": inputs(con, paths, as_of)}
        document |= {"stale_ok": stale_ok} if stale_ok else {}
        document |= _superseded(standing, entries, because, as_of)
        write_turn(paths, document)
    shown.reach(con, as_of, shown.CLOSED)


def why_again(con: duckdb.DuckDBPyConnection, paths: Paths, as_of: date) -> str:
    """Why sets of the turn may be replaced, in Chinese: what came in since it was issued; that a run was stopped before
    all sets were out. '' when there is no reason to be found."""
    if not turn_file(paths, as_of).exists():
        return STOPPED
    return came_since(paths, as_of, read_turn(paths, as_of).get("inputs", {}), inputs(con, paths, as_of))


def superseded(paths: Paths, as_of: date) -> list[dict]:
    """The sets of a turn that were replaced, oldest first: {because, sets} each time."""
    return read_turn(paths, as_of).get("superseded", [])


def times_issued(paths: Paths, as_of: date) -> int:
    """How often the sets of a turn were issued; what is issued beside them keeps it."""
    return len(superseded(paths, as_of)) + 1


def issued_since(paths: Paths, as_of: date, times_then: int) -> str:
    """Why the sets were issued again after `times_then` issues, in Chinese; '' when they were not."""
    again = superseded(paths, as_of)
    return again[-1]["because"] if len(again) >= times_then else ""


def _superseded(standing: dict, entries: list[dict], because: str, as_of: date) -> dict:
    replaced = [entry for entry in standing.get("sets", []) if entry not in entries]
    if not replaced:
        return {}
    if not because:
        raise Unfounded("the turn", as_of)
    return {"superseded": [*standing.get("superseded", []), {"because": because, "sets": replaced}]}


def restore_sets(con: duckdb.DuckDBPyConnection, paths: Paths, as_of: date) -> int:
    """Fill ledger.return_set of a turn from its file; returns how many sets. For a rebuild."""
    names = _SET.split(", ")
    rows = [(as_of, *(entry[n] for n in names)) for entry in read_turn(paths, as_of)["sets"]]
    with transaction(con):
        con.execute("DELETE FROM lake.ledger.return_set WHERE as_of = ?", [as_of])
        insert(con, "lake.ledger.return_set", rows)
    return len(rows)


def missing_turns(con: duckdb.DuckDBPyConnection, paths: Paths, as_of: date) -> list[date]:
    """Issued turns before `as_of` that this ledger has to replay, oldest first.

    From the first turn it lacks on: later ones build on it. All of them when the residents returned by the
    turn just before `as_of` are no longer kept, because its changes are told against those.
    """
    issued = [turn for turn in issued_turns(paths) if turn < as_of]
    if not issued:
        return []
    present = {d for (d,) in con.execute("SELECT as_of FROM lake.ledger.turn").fetchall()}
    snapshots = {
        d for (d,) in con.execute("SELECT DISTINCT as_of FROM lake.ledger.issued_resident").fetchall()
    }
    if snapshots and issued[-1] in present and issued[-1] not in snapshots:
        return issued
    first = next((i for i, turn in enumerate(issued) if turn not in present), len(issued))
    return issued[first:]
