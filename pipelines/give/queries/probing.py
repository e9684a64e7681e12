"""Fishing for a number: guesses about one person, by one township, over lists and turns.

Belongs here: when questions are no questions any more. Does not belong here: answers (answering.py). What is remembered
of a row that met nobody are keyed hashes, in the record of who asked.
"""

import hashlib
import hmac
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from pipelines.give.queries.answering import name_key
from pipelines.give.queries.reading import AskedRow
from pipelines.give.queries.records import read_answered
from pipelines.kit.paths import Paths
from pipelines.kit.security.keys import KeyProvider

PURPOSE = "query-probing"
# Region and date of birth: a list may hold namesakes, but hardly any that share these.
_ALIKE = 14
_MOST_GUESSES = 3
_REMEMBERED = timedelta(days=31)
_LENGTH = 16


class Memory:
    """What one township met nobody with before a list: keyed hashes of (name, first 14 digits) and of numbers."""

    def __init__(self, keys: KeyProvider, missed: Iterable[str] = ()) -> None:
        self._key = keys.pseudonym_key(PURPOSE).encode()
        self._missed = Counter(missed)

    def traces(self, row: AskedRow) -> tuple[str, str]:
        """By what a guess about the same person is known again."""
        said = (f"{name_key(row.name)}|{row.id_no[:_ALIKE]}", row.id_no)
        return tuple(hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()[:_LENGTH] for text in said)

    def guesses(self, rows: Sequence[AskedRow]) -> set[int]:
        """Places of rows that make more than _MOST_GUESSES about one person, with those made before."""
        tried = defaultdict(set)
        traces = [self.traces(row) for row in rows]
        for row, (person, number) in zip(rows, traces, strict=True):
            tried[person].add(row.id_no)
            tried[number].add(name_key(row.name))
        return {
            place for place, said in enumerate(traces)
            if any(len(tried[t]) + self._missed[t] > _MOST_GUESSES for t in said)
        }  # fmt: skip

    def remember(self, traces: Iterable[str]) -> None:
        """Take in what another list of the turn met nobody with."""
        self._missed.update(traces)


def earlier(paths: Paths, township_code: str, as_of: date) -> list[str]:
    """Traces in the records of the month before a turn."""
    found = []
    for record in sorted((paths.queries / "records").glob(f"*/*_{township_code}.json")):
        said = read_answered(record)
        if as_of - _REMEMBERED < date.fromisoformat(said["as_of"]) < as_of:
            found += said["missed"]
    return found
