"""Which townships have let the last day for answers go by without sending anything back.

Belongs here: that list, from what is out and what came. Does not belong here: reminding (defs/alerts.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.judge.ledger.set_manifest import read_manifest
from pipelines.kit.issues import issues_in
from pipelines.kit.paths import Paths
from pipelines.kit.receipt_files import receipts
from pipelines.kit.working_days import working_days_between


@dataclass(frozen=True)
class Unanswered:
    """A township's newest set that asked something and whose last day is over. `questions`: how many it asked."""

    township_code: str
    place: str
    as_of: str
    due_on: str
    questions: int

    def working_days_over(self, today: date) -> int:
        """Working days since the last day for answers."""
        return working_days_between(date.fromisoformat(self.due_on), today)


def unanswered(paths: Paths, today: date) -> list[Unanswered]:
    """Townships that have sent nothing since such a set, those that have let most days go by first."""
    found = []
    for shelf in sorted(paths.returns.glob("[0-9]*")):
        last = _last_due(shelf.name, issues_in(shelf), today)
        if last and not any(day > last.as_of for day in _days_of_receipts(paths, shelf.name)):
            found.append(last)
    return sorted(found, key=lambda one: (one.due_on, one.township_code))


def _days_of_receipts(paths: Paths, township: str) -> set[str]:
    return {file.parent.name for file in receipts(paths, township)}


def _last_due(township: str, sets: Sequence[Path], today: date) -> Unanswered | None:
    """From the newest date backwards; of a date the last issue alone counts. One whose manifest is damaged asks
    nobody."""
    newest = {folder.name[:8]: folder for folder in sets}
    for folder in reversed(newest.values()):
        said = read_manifest(folder)
        if not said or "as_of" not in said or "due_on" not in said:
            continue
        if said["counts"]["anomalies"] and said["due_on"] < today.isoformat():
            place = f"{said.get('county_name', '')}{said['township_name']}"
            return Unanswered(township, place, said["as_of"], said["due_on"], said["counts"]["anomalies"])
    return None
