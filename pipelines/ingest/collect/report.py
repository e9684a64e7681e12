"""What became of fetching from one source, and the one way it fails.

Belongs here: the shape of the report, and words free of secrets. Does not belong here: any fetching.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

FETCHED, UNCHANGED, UNCONNECTED, FAILED = "fetched", "unchanged", "unconnected", "failed"
_LENGTH = 300
# What a driver quotes of an address even where it is not ours letter by letter: user:password@, password=…
_QUOTED = re.compile(r"://[^/\s@]*@|\b(password|passwd|pwd|token|secret)\s*=\s*('[^']*'|\S+)", re.IGNORECASE)


class SourceError(Exception):
    """A source that could not be read. The text is Chinese, says what to do, and holds no secret."""


class UnconnectedError(SourceError):
    """No address was given for the source."""


@dataclass(frozen=True)
class Collected:
    """One source of a feed after a fetch.

    `status`: fetched, unchanged (nothing new there), unconnected (no address given), failed. `files` are the names
    put into the drop folder, `rows` their rows by kind of change (databases), `message` says it in Chinese,
    `notices` what the bureau should look at although the fetch went well.
    """

    feed: str
    kind: str
    status: str
    message: str
    files: tuple[str, ...] = ()
    rows: dict[str, int] = field(default_factory=dict)
    notices: tuple[str, ...] = ()


def scrubbed(text: str, secrets: Iterable[str]) -> str:
    """One line of a driver's error without any of the secrets, nor anything that looks like one, nor the statement
    it quotes."""
    text = text.partition("\nLINE 1:")[0]
    text = text[max(text.find("ERROR:"), 0) :]
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "***")
    return " ".join(_QUOTED.sub("***", text).split())[:_LENGTH]
