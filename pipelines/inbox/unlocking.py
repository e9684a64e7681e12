"""Opening a workbook that came back locked: with the password of the township it says it comes from, and no other.

Belongs here: which passwords are tried, and remembering which did not open a file. Does not belong here: the lock
itself (security/workbook_lock.py). An attempt takes as long as whoever locked the file likes, so a file is not tried
with every township's password, and with none twice.
"""

import json
from pathlib import Path

from pipelines.inbox.problems import Refused
from pipelines.inbox.receive import Received
from pipelines.paths import Paths
from pipelines.security.keys import KeyProvider
from pipelines.security.workbook_lock import WrongPassword, unlock
from pipelines.whole_files import PRIVATE, write_whole

_MOST = 5


def unlocked(blob: bytes, source: Received, paths: Paths, keys: KeyProvider) -> bytes:
    """The workbook without its lock. Raises Refused."""
    claimed = _claimed(paths, source)
    if not claimed:
        raise Refused("E_PASSWORD_WHOSE")
    note = paths.inbox / "locked" / f"{source.sha256}.json"
    failed = _failed(note, keys.key_id)
    for code in claimed:
        if code in failed:
            continue
        try:
            return unlock(blob, keys.password(code))
        except WrongPassword:
            failed.append(code)
            write_whole(note, json.dumps({"key_id": keys.key_id, "townships": failed}) + "\n", PRIVATE)
    raise Refused("E_PASSWORD")


def _claimed(paths: Paths, source: Received) -> list[str]:
    """Townships in whose folders it was put, then those its name speaks of, by code or by name."""
    addressed = [a for a in source.addressed_to if a]
    names = {}
    for workbook in sorted(paths.returns.glob("*/*/返还_*.xlsx")):
        names[workbook.parent.parent.name] = workbook.name.split("_")[1]
    spoken_of = [code for code, name in names.items() if name in source.file_name or code in source.file_name]
    return list(dict.fromkeys([*addressed, *spoken_of]))[:_MOST]


def _failed(note: Path, key_id: str) -> list[str]:
    """Townships whose passwords are known not to open it; another master key gives other passwords."""
    try:
        told = json.loads(note.read_bytes())
        return list(told["townships"]) if told["key_id"] == key_id else []
    except (OSError, ValueError, KeyError, TypeError):  # never written, or damaged: it is tried once more
        return []
