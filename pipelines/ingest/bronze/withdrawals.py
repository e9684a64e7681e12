"""Deliveries that a named person took out of force, and put back: YAML files in `decisions/withdrawals/`.

Belongs here: which are out of force. Does not belong here: reading files (kit/decision_files.py), what follows
for other deliveries (ingest/deliveries/standing.py).
A file is a list of {feed, delivery_id, decision: withdraw | reinstate, reason, by, on: YYYY-MM-DD}; of several
decisions about a delivery the last one counts.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from pipelines.ingest.bronze.result import DeliveryResult
from pipelines.kit import decision_files
from pipelines.kit.decision_files import Desk, Entry
from pipelines.kit.paths import Paths

WITHDRAW, REINSTATE = "withdraw", "reinstate"
WITHDRAWALS = Desk(
    "withdrawals", ("feed", "delivery_id", "decision", "reason", "by"), {WITHDRAW: "撤回", REINSTATE: "恢复"}
)


def take_in(paths: Paths, as_of: date) -> list[Path]:
    """Move new files into the folder of this turn; returns the moved files."""
    return decision_files.take_in(paths, WITHDRAWALS, as_of)


def withdrawn(paths: Paths, feed_code: str, as_of: date) -> dict[str, date]:
    """Ids of deliveries of a feed that are out of force by `as_of`, with the day they were withdrawn."""
    out: dict[str, date] = {}
    for entry in _entries(paths, as_of):
        if entry.text["feed"] == feed_code and entry.text["decision"] == WITHDRAW:
            out[entry.text["delivery_id"]] = entry.on
        elif entry.text["feed"] == feed_code:
            out.pop(entry.text["delivery_id"], None)
    return out


def problems(paths: Paths, feed_code: str, known: Iterable[DeliveryResult], as_of: date) -> list[str]:
    """Chinese messages about decisions on a feed that have no effect. `known`: its deliveries by `as_of`."""
    ids = {r.delivery_id for r in known}
    return [
        f"{e.place}：{feed_code} 没有交付 {e.text['delivery_id']}，请核对交付编号。该决定未生效。"
        for e in _entries(paths, as_of)
        if e.text["feed"] == feed_code and e.text["delivery_id"] not in ids
    ]


def unread(paths: Paths) -> list[str]:
    """Chinese messages about files that cannot be read."""
    return decision_files.unread(paths, WITHDRAWALS)


def waiting(paths: Paths, as_of: date) -> list[str]:
    """Chinese messages about files that are not taken in yet."""
    return decision_files.waiting(paths, WITHDRAWALS, as_of)


def _entries(paths: Paths, as_of: date) -> list[Entry]:
    """All entries taken in by `as_of`, in order of their day; of one day, in order of turn, file and place."""
    return [e for _, e in decision_files.in_order(paths, WITHDRAWALS, as_of)]
