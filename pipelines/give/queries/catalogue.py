"""`expectations/queries.yaml`: which questions may be asked, what for, and how many rows at a time.

Belongs here: reading and checking the catalogue. Does not belong here: answering.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from pipelines.kit import yaml_text
from pipelines.kit.paths import PROJECT_ROOT

QUERIES_FILE = PROJECT_ROOT / "expectations" / "queries.yaml"
_TABLE = re.compile(r"\b(unified|linkage|staging)\.(?=\w)")
_SOURCE = re.compile(r"\b(?:from|join)\s+([\w.]+)", re.IGNORECASE)


class QueryCatalogueError(ValueError):
    """queries.yaml contradicts itself; the message names the question."""


@dataclass(frozen=True)
class Question:
    """`true_of`: SQL (names of lake tables in full) that gives the person_id of everybody of whom it is true.

    `disputed_of`, likewise: whose answer rests on data a township disputes; `dispute_says` is added to it.
    """

    question_id: str
    text: str
    feeds: tuple[str, ...]
    true_of: str
    disputed_of: str = ""
    dispute_says: str = ""


@dataclass(frozen=True)
class Catalogue:
    """All questions by the text people choose; purposes allowed; rows allowed in a list and in a turn."""

    questions: dict[str, Question]
    purposes: tuple[str, ...]
    rows_per_list: int
    rows_per_turn: int


def load_catalogue(file: Path = QUERIES_FILE) -> Catalogue:
    """Raises QueryCatalogueError."""
    document = yaml_text.parse(file.read_text(encoding="utf-8"))
    questions = [_question(key, **body) for key, body in document["questions"].items()]
    by_text = {q.text: q for q in questions}
    if len(by_text) < len(questions):
        raise QueryCatalogueError("queries.yaml: two questions have the same text")
    return Catalogue(by_text, tuple(document["purposes"]), **document["limits"])


def _question(
    question_id: str, text: str, feeds: list[str], true_of: str, disputed: dict[str, str] | None = None
) -> Question:
    disputed_of, says = (disputed["of"], disputed["says"]) if disputed else ("", "")
    if stray := [name for sql in (true_of, disputed_of) for name in _SOURCE.findall(sql) if not _TABLE.match(name)]:
        raise QueryCatalogueError(f"queries.yaml: {question_id} reads {', '.join(stray)}")
    return Question(question_id, text, tuple(feeds), _in_full(true_of), _in_full(disputed_of), says)


def _in_full(sql: str) -> str:
    return _TABLE.sub(r"lake.\1.", sql)
