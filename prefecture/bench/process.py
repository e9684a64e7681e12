"""Running one command in a fresh process, watched from outside.

Belongs here: starting, watching and ending a process of ours. Does not belong here: what it does. The watcher
looks ten times a second; what lives shorter is seen in the counters, not in the peak.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.kit.paths import PROJECT_ROOT
from prefecture.bench.procfs import Sample, look, tree
from prefecture.bench.usage import Usage, rising, used

EVERY_SECONDS = 0.1


class PartFailed(RuntimeError):
    """A process of the benchmark failed; the message names it and its log."""


@dataclass(frozen=True)
class Watched:
    """A finished process: from start to end, and the samples between."""

    start: float
    end: float
    samples: tuple[Sample, ...]
    code: int
    over_limit: bool = False

    @property
    def usage(self) -> Usage:
        """Of the whole process."""
        return used(self.samples, [(self.start, self.end)])


def python(
    arguments: Sequence[str], log: Path, environment: Mapping[str, str], memory_limit: int | None = None
) -> Watched:
    """Run `python …` of this project to its end, output to `log`.

    Beyond `memory_limit` bytes of the whole tree it is ended (`over_limit`).
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=PROJECT_ROOT, stdout=out, stderr=subprocess.STDOUT,
            env={**os.environ, **environment, "PYTHONPATH": str(PROJECT_ROOT)},
        )  # fmt: skip
        samples, ended = [look(process.pid)], threading.Event()
        over = _watch(process, samples, ended, memory_limit)
        # The last look: all has ended, nothing is forgotten, because nobody has waited for the process yet.
        samples.append(look(process.pid))
        code = process.wait()
    return Watched(samples[0].at, samples[-1].at, tuple(rising(samples)), code, over)


def _watch(
    process: subprocess.Popen, samples: list[Sample], ended: threading.Event, limit: int | None
) -> bool:
    """Look until the process has ended (it stays a zombie, so that its counters can be read once more)."""
    waiter = threading.Thread(target=_tell_end, args=(process.pid, ended), daemon=True)
    waiter.start()
    while not ended.wait(EVERY_SECONDS):
        samples.append(look(process.pid))
        if limit and samples[-1].memory > limit:
            for pid in list(tree(process.pid)):
                _end(pid)
            ended.wait()
            return True
    return False


def _tell_end(pid: int, ended: threading.Event) -> None:
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    ended.set()


def _end(pid: int) -> None:
    try:
        os.kill(pid, 9)
    except ProcessLookupError:
        return
