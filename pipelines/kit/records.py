"""Records on disk, read back as what they were written from, or not at all.

Belongs here: telling a record from what damage made of it: no JSON, other JSON, fields of other types, nesting without
end, halves of surrogate pairs, a folder in its place. Does not belong here: writing (whole_files.py), and what follows:
whoever owns a record makes it anew from what it describes, or names it.
"""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, TypeAdapter

from pipelines.kit.incidents import is_ours

T = TypeVar("T")


def _as_iso(text: str) -> str:
    if date.fromisoformat(text).isoformat() != text:
        raise ValueError(text)
    return text


# A text that is a date: 2024-01-31.
IsoDate = Annotated[str, AfterValidator(_as_iso)]


def read_record(file: Path, kind: type[T]) -> T | None:
    """The record in a file; None where there is none, or no `kind` (a dataclass or TypedDict) stands in it.

    Fields beyond those of `kind` are passed over. Raises OSError when the machine failed, not the file.
    """
    try:
        return _adapter(kind).validate_json(file.read_bytes(), strict=True) if file.is_file() else None
    except ValueError:
        return None
    except OSError as error:
        if is_ours(error):
            raise
        return None


def as_kind(value: Any, kind: type[T]) -> T | None:
    """A part of a damaged record, None where it is no `kind`."""
    try:
        return _adapter(kind).validate_python(value, strict=True)
    except ValueError:
        return None


@cache
def _adapter(kind: type[T]) -> TypeAdapter[T]:
    return TypeAdapter(kind)
