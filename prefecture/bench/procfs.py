"""What a process and all its descendants have used so far, read from /proc (Linux).

Belongs here: reading the kernel's counters. Does not belong here: when they are read (process.py). Counters
of a child that has ended are in its parent's: processor time by definition, bytes because the kernel adds
them, so the sums never lose a finished worker. Resident memory is summed over the processes; pages they
share count more than once, so a peak is an upper bound.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
# Places after the command name in /proc/<pid>/stat: utime, stime, cutime, cstime.
_CPU = slice(11, 15)


@dataclass(frozen=True)
class Sample:
    """Counters of a process tree at one moment. `read` and `written`: bytes asked of the kernel."""

    at: float
    cpu: float
    memory: int
    read: int
    written: int


def look(root: int) -> Sample:
    """The tree below process `root`; zeros once it is gone."""
    cpu = memory = read = written = 0
    for pid in tree(root):
        folder = Path("/proc") / str(pid)
        try:
            told = (folder / "stat").read_text(encoding="utf-8", errors="replace")
            fields = told.rpartition(")")[2].split()
            resident = int((folder / "statm").read_text().split()[1]) * _PAGE
            moved = _io(folder)
        except (OSError, IndexError, ValueError):  # gone between two looks
            continue
        cpu += sum(map(int, fields[_CPU]))
        memory += resident
        read += moved[0]
        written += moved[1]
    return Sample(time.time(), cpu / _TICKS, memory, read, written)


def tree(root: int) -> Iterator[int]:
    """`root` and every living descendant."""
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        yield pid
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                waiting += [int(child) for child in task.read_text().split()]
            except OSError:
                continue


def _io(folder: Path) -> tuple[int, int]:
    """(rchar, wchar); zeros where the kernel does not tell."""
    try:
        lines = dict(line.split(": ") for line in (folder / "io").read_text().splitlines())
    except OSError:
        return 0, 0
    return int(lines["rchar"]), int(lines["wchar"])
