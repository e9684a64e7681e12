"""Decisions of source departments: YAML files they put into `decisions/source/`.

Belongs here: taking files in per turn, reading them, saying clearly what is wrong with one. Does not belong
here: what a decision does to a ticket (tickets.py).
A file is a list of {ticket_id, decision: accepted | rejected, reason, by, on: YYYY-MM-DD}.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from pipelines.paths import Paths

EVENTS = {"accepted": "source_accept", "rejected": "source_reject"}
_REQUIRED = ("ticket_id", "decision", "reason", "by")


@dataclass(frozen=True)
class Decision:
    """One answer of a department. `position` counts from 1 within the file."""

    ticket_id: str
    decision: str
    reason: str
    by: str
    on: date
    file: str
    position: int

    @property
    def event(self) -> str:
        """The ticket event it stands for."""
        return EVENTS[self.decision]


def issued_turns(paths: Paths) -> list[date]:
    """Business dates whose return sets are out, oldest first."""
    return sorted(date.fromisoformat(p.stem) for p in (paths.decisions / "turns").glob("????-??-??.json"))


def take_in(paths: Paths, as_of: date) -> list[Path]:
    """Move new files into the folder of this turn, so that a rebuild gives each turn the files it had.

    Waits in place: a file dated after `as_of`, one that cannot be read, and everything when a later turn has
    been issued already. Returns the moved files.
    """
    source = paths.decisions / "source"
    if any(turn > as_of for turn in issued_turns(paths)):
        return []
    moved = []
    for path in sorted(source.glob("*.yaml")):
        decisions, problems = _read_file(path)
        if problems or not decisions or max(d.on for d in decisions) > as_of:
            continue
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
        target = source / as_of.isoformat() / f"{path.stem}.{digest}.yaml"
        target.parent.mkdir(parents=True, exist_ok=True)
        moved.append(path.replace(target))
    return moved


def read_decisions(paths: Paths, as_of: date) -> tuple[list[Decision], list[str]]:
    """Decisions taken in by this turn, and Chinese messages about files that could not be read.

    Folders of dates between the previous issued turn and `as_of` count too: a killed turn took them in.
    """
    source = paths.decisions / "source"
    previous = max((t for t in issued_turns(paths) if t < as_of), default=date.min)
    folders = [f for f in sorted(source.glob("????-??-??")) if previous < date.fromisoformat(f.name) <= as_of]
    decisions, problems = [], []
    for path in (p for folder in folders for p in sorted(folder.glob("*.yaml"))):
        decisions += _read_file(path)[0]
    for path in sorted(source.glob("*.yaml")):
        problems += _read_file(path)[1]
    return decisions, problems


def _read_file(path: Path) -> tuple[list[Decision], list[str]]:
    """Everything of the file, or nothing and what is wrong with it."""
    try:
        # BaseLoader keeps scalars as text: the key `on` would else be true, and some ticket ids numbers
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        place = getattr(error, "problem_mark", None)
        line = f"第{place.line + 1}行" if place else ""
        return [], [f"{path.name}{line}：不是可读的 UTF-8 YAML 文件，整个文件未采用。请按样例重新填写。"]
    if not isinstance(document, list):
        return [], [f"{path.name}：内容应是一个列表（每条以 - 开头），整个文件未采用。"]
    problems = [p for number, entry in enumerate(document, 1) for p in _problems(path.name, number, entry)]
    if problems:
        return [], problems
    return [_decision(path.name, number, entry) for number, entry in enumerate(document, 1)], []


def _problems(file: str, number: int, entry: Any) -> Iterator[str]:
    where = f"{file} 第{number}条："
    if not isinstance(entry, dict):
        yield f"{where}应写成「名称: 内容」的形式。"
        return
    for key in _REQUIRED:
        if not _text(entry, key):
            yield f"{where}缺少 {key}。"
    if _text(entry, "decision") not in ("", *EVENTS):
        yield f"{where}decision 只能是 accepted（采纳）或 rejected（不采纳）。"
    try:
        date.fromisoformat(_text(entry, "on"))
    except ValueError:
        yield f"{where}on 应是日期，例如 2024-02-15。"


def _decision(file: str, number: int, entry: dict) -> Decision:
    text = {key: _text(entry, key) for key in _REQUIRED}
    return Decision(**text, on=date.fromisoformat(_text(entry, "on")), file=file, position=number)


def _text(entry: dict, key: str) -> str:
    value = entry.get(key)
    return value.strip() if isinstance(value, str) else ""
