"""What a sender says of a file: `X.ok` beside `X`, empty or `{"rows": 120, "sha256": "…"}`.

Belongs here: reading it. Does not belong here: which files are finished (kit.quiet), comparing what it says with
what came (pipelines.ingest.bronze).
"""

import json
from dataclasses import dataclass
from pathlib import Path

from pipelines.kit.quiet import marker

_LONGEST = 10_000
UNREAD = ""  # no file has this digest


@dataclass(frozen=True)
class Declared:
    """Rows and SHA-256 in hexadecimal, None where nothing is said; UNREAD in place of the digest of a manifest that
    cannot be read."""

    rows: int | None = None
    sha256: str | None = None


def declared(source: Path) -> Declared:
    """What the mark beside a file says; a mark that is no JSON object only marks."""
    beside = marker(source)
    if beside is None:
        return Declared()
    try:
        with beside.open("rb") as reader:
            text = reader.read(_LONGEST).decode("utf-8-sig").strip()
    except (OSError, UnicodeDecodeError):
        return Declared(sha256=UNREAD)
    return _said(text) if text.startswith("{") else Declared()


def _said(text: str) -> Declared:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return Declared(sha256=UNREAD)
    rows, digest = told.get("rows"), told.get("sha256")
    is_plain = type(rows) in (int, type(None)) and isinstance(digest, str | None)
    return Declared(rows, digest and digest.lower()) if is_plain else Declared(sha256=UNREAD)
