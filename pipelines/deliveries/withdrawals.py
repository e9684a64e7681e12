"""Deliveries that a named person took out of force, and put back: YAML files in `decisions/deliveries/`.

Belongs here: reading them. Does not belong here: what follows for other deliveries (standing.py).
A file is a list of {feed, delivery_id, decision: withdraw | reinstate, reason, by, on: YYYY-MM-DD}; of several
decisions about a delivery the last one counts. Entries with another `decision` are not about this.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from pipelines import decision_files
from pipelines.decision_files import text
from pipelines.paths import Paths

FOLDER = "deliveries"
WITHDRAW, REINSTATE = "withdraw", "reinstate"
_REQUIRED = ("feed", "delivery_id", "decision", "reason", "by")


def take_in(paths: Paths, as_of: date) -> list[Path]:
    """Move new files into the folder of this turn (decision_files.take_in); returns the moved files."""
    return decision_files.take_in(paths, FOLDER, as_of, _newest)


def withdrawn(paths: Paths, feed_code: str, as_of: date) -> dict[str, date]:
    """Ids of deliveries of a feed that are out of force by `as_of`, with the day they were withdrawn."""
    out: dict[str, date] = {}
    for entry in _entries(paths, as_of):
        if entry["feed"] == feed_code and entry["decision"] == WITHDRAW:
            out[entry["delivery_id"]] = date.fromisoformat(entry["on"])
        elif entry["feed"] == feed_code and entry["decision"] == REINSTATE:
            out.pop(entry["delivery_id"], None)
    return out


def problems(paths: Paths) -> list[str]:
    """What is wrong with files that wait, in Chinese."""
    return [p for path in decision_files.waiting(paths, FOLDER) for p in _read(path)[1]]


def _entries(paths: Paths, as_of: date) -> list[dict]:
    """All entries taken in by `as_of`, in order of their day; of one day, in order of file and place."""
    entries = [e for path in decision_files.taken(paths, FOLDER, as_of) for e in _read(path)[0]]
    return sorted(entries, key=lambda e: e["on"])


def _newest(path: Path) -> date | None:
    return max((date.fromisoformat(e["on"]) for e in _read(path)[0]), default=None)


def _read(path: Path) -> tuple[list[dict], list[str]]:
    entries, found = decision_files.read_list(path, _faults)
    return [{key: text(entry, key) for key in (*_REQUIRED, "on")} for entry in entries], found


def _faults(where: str, entry: dict) -> Iterator[str]:
    yield from decision_files.missing(where, entry, _REQUIRED)
