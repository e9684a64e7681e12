"""Opening a workbook that came back locked: with the password of the township it says it comes from, and no other.

Belongs here: which passwords are tried, and remembering which did not open a file. Does not belong here: the lock
itself (security/workbook_lock.py). An attempt takes as long as whoever locked the file likes, so a file is not tried
with every township's password, and with none twice.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from pipelines.give.inbox.problems import Refused
from pipelines.give.inbox.receive import Received
from pipelines.kit.paths import Paths
from pipelines.kit.records import read_record
from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.security.workbook_lock import WrongPassword, unlock
from pipelines.kit.whole_files import PRIVATE, write_whole

_MOST = 5


@dataclass(frozen=True)
class _Note:
    key_id: str
    townships: list[str]


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
            write_whole(note, json.dumps(asdict(_Note(keys.key_id, failed))) + "\n", PRIVATE)
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
    told = read_record(note, _Note)  # never written, or damaged: it is tried once more
    return told.townships if told and told.key_id == key_id else []
