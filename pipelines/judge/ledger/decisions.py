"""Decisions of source departments about tickets: files put into `decisions/source/`.

Belongs here: what such a file says. Does not belong here: reading files (decision_files.py), what a decision
does to a ticket (tickets.py), who has to countersign it (four_eyes.py).
A file is the letter of objection, its yellow cells filled in, or a YAML list of {ticket_id, decision: accepted |
rejected, reason, by, on: YYYY-MM-DD, second: who countersigns}.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.kit import decision_files
from pipelines.kit.decision_files import Desk, Entry, issued_turns, place
from pipelines.kit.paths import Paths

__all__ = ["EVENTS", "SOURCE", "Decision", "issued_turns", "last_per_ticket", "read_decisions", "take_in"]

EVENTS = {"accepted": "source_accept", "rejected": "source_reject"}
SOURCE = Desk(
    "source", ("ticket_id", "decision", "reason", "by"), {"accepted": "采纳", "rejected": "不采纳"}, ("second",),
    headings={
        "ticket_id": "工单号", "decision": "答复", "reason": "答复理由", "by": "答复人", "second": "复核人",
        "on": "答复日期",
    },
)  # fmt: skip


@dataclass(frozen=True)
class Decision:
    """One answer of a department. `position` counts from 1 within the file, or is the row of a workbook's `sheet`."""

    ticket_id: str
    decision: str
    reason: str
    by: str
    on: date
    file: str
    position: int
    second: str = ""
    sheet: str = ""

    @classmethod
    def of(cls, entry: Entry) -> "Decision":
        """As an entry of a file says it."""
        return cls(**entry.text, on=entry.on, file=entry.file, position=entry.position, sheet=entry.sheet)

    @property
    def place(self) -> str:
        """Where it stands, in Chinese."""
        return place(self.file, self.sheet, self.position)

    @property
    def event(self) -> str:
        """The ticket event it stands for."""
        return EVENTS[self.decision]


def take_in(paths: Paths, as_of: date) -> list[Path]:
    """Move new files into the folder of this turn; see decision_files.take_in."""
    return decision_files.take_in(paths, SOURCE, as_of)


def read_decisions(paths: Paths, as_of: date) -> tuple[list[Decision], list[str]]:
    """Decisions taken in by this turn, and Chinese messages about files that could not be read or wait.

    Folders of dates between the previous issued turn and `as_of` count too: a killed turn took them in.
    """
    new = decision_files.new(paths, SOURCE, as_of)
    return [Decision.of(entry) for entry in new], decision_files.not_taken_in(paths, SOURCE, as_of)


def last_per_ticket(decisions: Iterable[Decision]) -> list[Decision]:
    """The decisions that count: of several about a ticket the last one."""
    return list({d.ticket_id: d for d in sorted(decisions, key=lambda d: (d.on, d.file, d.position))}.values())
