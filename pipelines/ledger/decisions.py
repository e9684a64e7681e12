"""Decisions of source departments: YAML files they put into `decisions/source/`.

Belongs here: taking files in per turn, reading them, saying clearly what is wrong with one. Does not belong
here: what a decision does to a ticket (tickets.py).
A file is a list of {ticket_id, decision: accepted | rejected, reason, by, on: YYYY-MM-DD}.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines import decision_files
from pipelines.decision_files import issued_turns, text
from pipelines.paths import Paths

EVENTS = {"accepted": "source_accept", "rejected": "source_reject"}
_FOLDER = "source"
_REQUIRED = ("ticket_id", "decision", "reason", "by")


@dataclass(frozen=True)
class Decision:
    """One answer of a department. `position` counts from 1 within the file."""

    ticket_id: str
    decision: str
    reason: str
    by: str
    on: date
    file: str
    position: int

    @property
    def event(self) -> str:
        """The ticket event it stands for."""
        return EVENTS[self.decision]


def take_in(paths: Paths, as_of: date) -> list[Path]:
    """Move new files into the folder of this turn (decision_files.take_in); returns the moved files."""
    return decision_files.take_in(paths, _FOLDER, as_of, _newest)


def read_decisions(paths: Paths, as_of: date) -> tuple[list[Decision], list[str]]:
    """Decisions taken in by this turn, and Chinese messages about files that could not be read.

    Folders of dates between the previous issued turn and `as_of` count too: a killed turn took them in.
    """
    previous = max((t for t in issued_turns(paths) if t < as_of), default=date.min)
    decisions, problems = [], []
    for path in decision_files.taken(paths, _FOLDER, as_of, after=previous):
        decisions += _read_file(path)[0]
    for path in decision_files.waiting(paths, _FOLDER):
        problems += _read_file(path)[1]
    return decisions, problems


def _newest(path: Path) -> date | None:
    return max((d.on for d in _read_file(path)[0]), default=None)


def _read_file(path: Path) -> tuple[list[Decision], list[str]]:
    """Everything of the file, or nothing and what is wrong with it."""
    entries, problems = decision_files.read_list(path, _faults)
    return [_decision(path.name, number, entry) for number, entry in enumerate(entries, 1)], problems


def _faults(where: str, entry: dict) -> Iterator[str]:
    yield from decision_files.missing(where, entry, _REQUIRED)
    if text(entry, "decision") not in ("", *EVENTS):
        yield f"{where}decision 只能是 accepted（采纳）或 rejected（不采纳）。"


def _decision(file: str, number: int, entry: dict) -> Decision:
    values = {key: text(entry, key) for key in _REQUIRED}
    return Decision(**values, on=date.fromisoformat(text(entry, "on")), file=file, position=number)
