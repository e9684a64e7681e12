"""Decisions people hand in as YAML files in `decisions/<kind>/`, taken in turn by turn so that a rebuild repeats them.

Belongs here: moving new files into the folder of the turn that took them in, and reading one as a list. Does not
belong here: what any decision means (ledger/decisions.py, deliveries/withdrawals.py).
"""

import hashlib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from pipelines.paths import Paths


def issued_turns(paths: Paths) -> list[date]:
    """Business dates whose return sets are out, oldest first."""
    return sorted(date.fromisoformat(p.stem) for p in (paths.decisions / "turns").glob("????-??-??.json"))


def take_in(paths: Paths, kind: str, as_of: date, newest: Callable[[Path], date | None]) -> list[Path]:
    """Move new files into the folder of this turn, so that a rebuild gives each turn the files it had.

    `newest` gives the latest date a file names, None when it cannot be used. Waits in place: a file dated after
    `as_of`, an unusable one, and everything when a later turn has been issued already. Returns the moved files.
    """
    folder = paths.decisions / kind
    if any(turn > as_of for turn in issued_turns(paths)):
        return []
    moved = []
    for path in waiting(paths, kind):
        day = newest(path)
        if day is None or day > as_of:
            continue
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
        target = folder / as_of.isoformat() / f"{path.stem}.{digest}.yaml"
        target.parent.mkdir(parents=True, exist_ok=True)
        moved.append(path.replace(target))
    return moved


def waiting(paths: Paths, kind: str) -> list[Path]:
    """Files that no turn has taken in yet, sorted."""
    return sorted((paths.decisions / kind).glob("*.yaml"))


def taken(paths: Paths, kind: str, as_of: date, after: date = date.min) -> list[Path]:
    """Files taken in by turns later than `after` and not later than `as_of`, in that order."""
    folders = sorted((paths.decisions / kind).glob("????-??-??"))
    wanted = [f for f in folders if after < date.fromisoformat(f.name) <= as_of]
    return [path for folder in wanted for path in sorted(folder.glob("*.yaml"))]


def read_list(path: Path, faults: Callable[[str, dict], Iterator[str]]) -> tuple[list[dict], list[str]]:
    """The entries of a file, or none and what is wrong with it, in Chinese.

    `faults` gives what is wrong with one entry; it gets the words that name its place.
    """
    try:
        # BaseLoader keeps scalars as text: the key `on` would else be true, and some ticket ids numbers
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        place = getattr(error, "problem_mark", None)
        line = f"第{place.line + 1}行" if place else ""
        return [], [f"{path.name}{line}：不是可读的 UTF-8 YAML 文件，整个文件未采用。请按样例重新填写。"]
    if not isinstance(document, list):
        return [], [f"{path.name}：内容应是一个列表（每条以 - 开头），整个文件未采用。"]
    problems = []
    for number, entry in enumerate(document, 1):
        where = f"{path.name} 第{number}条："
        if isinstance(entry, dict):
            problems += faults(where, entry)
        else:
            problems.append(f"{where}应写成「名称: 内容」的形式。")
    return ([], problems) if problems else (document, [])


def missing(where: str, entry: dict, required: tuple[str, ...]) -> Iterator[str]:
    """A complaint for every required key without text, and for an `on` that is no date."""
    for key in required:
        if not text(entry, key):
            yield f"{where}缺少 {key}。"
    try:
        date.fromisoformat(text(entry, "on"))
    except ValueError:
        yield f"{where}on 应是日期，例如 2024-02-15。"


def text(entry: dict, key: str) -> str:
    """The stripped text of a key, '' when there is none."""
    value: Any = entry.get(key)
    return value.strip() if isinstance(value, str) else ""
