"""Wrong tokens: after some from one address, or for one officer, nobody is listened to from there for a while.

Belongs here: counting. Does not belong here: saying so. A token has 192 random bits, so this is against noise and
against who knows half of one; what is counted is forgotten with the process.
"""

import threading
from collections import OrderedDict, deque

MOST = 10
WINDOW_SECONDS = 900
_MOST_KNOWN = 10_000


class Guesses:
    """Times of wrong tokens by whom they came from. Safe between threads."""

    def __init__(self) -> None:
        self._wrong: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def wrong(self, who: str, now: float) -> None:
        """One more from there."""
        with self._lock:
            self._wrong.setdefault(who, deque(maxlen=MOST)).append(now)
            self._wrong.move_to_end(who)
            while len(self._wrong) > _MOST_KNOWN:
                self._wrong.popitem(last=False)

    def are_too_many(self, who: str, now: float) -> bool:
        """Whether `MOST` came within the window."""
        with self._lock:
            times = self._wrong.get(who, ())
            return len(times) == MOST and now - times[0] < WINDOW_SECONDS
