"""From `drop` to `received/<as_of>` of the inbox or another box: original bytes under their own hash, and a note.

Belongs here: moving and remembering. Does not belong here: opening a file. The folder a file was dropped in
(`drop/<township code>/`) is who it is addressed to. The note keeps the order of arrival (time of the file,
then name), so that later replays see the same order whatever has become of the clocks.
"""

import hashlib
import json
import re
import shutil
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

from pipelines.ledger.decisions import issued_turns
from pipelines.paths import Paths

_TOWNSHIP = re.compile(r"\d{9}")
_SUFFIX = re.compile(r"\.(xlsx|xlsm|xls|ods|et|csv)")
# What office programs leave beside a file they have open.
_NOT_SENT = ("~$", ".")


@dataclass(frozen=True)
class Received:
    """One file taken in. `addressed_to`: township folders it was dropped in, '' for none."""

    sha256: str
    stored_name: str
    file_name: str
    addressed_to: tuple[str, ...]
    order: int
    received_on: str


def receive(paths: Paths, as_of: date, box: Path | None = None, may_repeat: bool = False) -> list[str]:
    """Empty the drop folder (of `box`, the inbox by default) into `received/<as_of>`; returns the names of files
    that had arrived before.

    The same bytes for the same township are kept once, over all turns; with `may_repeat` once a turn. A file is
    removed from the drop folder only when it stands in `received` with its note. Everything waits when a later
    turn is out already.
    """
    if any(turn > as_of for turn in issued_turns(paths)):
        return []
    box = box or paths.inbox
    drop, folder = box / "drop", box / "received" / as_of.isoformat()
    waiting = [p for p in drop.rglob("*") if p.is_file() and not p.name.startswith(_NOT_SENT)]
    waiting.sort(key=lambda p: (p.stat().st_mtime_ns, p.relative_to(drop).as_posix()))
    known = {r.sha256: r for r in _all_received(box) if not may_repeat or r.received_on == as_of.isoformat()}
    repeats = []
    for path in waiting:
        name = path.relative_to(drop).as_posix()
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        addressed = next((p for p in path.relative_to(drop).parts[:-1] if _TOWNSHIP.fullmatch(p)), "")
        earlier = known.get(sha256)
        if earlier is not None and addressed in earlier.addressed_to:
            repeats.append(name)
        else:
            known[sha256] = _keep(folder, as_of, path, sha256, name, addressed, earlier)
        path.unlink()
    return repeats


def received(paths: Paths, as_of: date, box: Path | None = None) -> list[tuple[Received, Path]]:
    """What was taken in for a turn, in order of arrival; also what a killed turn before it had taken in."""
    previous = max((turn for turn in issued_turns(paths) if turn < as_of), default=date.min).isoformat()
    box = box or paths.inbox
    root = box / "received"
    return [
        (note, root / note.received_on / note.stored_name)
        for note in _all_received(box)
        if previous < note.received_on <= as_of.isoformat()
    ]


def _all_received(box: Path) -> list[Received]:
    notes = (box / "received").glob("*/*.json")
    return sorted((_read_note(p) for p in notes), key=lambda r: (r.received_on, r.order))


def _keep(
    folder: Path, as_of: date, path: Path, sha256: str, name: str, addressed: str, earlier: Received | None
) -> Received:
    folder.mkdir(parents=True, exist_ok=True)
    if earlier is not None and earlier.received_on == as_of.isoformat():
        made = replace(earlier, addressed_to=(*earlier.addressed_to, addressed))
    else:
        suffix = Path(name).suffix.lower()
        stored = sha256 + (suffix if _SUFFIX.fullmatch(suffix) else ".bin")
        order = 1 + max((_read_note(p).order for p in folder.glob("*.json")), default=0)
        made = Received(sha256, stored, name, (addressed,), order, as_of.isoformat())
        scratch = folder / f"{stored}.part"
        shutil.copyfile(path, scratch)
        scratch.chmod(0o600)
        scratch.replace(folder / stored)
    note = json.dumps(asdict(made), ensure_ascii=False, indent=1, sort_keys=True)
    scratch = folder / f"{sha256}.note.part"
    scratch.write_text(note + "\n", encoding="utf-8")
    scratch.replace(folder / f"{sha256}.json")
    return made


def _read_note(path: Path) -> Received:
    given = json.loads(path.read_bytes())
    return Received(**given | {"addressed_to": tuple(given["addressed_to"])})
