"""`expectations/queries.yaml`: which questions may be asked, what for, and how many rows at a time.

Belongs here: reading and checking the catalogue. Does not belong here: answering.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field

from pipelines.kit.contracts import load_contracts
from pipelines.kit.house_files import Text, name_of, read, refuse
from pipelines.kit.paths import PROJECT_ROOT

QUERIES_FILE = PROJECT_ROOT / "expectations" / "queries.yaml"
_TABLE = re.compile(r"\b(unified|linkage|staging)\.(?=\w)")
_SOURCE = re.compile(r"\b(?:from|join)\s+([\w.]+)", re.IGNORECASE)


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


_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class _Disputed:
    __pydantic_config__ = _STRICT
    of: Text
    says: Text


@dataclass(frozen=True)
class _Entry:
    __pydantic_config__ = _STRICT
    text: Text
    feeds: tuple[str, ...]
    true_of: Text
    disputed: _Disputed | None = None


@dataclass(frozen=True)
class _Limits:
    __pydantic_config__ = _STRICT
    rows_per_list: Annotated[int, Field(ge=1)]
    rows_per_turn: Annotated[int, Field(ge=1)]


@dataclass(frozen=True)
class _File:
    __pydantic_config__ = _STRICT
    limits: _Limits
    purposes: Annotated[tuple[Text, ...], Field(min_length=1)]
    questions: dict[Annotated[str, Field(pattern=r"^Q\d{2}$")], _Entry]


def load_catalogue(file: Path = QUERIES_FILE) -> Catalogue:
    """Raises HouseFileError."""
    said, feeds = read(_File, file), load_contracts()
    wrong, by_text = [], {}
    for key, entry in said.questions.items():
        where, disputed = f"{name_of(file)}: questions.{key}", entry.disputed or _Disputed("", "")
        names = (name for sql in (entry.true_of, disputed.of) for name in _SOURCE.findall(sql))
        if stray := [name for name in names if not _TABLE.match(name)]:
            wrong.append(f"{where}: reads {', '.join(stray)}; tables of unified, linkage and staging are wanted")
        if unknown := [feed for feed in entry.feeds if feed not in feeds]:
            wrong.append(f"{where}.feeds: no feed {', '.join(unknown)}; see docs/catalogue")
        if entry.text in by_text:
            wrong.append(f"{where}.text: is that of {by_text[entry.text].question_id}; give each its own")
        by_text[entry.text] = Question(
            key, entry.text, entry.feeds, _in_full(entry.true_of), _in_full(disputed.of), disputed.says
        )
    refuse(wrong)
    return Catalogue(by_text, said.purposes, said.limits.rows_per_list, said.limits.rows_per_turn)


def _in_full(sql: str) -> str:
    return _TABLE.sub(r"lake.\1.", sql)
