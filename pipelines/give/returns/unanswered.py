"""Which townships have let the last day for answers go by without sending anything back.

Belongs here: that list, from what is out and what came. Does not belong here: reminding (defs/alerts.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.judge.ledger.set_manifest import read_manifest
from pipelines.kit.city_time import written_day
from pipelines.kit.issues import issues_in
from pipelines.kit.paths import RECEIPT_NAME, Paths


@dataclass(frozen=True)
class Unanswered:
    """A township's newest set that asked something and whose last day is over. `questions`: how many it asked."""

    township_code: str
    place: str
    as_of: str
    due_on: str
    questions: int

    def days_over(self, today: date) -> int:
        """Days since the last day for answers."""
        return (today - date.fromisoformat(self.due_on)).days


def unanswered(paths: Paths, today: date) -> list[Unanswered]:
    """Townships that have sent nothing since such a set, those that have let most days go by first."""
    found = []
    for shelf in sorted(paths.returns.glob("[0-9]*")):
        last = _last_due(shelf.name, issues_in(shelf), today)
        if last and not any(day > last.as_of for day in _days_of_receipts(paths, shelf.name)):
            found.append(last)
    return sorted(found, key=lambda one: (one.due_on, one.township_code))


def _days_of_receipts(paths: Paths, township: str) -> set[str]:
    """Days for which a file came; what else lies in the folder is nobody's answer."""
    return {file.parent.name for file in paths.receipts.glob(f"{township}/[0-9]*/{RECEIPT_NAME.format('*')}")}


def _last_due(township: str, sets: Sequence[Path], today: date) -> Unanswered | None:
    """From the newest date backwards; of a date the last issue alone counts. One whose manifest does not say what is
    needed asks nobody."""
    newest = {folder.name[:8]: folder for folder in sets}
    for folder in reversed(newest.values()):
        said = read_manifest(folder) or {}
        due_on, asked = written_day(str(said.get("due_on"))), said.get("counts", {}).get("anomalies")
        if asked and due_on and due_on < today:
            place = f"{said.get('county_name', '')}{said.get('township_name', '')}"
            return Unanswered(township, place, said["as_of"], due_on.isoformat(), asked)
    return None
