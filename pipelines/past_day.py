"""A past turn anew, beside the lake: every table as it was known then, and its return sets to the byte.

Belongs here: which inputs of an installation a past day sees, and comparing what it gives with what went out. Does not
belong here: how a turn is replayed (turn.py), the past of golden tables by query (judge/ledger/past.py). Inputs are
linked, never written; nothing is issued.
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
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.security.signature import digest
from pipelines.kit.whole_files import fresh_folder

_LINKED = ("landing", "bronze", "keys", "returns", "inbox/received")


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
    """Replay every turn up to `as_of` into `past/<as_of>/` of the data folder, a data folder itself, and write and
    compare its return sets there. What an earlier call left is replaced. Raises NoSuchTurn.
    """
    turns = [day for day in issued_turns(paths) if day <= as_of]
    if as_of not in turns:
        raise NoSuchTurn(f"没有 {as_of} 这一轮；已返还：{'、'.join(map(str, issued_turns(paths)))}")
    there = Paths(_prepared(paths, as_of))
    for day in turns:
        on_turn(day)
        turn.replay(there, day)
    other = sorted(code for code, is_equal in _compared(paths, there, as_of) if not is_equal)
    sets = len(read_turn(paths, as_of)["sets"])
    return PastDay(there.root, len(turns), sets, sets - len(other), tuple(other))


def _prepared(paths: Paths, as_of: date) -> Path:
    """An empty data folder with what came in, linked; of decisions, what turns have taken in."""
    root = fresh_folder(paths.root / "past" / as_of.isoformat())
    for name in _LINKED:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).symlink_to(paths.root / name, target_is_directory=True)
    waiting = {path for desk in paths.decisions.iterdir() if desk.is_dir() for path in desk.iterdir() if path.is_file()}
    waiting -= set((paths.decisions / "turns").iterdir())
    shutil.copytree(
        paths.decisions, root / "decisions",
        ignore=lambda folder, names: [name for name in names if Path(folder) / name in waiting],
    )  # fmt: skip
    return root


def _compared(paths: Paths, there: Paths, as_of: date) -> Iterator[tuple[str, bool]]:
    """Of each township, whether the set that its tables give now is the one that is out."""
    feeds, keys = load_contracts(), KeyProvider(paths)
    versions = {code: feed.version for code, feed in feeds.items()}
    digests = {entry["township_code"]: entry["manifest_sha256"] for entry in read_turn(paths, as_of)["sets"]}
    written = Paths(there.root / "again")
    with connect(there) as con:
        for data in township_returns(con, as_of, load_rules(), feeds):
            out = issued_set(paths, data.township_code, as_of)
            said = read_manifest(out.folder) if out else None
            if said and said["issue"] > 1:
                data = data.reissued(said["issue"], said["supersedes"], said["because"])
            again = read_manifest(build_set(written, keys, versions, data).folder)
            is_out = said is not None and digest(said) == digests.pop(data.township_code, None)
            yield data.township_code, is_out and _unlocked(said) == _unlocked(again)
    yield from ((code, False) for code in digests)


def _unlocked(manifest: SetManifest) -> dict:
    """What a set says, every file by the digest of its bytes before they were locked: no two locks are equal."""
    files = [(file["name"], file["rows"], file["plain_sha256"]) for file in manifest["files"]]
    return {**manifest, "files": files, "signature": ""}
