"""A terminal on which something always moves: lines that stay, and below them what is going on just now.

Belongs here: how a person sees that work goes on. Does not belong here: what is told.
"""

import shutil
import threading
import time
from contextlib import suppress
from typing import TextIO

from pipelines.kit.widths import fitted

# Nobody should wonder for longer, in seconds, whether anything still happens.
PATIENCE = 3.0
_TICK = 1.0
_BACK = "\r\x1b[K"


class Screen:
    """One person's view of work that takes long; lines may come from any thread.

    Where `out` is a terminal, the last line is rewritten every second; elsewhere (a file, CI) what goes on becomes a
    line of its own whenever nothing was said for `patience` seconds.
    """

    def __init__(self, out: TextIO, patience: float = PATIENCE) -> None:
        self._out, self._patience = out, patience
        self._is_live = out.isatty()
        self._doing, self._since, self._said = "", time.monotonic(), time.monotonic()
        self._lock, self._over = threading.Lock(), threading.Event()
        self._ticking = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> "Screen":
        self._ticking.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._ticking.join()
        with self._lock:
            self._wipe()

    def say(self, line: str) -> None:
        """A line that stays."""
        with self._lock:
            self._wipe()
            self._print(f"{line}\n")
            self._said = time.monotonic()

    def doing(self, what: str) -> None:
        """What goes on from now on, until something else does."""
        with self._lock:
            self._doing, self._since = what, time.monotonic()

    def _tick(self) -> None:
        while not self._over.wait(min(_TICK, self._patience)):
            with self._lock:
                self._show(time.monotonic())

    def _show(self, now: float) -> None:
        if not self._doing:
            return
        line = f"{'':>11}… {self._doing}, {now - self._since:.0f} s"
        if self._is_live:
            columns = shutil.get_terminal_size().columns
            self._print(_BACK + fitted(self._seen(line), columns - 1))
        elif now - self._said >= self._patience:
            self._print(f"{line}\n")
            self._said = now

    def _wipe(self) -> None:
        if self._is_live:
            self._print(_BACK)

    def _print(self, text: str) -> None:
        """Nobody may be looking any more: the work goes on all the same."""
        with suppress(OSError, ValueError, LookupError):
            self._out.write(self._seen(text))
            self._out.flush()

    def _seen(self, text: str) -> str:
        """As whoever looks can see it: not everywhere every sign can be."""
        encoding = self._out.encoding or "utf-8"
        return text.encode(encoding, "backslashreplace").decode(encoding)
