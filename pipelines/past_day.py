"""A past turn anew, beside the lake: every table as it was known then, and its return sets to the byte.

Belongs here: which inputs of an installation a past day sees, and comparing what it gives with what went out. Does not
belong here: how a turn is replayed (turn.py), the past of golden tables by query (judge/ledger/past.py). Inputs are
linked while it is built, never written; nothing is issued.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines import turn
from pipelines.give.returns.assemble import township_returns
from pipelines.give.returns.issue import build_set, issued_set
from pipelines.judge.ledger.set_manifest import SetManifest, read_manifest
from pipelines.judge.ledger.turn_file import read_turn
from pipelines.judge.rules import load_rules
from pipelines.kit.contracts import load_contracts
from pipelines.kit.decision_files import issued_turns
from pipelines.kit.issues import is_whole
from pipelines.kit.lake import connect
from pipelines.kit.locks import alone
from pipelines.kit.paths import Paths
from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.security.signature import digest
from pipelines.kit.whole_files import fresh_folder, publish_folder

_LINKED = ("landing", "bronze", "keys", "returns", "inbox/received")
_AGAIN = "again"
_RESULTS = {"lake", _AGAIN}


class NoSuchTurn(ValueError):
    """No turn of this date is out; the message names those that are."""


@dataclass(frozen=True)
class PastDay:
    """A past day as it was built anew. `equal` of `sets` return sets are the issued ones to the byte, their locks
    aside; `other`: townships whose set is not."""

    root: Path
    turns: int
    sets: int
    equal: int
    other: tuple[str, ...]


def build_past(paths: Paths, as_of: date, on_turn: Callable[[date], None] = lambda _: None) -> PastDay:
    """Replay every turn up to `as_of`, write and compare its return sets, and let the lake of that day and the sets
    appear in `past/<as_of>/` of the data folder, whole or not at all. One is built at a time. Raises NoSuchTurn.
    """
    turns = [day for day in issued_turns(paths) if day <= as_of]
    if as_of not in turns:
        raise NoSuchTurn(f"没有 {as_of} 这一轮；已返还：{'、'.join(map(str, issued_turns(paths)))}")
    target = paths.root / "past" / as_of.isoformat()
    with alone(target.with_name(".lock")):
        there = Paths(fresh_folder(target.with_name(f".scratch-{target.name}")))
        _link_inputs(paths, there)
        for day in turns:
            on_turn(day)
            turn.replay(there, day)
        other = sorted(code for code, is_equal in _compared(paths, there, as_of) if not is_equal)
        _only_results(there)
        shutil.rmtree(target, ignore_errors=True)
        publish_folder(there.root, target, is_lasting=False)
    sets = len(read_turn(paths, as_of)["sets"])
    return PastDay(target, len(turns), sets, sets - len(other), tuple(other))


def _link_inputs(paths: Paths, there: Paths) -> None:
    """What came in, linked; of decisions, a copy of what turns have taken in."""
    for name in _LINKED:
        (there.root / name).parent.mkdir(parents=True, exist_ok=True)
        (there.root / name).symlink_to(paths.root / name, target_is_directory=True)
    for file in (*paths.decisions.glob("turns/*.json"), *paths.decisions.glob("*/????-??-??/*")):
        if file.is_file() and not file.is_symlink():
            copied = there.decisions / file.relative_to(paths.decisions)
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copied)


def _only_results(there: Paths) -> None:
    """Take the links away: a turn that is launched in a past day finds nothing of the installation to write to."""
    for name in _LINKED:
        (there.root / name).unlink()
    for folder in there.root.iterdir():
        if folder.name not in _RESULTS:
            shutil.rmtree(folder) if folder.is_dir() else folder.unlink()


def _compared(paths: Paths, there: Paths, as_of: date) -> Iterator[tuple[str, bool]]:
    """Of each township, whether the set that its tables give now is the one that is out."""
    feeds, keys = load_contracts(), KeyProvider(paths)
    versions = {code: feed.version for code, feed in feeds.items()}
    digests = {entry["township_code"]: entry["manifest_sha256"] for entry in read_turn(paths, as_of)["sets"]}
    written = Paths(there.root / _AGAIN)
    with connect(there) as con:
        for data in township_returns(con, as_of, load_rules(), feeds):
            out, known = issued_set(paths, data.township_code, as_of), digests.pop(data.township_code, None)
            said = read_manifest(out.folder) if out else None
            if said and said["issue"] > 1:
                data = data.reissued(said["issue"], said["supersedes"], said["because"])
            again = read_manifest(build_set(written, keys, versions, data).folder)
            is_out = said is not None and digest(said) == known and is_whole(out.folder, said["files"])
            yield data.township_code, is_out and _unlocked(said) == _unlocked(again)
    yield from ((code, False) for code in digests)


def _unlocked(manifest: SetManifest) -> dict:
    """What a set says, every file by the digest of its bytes before they were locked: no two locks are equal."""
    files = [(file["name"], file["rows"], file["plain_sha256"]) for file in manifest["files"]]
    return {**manifest, "files": files, "signature": ""}
