"""The records of answered lists on disk: who asked, counts and keyed hashes, no person.

Belongs here: reading one, whatever has become of it. Does not belong here: what stands in it (answers.py, probing.py).
"""

from pathlib import Path
from typing import NotRequired

from typing_extensions import TypedDict

from pipelines.give.queries.answering import NO_ANSWER
from pipelines.kit.records import IsoDate, read_record

_LOST = "（记录损坏）"


class Count(TypedDict):
    """Rows of one question, purpose, answer and reason."""

    question: str
    purpose: str
    answer: str
    reason_code: str
    rows: int


class Replaced(TypedDict):
    """An answer that another one replaced."""

    issue: int
    answers_sha256: str
    counts: list[Count]


class Record(TypedDict):
    """What became of one list."""

    as_of: IsoDate
    asked_by: str
    list_sha256: str
    answers_sha256: str
    counts: list[Count]
    missed: list[str]
    issue: int
    turns_issued: int
    because: NotRequired[str]
    superseded: NotRequired[list[Replaced]]


def read_answered(path: Path) -> Record:
    """A record; of one that is damaged what its name says, and that it is."""
    said = read_record(path, Record)
    if said and said["as_of"] == path.parent.name:
        return said
    digest, _, asked_by = path.stem.partition("_")
    lost = Count(question=_LOST, purpose="", answer=NO_ANSWER, reason_code="E_RECORD", rows=0)
    return Record(
        as_of=path.parent.name, asked_by=asked_by, list_sha256=digest, answers_sha256="", counts=[lost], missed=[],
        issue=1, turns_issued=1,
    )  # fmt: skip


def is_lost(record: Record) -> bool:
    """Whether this stands for one that is damaged."""
    return not record["answers_sha256"]


def is_refusal(record: Record) -> bool:
    """Whether the whole list was refused."""
    return [c["question"] for c in record["counts"]] == [""]
