"""`expectations/terms.yaml`: the words of the trade and of this house, as the search page explains them.

Belongs here: reading that file. Does not belong here: any term; what a field means (elements.yaml).
"""

from dataclasses import dataclass
from pathlib import Path

from pydantic import ConfigDict

from pipelines.kit.house_files import Name, Text, read
from pipelines.kit.paths import PROJECT_ROOT

TERMS_FILE = PROJECT_ROOT / "expectations" / "terms.yaml"


@dataclass(frozen=True)
class Term:
    """A word of ours in Chinese, `also` what else people say, what it `means`; `see`: codes of entries of the
    catalogue."""

    __pydantic_config__ = ConfigDict(extra="forbid")
    term: Text
    means: Text
    also: tuple[Text, ...] = ()
    see: tuple[Text, ...] = ()


@dataclass(frozen=True)
class _File:
    __pydantic_config__ = ConfigDict(extra="forbid")
    terms: dict[Name, Term]


def load_terms(file: Path = TERMS_FILE) -> dict[str, Term]:
    """The word in code and documents -> the term, in the order of the file. Raises HouseFileError."""
    return read(_File, file).terms
