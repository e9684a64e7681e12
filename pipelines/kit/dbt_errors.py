"""What dbt says of a failure, in a line a model.

Belongs here: finding model and cause in dbt's words. Does not belong here: running dbt (models.py).
"""

import re
from collections.abc import Iterator
from pathlib import Path

_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_HEAD = re.compile(r"(?:\d\d:\d\d:\d\d\s+)?\s*(?:Failure|[A-Z][\w ]*? Error) in (\w+) (\S+) \((.+)\)$")
_MOST = 5


def plain(text: str) -> str:
    """Without colours."""
    return _COLOUR.sub("", text)


def told(command: str, words: str, log: Path) -> str:
    """One line a failed model: its file, its name and the cause; then where the log is."""
    causes = list(dict.fromkeys(_causes(plain(words)))) or [_last(plain(words))]
    more = [f"and {len(causes) - _MOST} more"] if len(causes) > _MOST else []
    return "\n".join([f"dbt {command} failed", *causes[:_MOST], *more, f"log: {log}"])


def _causes(words: str) -> Iterator[str]:
    """`models/x.sql: model x: Binder Error: …`; the cause is the first line below the last heading of a failure."""
    head = None
    for line in words.splitlines():
        if found := _HEAD.match(line):
            head = found
        elif head and line.strip():
            kind, name, file = head.groups()
            yield f"{file}: {kind} {name}: {line.strip()}"
            head = None


def _last(words: str) -> str:
    return next((line.strip() for line in reversed(words.splitlines()) if line.strip()), "it said nothing")
