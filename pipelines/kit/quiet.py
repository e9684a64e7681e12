"""Which files in a folder that others write into are finished.

Belongs here: marks of the sender, names of files under way, the wait for quiet. Does not belong here: what is done with
a finished file.
A sender who marks the end is believed: `X.ok` (or `X.done`) beside `X` says that X is whole. Of any other file nobody
can know; it is taken when it has not changed for some seconds.
"""

import os
import stat
import time
from collections.abc import Iterable
from itertools import product
from pathlib import Path

MARKERS = (".ok", ".done")
# .OK and .Done too: asking for every spelling is cheaper than reading a large folder for each of its files.
_SPELT = tuple("".join(s) for m in MARKERS for s in product(*((c, c.upper()) if c != "." else c for c in m)))
# What upload programs, browsers and office software call a file under way, or that it is open.
_UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload", ".partial")
_HIDDEN = (".", "~$")
VARIABLE, _SECONDS = "ZHENJIE_QUIET_SECONDS", 5.0


def quiet_seconds() -> float:
    """For how long a file must not change: ZHENJIE_QUIET_SECONDS, 5 without it."""
    try:
        return max(0.0, float(os.environ.get(VARIABLE, _SECONDS)))
    except ValueError:
        return _SECONDS


def is_hidden(name: str) -> bool:
    """Whether a name is no business of ours: hidden files, lock files of office software (`~$…`, `.~lock.…#`)."""
    return name.startswith(_HIDDEN)


def is_unfinished(name: str) -> bool:
    """Whether the name says that the file is still under way."""
    return name.lower().endswith(_UNFINISHED)


def is_marker(name: str) -> bool:
    return name.lower().endswith(MARKERS)


def marker(file: Path) -> Path | None:
    """The mark of its sender beside a file; None without one."""
    beside = (file.with_name(file.name + ending) for ending in _SPELT)
    return next((m for m in beside if _is_file(m)), None)


def quiet(files: Iterable[Path]) -> set[Path]:
    """Of files, those that are finished. Young ones without a mark are looked at twice, with one wait for them all:
    until the youngest has not changed for long enough."""
    seconds, now = quiet_seconds(), time.time()
    seen = {file: facts for file in files if (facts := _facts(file))}
    ages = {f: now - changed / 1e9 for f, (_, changed) in seen.items()}
    young = [f for f, age in ages.items() if age < seconds and not marker(f)]
    if young:
        time.sleep(min(seconds, seconds - min(ages[f] for f in young)))  # no clock of tomorrow makes it longer
    return set(seen) - {f for f in young if _facts(f) != seen[f]}


def _is_file(path: Path) -> bool:
    """A name too long for a mark beside it has none."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _facts(file: Path) -> tuple[int, int] | None:
    """Size and time of change; None for what is gone."""
    try:
        found = file.lstat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns
