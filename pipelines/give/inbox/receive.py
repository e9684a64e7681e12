"""From `drop` to `received/<as_of>` of the inbox or another box: original bytes under their own hash, and a note.

Belongs here: moving and remembering. Does not belong here: opening a file. The folder a file was dropped in
(`drop/<township code>/`) is who it is addressed to. The note keeps the order of arrival (time of the file,
then name), so that later replays see the same order whatever has become of the clocks. What cannot be taken in
stays where it is, is told every time, and holds up nothing else.
"""

import hashlib
import json
import os
import re
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import BinaryIO

from pipelines.kit.decision_files import is_past, last_turn
from pipelines.kit.file_names import safe_name
from pipelines.kit.incidents import incident, is_ours, words
from pipelines.kit.paths import Paths
from pipelines.kit.quiet import quiet
from pipelines.kit.records import IsoDate, read_record
from pipelines.kit.sent_files import NotAFile, open_sent, remove_sent, sent
from pipelines.kit.whole_files import PRIVATE, write_whole

_TOWNSHIP = re.compile(r"[0-9]{9}")
_SUFFIX = re.compile(r"\.(xlsx|xlsm|xls|ods|et|csv)")
_CHUNK = 1 << 20
_NAME_LOST = "（收件记录损坏，原文件名不详）"
_LAST = 1_000_000_000  # in the order of arrival: where a file stood is lost with its note
_NOT_A_FILE = "不是文件（是链接、管道或空文件夹），没有打开。请交文件本身（事件编号 {number}）。"


@dataclass(frozen=True)
class Received:
    """One file taken in. `addressed_to`: township folders it was dropped in, '' for none."""

    sha256: str
    stored_name: str
    file_name: str
    addressed_to: tuple[str, ...]
    order: int
    received_on: IsoDate


@dataclass(frozen=True)
class Left:
    """What could not be taken in, and why in Chinese. `source.sha256` is of its name, and nothing is stored."""

    source: Received
    reason: str


@dataclass(frozen=True)
class Taken:
    """What one emptying of a drop folder met with besides new files. `repeats`: names of files that had arrived
    before."""

    repeats: tuple[str, ...] = ()
    left: tuple[Left, ...] = ()


def receive(paths: Paths, as_of: date, box: Path | None = None, may_repeat: bool = False) -> Taken:
    """Empty the drop folder (of `box`, the inbox by default) into `received/<as_of>`.

    The same bytes for the same township are kept once, over all turns; with `may_repeat` once a turn. A file is
    removed from the drop folder only when it stands in `received` with its note. Everything waits when a later
    turn is out already.
    """
    if is_past(paths, as_of):
        return Taken()
    box = box or paths.inbox
    drop, folder = box / "drop", box / "received" / as_of.isoformat()
    known = {r.sha256: r for r in _all_received(box) if not may_repeat or r.received_on == as_of.isoformat()}
    repeats, left = [], []
    there = sent(drop)
    settled = quiet(there)
    for path in (p for p in there if p in settled):
        parts = path.relative_to(drop).parts
        name = "/".join(safe_name(part) for part in parts)
        addressed = next((part for part in parts[:-1] if _TOWNSHIP.fullmatch(part)), "")
        try:
            with open_sent(path) as file:
                is_new = _keep(folder, as_of, file, name, addressed, known)
            remove_sent(path)
        except BaseException as error:  # whatever it is, the other files are other people's
            if is_ours(error):
                raise
            left.append(_leave(paths, as_of, f"{box.name}/drop/{name}", name, addressed, error))
        else:
            repeats += [] if is_new else [name]
    return Taken(tuple(repeats), tuple(left))


def received(paths: Paths, as_of: date, box: Path | None = None) -> list[tuple[Received, Path]]:
    """What was taken in for a turn, in order of arrival; also what a killed turn before it had taken in."""
    previous = last_turn(paths, as_of).isoformat()
    box = box or paths.inbox
    root = box / "received"
    return [
        (note, root / note.received_on / note.stored_name)
        for note in _all_received(box)
        if previous < note.received_on <= as_of.isoformat()
    ]


def put_back(paths: Paths, source: Received) -> None:
    """A file of the inbox into the drop folder again, as it was handed in, for a later turn."""
    folder = paths.inbox / "received" / source.received_on
    for addressed in source.addressed_to:
        target = paths.inbox / "drop" / addressed / f"{source.sha256[:8]}_{Path(source.file_name).name}"
        write_whole(target, (folder / source.stored_name).read_bytes(), PRIVATE)
    (folder / f"{source.sha256}.json").unlink()
    (folder / source.stored_name).unlink()


def _all_received(box: Path) -> list[Received]:
    notes = (box / "received").glob("*/*.json")
    there = (note for p in notes if (note := _read_note(p, box)))
    return sorted(there, key=lambda r: (r.received_on, r.order, r.sha256))


def _keep(folder: Path, as_of: date, file: BinaryIO, name: str, addressed: str, known: dict[str, Received]) -> bool:
    """Store what had not arrived before and note it in `known`; whether it had not."""
    folder.mkdir(parents=True, exist_ok=True)
    scratch = folder / ".taking.part"
    sha256 = _copy(file, scratch)
    earlier = known.get(sha256)
    if earlier is not None and addressed in earlier.addressed_to:
        scratch.unlink()
        return False
    if earlier is not None and earlier.received_on == as_of.isoformat():
        made = replace(earlier, addressed_to=(*earlier.addressed_to, addressed))
        scratch.unlink()
    else:
        suffix = Path(name).suffix.lower()
        stored = sha256 + (suffix if _SUFFIX.fullmatch(suffix) else ".bin")
        earlier_today = (r.order for r in known.values() if r.received_on == as_of.isoformat() and r.order < _LAST)
        order = 1 + max(earlier_today, default=0)
        made = Received(sha256, stored, name, (addressed,), order, as_of.isoformat())
        scratch.replace(folder / stored)
    note = json.dumps(asdict(made), ensure_ascii=False, indent=1, sort_keys=True)
    write_whole(folder / f"{sha256}.json", note + "\n", PRIVATE)
    known[sha256] = made
    return True


def _copy(file: BinaryIO, target: Path) -> str:
    """The bytes, on disk for good and for us alone; returns their SHA-256 in hexadecimal."""
    digest = hashlib.sha256()
    target.unlink(missing_ok=True)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "wb") as copy:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            copy.write(chunk)
        copy.flush()
        os.fsync(copy.fileno())
    return digest.hexdigest()


def _leave(paths: Paths, as_of: date, what: str, name: str, addressed: str, error: Exception) -> Left:
    sha256 = hashlib.sha256(what.encode()).hexdigest()
    number = incident(paths, what, "", as_of, error)
    reason = _NOT_A_FILE.format(number=number) if isinstance(error, NotAFile) else f"{words(number)}。"
    return Left(Received(sha256, "", name, (addressed,), 0, as_of.isoformat()), reason)


def _read_note(path: Path, box: Path) -> Received | None:
    """A note; one that is damaged is made again from the file beside it, whose name is lost with it; whose it is stands
    in the receipt or answer it was given. None where there is no such file either."""
    said = read_record(path, Received)
    if said and (said.sha256, said.received_on) == (path.stem, path.parent.name):
        return said
    stored = next((p for p in path.parent.glob(f"{path.stem}.*") if p != path), None)
    if stored is None:
        return None
    told = (*box.parent.glob(f"receipts/*/*/*_{path.stem[:8]}.xlsx"), *box.glob(f"answers/*/*/*_{path.stem[:8]}.xlsx"))
    addressed = sorted({p.parts[-3] for p in told if _TOWNSHIP.fullmatch(p.parts[-3])})
    return Received(path.stem, stored.name, _NAME_LOST, tuple(addressed) or ("",), _LAST, path.parent.name)
