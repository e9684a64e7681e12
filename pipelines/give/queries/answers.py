"""One answer on disk: the workbook, locked for who asked, and the record of it.

Belongs here: that an answer which is out stays as it is. Does not belong here: what it says (answering.py, sheet.py). A
second answer to a list for a date supersedes the first and says why.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.give.queries.answering import Answered
from pipelines.give.queries.records import is_lost, is_refusal, read_answered
from pipelines.give.queries.sheet import answer_sheet
from pipelines.judge.ledger import turns
from pipelines.judge.ledger.reissue import DAMAGED, Unfounded
from pipelines.kit.issues import replaces
from pipelines.kit.paths import Paths
from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.security.workbook_lock import WrongPassword, lock, unlock
from pipelines.kit.whole_files import PRIVATE, write_whole

UNKNOWN = "未识别"


@dataclass(frozen=True)
class Answer:
    """What is to be said about one list. `place` '' where nobody knows who asked: then there is a record, and no file.

    `refusal` '' = answered row by row; `counts` and `missed` go into the record, `sources` say how old the data are.
    """

    as_of: date
    list_sha256: str
    list_name: str
    asked_by: str
    place: str
    refusal: str
    answers: Sequence[Answered]
    counts: Sequence[Mapping[str, Any]]
    missed: Sequence[str] = ()
    sources: Sequence[str] = ()

    def sheet(self, replaced: str = "") -> bytes:
        """The workbook, not locked; `replaced`: which answer it replaces, and why."""
        said = self.place or UNKNOWN, self.list_name, self.refusal, self.answers, self.sources
        return answer_sheet(self.as_of, *said, replaced)

    def record(self) -> dict[str, Any]:
        """Counts and keyed hashes, no person."""
        return {
            "as_of": self.as_of.isoformat(),
            "asked_by": self.asked_by,
            "list_sha256": self.list_sha256,
            "answers_sha256": hashlib.sha256(self.sheet()).hexdigest(),
            "counts": list(self.counts),
            "missed": list(self.missed),
        }


def write_answer(paths: Paths, keys: KeyProvider, answer: Answer, because: str = "") -> Path | None:
    """The file as it stands, None where nobody knows who asked; the record is written last.

    Raises Unfounded, and writes nothing, when an answer that is out would be replaced by another without a reason:
    `because`, or that of the turn that was issued again.
    """
    note = paths.queries / "records" / answer.as_of.isoformat() / f"{answer.list_sha256[:16]}_{answer.asked_by}.json"
    out = read_answered(note) if note.is_file() else None
    if out and is_lost(out):
        out["issue"] = _last_issue(paths, answer)
    record = answer.record() | _history(paths, keys, answer, out, because)
    file = _file(paths, answer, record["issue"]) if answer.place else None
    if file and not file.is_file():
        write_whole(file, lock(answer.sheet(_replaced(record)), keys.password(answer.asked_by)), PRIVATE)
    if record != out:
        write_whole(note, json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True) + "\n", PRIVATE)
    return file


def _history(
    paths: Paths, keys: KeyProvider, answer: Answer, out: dict[str, Any] | None, because: str
) -> dict[str, Any]:
    """Which issue the answer is, and what it replaces. Raises Unfounded."""
    first = {"issue": 1, "turns_issued": turns.times_issued(paths, answer.as_of)}
    if out is None or not answer.place:
        return first
    if answer.record().items() <= out.items() or (is_lost(out) and _is_first(paths, keys, answer, out["issue"])):
        return {name: out.get(name, text) for name, text in first.items()} | {
            name: out[name] for name in ("because", "superseded") if name in out
        }
    why = because or _why_again(paths, answer, out)
    if not why:
        raise Unfounded(f"the answer to list {answer.list_sha256[:8]} of {answer.asked_by}", answer.as_of)
    before = {name: out[name] for name in ("issue", "answers_sha256", "counts")}
    replaced = [*out.get("superseded", []), before]
    return first | {"issue": out["issue"] + 1, "because": why, "superseded": replaced}


def _why_again(paths: Paths, answer: Answer, out: Mapping[str, Any]) -> str:
    """Why another answer is to be expected, in Chinese; '' when there is no reason to be found."""
    if is_lost(out):
        return DAMAGED
    if is_refusal(out) and not answer.refusal:
        return "上次整份清单未答复"
    return turns.issued_since(paths, answer.as_of, out["turns_issued"])


def _replaced(record: Mapping[str, Any]) -> str:
    if record["issue"] == 1:
        return ""
    return replaces("本答复", f"同一清单的第 {record['issue'] - 1} 次答复", record["because"])


def _is_first(paths: Paths, keys: KeyProvider, answer: Answer, issue: int) -> bool:
    """Whether an answer whose record was lost is the first, and says the same."""
    try:
        plain = unlock(_file(paths, answer, issue).read_bytes(), keys.password(answer.asked_by))
    except (OSError, WrongPassword):
        return False
    return plain == answer.sheet()


def _last_issue(paths: Paths, answer: Answer) -> int:
    """By the files; 1 without any."""
    first = _file(paths, answer, 1)
    numbers = (path.stem[len(first.stem) + 1 :] or "1" for path in first.parent.glob(f"{first.stem}*.xlsx"))
    return max((int(number) for number in numbers), default=1)


def _file(paths: Paths, answer: Answer, issue: int) -> Path:
    suffix = f"_{issue}" if issue > 1 else ""
    folder = paths.queries / "answers" / answer.asked_by / answer.as_of.isoformat()
    return folder / f"答复_{answer.list_sha256[:8]}{suffix}.xlsx"
