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

from pipelines.ledger import turns
from pipelines.ledger.reissue import DAMAGED, Unfounded
from pipelines.paths import Paths
from pipelines.queries.answering import Answered
from pipelines.queries.records import is_lost, is_refusal, read_record
from pipelines.queries.sheet import answer_sheet
from pipelines.security.keys import KeyProvider
from pipelines.security.workbook_lock import WrongPassword, lock, unlock
from pipelines.whole_files import PRIVATE, write_whole

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
    out = read_record(note) if note.is_file() else None
    record, history = answer.record(), {"issue": 1, "turns_issued": turns.times_issued(paths, answer.as_of)}
    if out and answer.place:
        file = _file(paths, answer, out["issue"])
        if record.items() <= out.items() or (is_lost(out) and _says(file, keys, answer)):
            history = {name: out[name] for name in (*history, "because", "superseded") if name in out}
        elif why := because or _why_again(paths, answer, out):
            before = {name: out[name] for name in ("issue", "answers_sha256", "counts")}
            history |= {
                "issue": out["issue"] + 1, "because": why, "superseded": [*out.get("superseded", []), before]
            }  # fmt: skip
        else:
            raise Unfounded(f"the answer to list {answer.list_sha256[:8]} of {answer.asked_by}", answer.as_of)
    record |= history
    file = _file(paths, answer, record["issue"]) if answer.place else None
    if file and not (record == out and file.is_file()):
        write_whole(file, lock(answer.sheet(_replaced(record)), keys.password(answer.asked_by)), PRIVATE)
    write_whole(note, json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True) + "\n", PRIVATE)
    return file


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
    return f"本答复替代同一清单的第 {record['issue'] - 1} 次答复，以本答复为准。原因：{record['because']}。"


def _says(file: Path, keys: KeyProvider, answer: Answer) -> bool:
    """Whether a file whose record was lost says the same."""
    try:
        return unlock(file.read_bytes(), keys.password(answer.asked_by)) == answer.sheet()
    except (OSError, WrongPassword):
        return False


def _file(paths: Paths, answer: Answer, issue: int) -> Path:
    suffix = f"_{issue}" if issue > 1 else ""
    folder = paths.queries / "answers" / answer.asked_by / answer.as_of.isoformat()
    return folder / f"答复_{answer.list_sha256[:8]}{suffix}.xlsx"
