"""Decisions of people: YAML files in a folder of `decisions/`, each taken in by one turn and kept for ever.

Belongs here: taking files in per turn, reading them, saying clearly what is wrong with one. Does not belong
here: what a decision means (decisions.py for tickets, bronze/rulings.py for deliveries).
A file is a list of entries; each has the texts its desk asks for, `decision` and `on: YYYY-MM-DD`.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pipelines.paths import Paths


@dataclass(frozen=True)
class Desk:
    """Where one kind of decision is put: its folder, the texts an entry needs, what may be decided (in Chinese)."""

    folder: str
    required: tuple[str, ...]
    choices: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True)
class Entry:
    """One decision. `text` by name of `required`; `position` counts from 1 within the file."""

    text: Mapping[str, str]
    on: date
    file: str
    position: int


def issued_turns(paths: Paths) -> list[date]:
    """Business dates whose return sets are out, oldest first."""
    return sorted(date.fromisoformat(p.stem) for p in (paths.decisions / "turns").glob("????-??-??.json"))


def take_in(paths: Paths, desk: Desk, as_of: date) -> list[Path]:
    """Move new files into the folder of this turn, so that a rebuild gives each turn the files it had.

    Waits in place: a file dated after `as_of`, one that cannot be read, and everything when a later turn has
    been issued already. Returns the moved files.
    """
    source = paths.decisions / desk.folder
    if any(turn > as_of for turn in issued_turns(paths)):
        return []
    moved = []
    for path in sorted(source.glob("*.yaml")):
        entries, problems = read_file(path, desk)
        if problems or not entries or max(e.on for e in entries) > as_of:
            continue
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
        target = source / as_of.isoformat() / f"{path.stem}.{digest}.yaml"
        target.parent.mkdir(parents=True, exist_ok=True)
        moved.append(path.replace(target))
    return moved


def taken_in(paths: Paths, desk: Desk, as_of: date) -> list[tuple[date, Entry]]:
    """(turn that took it in, entry) of every decision up to `as_of`, in order of turn and file."""
    folders = sorted((paths.decisions / desk.folder).glob("????-??-??"))
    dated = [(date.fromisoformat(f.name), f) for f in folders]
    return [
        (turn, entry)
        for turn, folder in dated
        if turn <= as_of
        for path in sorted(folder.glob("*.yaml"))
        for entry in _kept(path, path.stat().st_mtime_ns, desk)
    ]


@cache
def _kept(path: Path, _: int, desk: Desk) -> list[Entry]:
    """A file that was taken in, as it was written at some time: every feed of a turn asks for all of them."""
    return read_file(path, desk)[0]


def unread(paths: Paths, desk: Desk) -> list[str]:
    """Chinese messages about files still waiting that cannot be read."""
    return [p for path in sorted((paths.decisions / desk.folder).glob("*.yaml")) for p in read_file(path, desk)[1]]


def last_turn(paths: Paths, as_of: date) -> date:
    """The turn issued before `as_of`. What came in after it, even by a turn that was killed, is new to `as_of`."""
    return max((t for t in issued_turns(paths) if t < as_of), default=date.min)


def read_file(path: Path, desk: Desk) -> tuple[list[Entry], list[str]]:
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
    numbered = list(enumerate(document, 1))
    problems = [p for number, entry in numbered for p in _problems(f"{path.name} 第{number}条：", entry, desk)]
    if problems:
        return [], problems
    return [_entry(path.name, number, entry, desk) for number, entry in numbered], []


def _problems(where: str, entry: Any, desk: Desk) -> Iterator[str]:
    if not isinstance(entry, dict):
        yield f"{where}应写成「名称: 内容」的形式。"
        return
    for key in desk.required:
        if not _text(entry, key):
            yield f"{where}缺少 {key}。"
    if _text(entry, "decision") not in ("", *desk.choices):
        yield f"{where}decision 只能是 {' 或 '.join(f'{k}（{v}）' for k, v in desk.choices.items())}。"
    try:
        date.fromisoformat(_text(entry, "on"))
    except ValueError:
        yield f"{where}on 应是日期，例如 2024-02-15。"


def _entry(file: str, number: int, entry: dict, desk: Desk) -> Entry:
    text = {key: _text(entry, key) for key in desk.required}
    return Entry(text, date.fromisoformat(_text(entry, "on")), file, number)


def _text(entry: dict, key: str) -> str:
    value = entry.get(key)
    return value.strip() if isinstance(value, str) else ""
