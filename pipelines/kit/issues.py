"""Issues of one thing for a date: folders side by side, 20240131, 20240131_2, …, each whole or not there, none edited.

Belongs here: their names, the last of them, whether the files of one are whole, the sentence about what one replaces.
Does not belong here: what is in them, why there is another.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

_FOLDER = re.compile(r"\d{8}(_\d+)?")


def folder_name(as_of: date, number: int) -> str:
    """The name of an issue's folder."""
    return f"{as_of:%Y%m%d}" + (f"_{number}" if number > 1 else "")


def number_of(folder: Path) -> int:
    """1 for the first of its date."""
    return int(folder.name[9:] or 1)


def issues_in(shelf: Path, pattern: str = "*") -> list[Path]:
    """The folders of issues below a folder, by place, date and number."""
    found = (f for f in shelf.glob(pattern) if _FOLDER.fullmatch(f.name))
    return sorted(found, key=lambda f: (f.parent, f.name[:8], number_of(f)))


def latest(shelf: Path, as_of: date) -> Path | None:
    """The last issue for a date; None without any."""
    return next(reversed(issues_in(shelf, f"{as_of:%Y%m%d}*")), None)


def is_whole(folder: Path, files: Iterable[Mapping[str, Any]]) -> bool:
    """Whether every file, told by `name` and `sha256`, stands as it was issued."""
    return all(
        (folder / f["name"]).is_file() and hashlib.sha256((folder / f["name"]).read_bytes()).hexdigest() == f["sha256"]
        for f in files
    )


def replaces(this: str, that: str, because: str) -> str:
    """What people read on an issue that is not the first."""
    return f"{this}替代{that}，以{this}为准。原因：{because}。"
