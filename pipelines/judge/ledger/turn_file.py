"""`decisions/turns/<as_of>.json`: the sets of a turn that are out, what came in for them, what was replaced and why.

Belongs here: its shape, reading it, making a damaged one anew. Does not belong here: what stands in it (turns.py).
"""

import json
from collections import defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, NotRequired

from typing_extensions import TypedDict

from pipelines.judge.ledger.set_manifest import MANIFEST, read_manifest
from pipelines.kit.decision_files import issued_turns
from pipelines.kit.issues import number_of
from pipelines.kit.paths import Paths
from pipelines.kit.records import IsoDate, as_kind, read_record
from pipelines.kit.security.signature import digest
from pipelines.kit.whole_files import write_whole


class Entry(TypedDict):
    """One set in force."""

    set_id: str
    township_code: str
    issue: int
    manifest_sha256: str
    residents: int
    anomalies: int


class Replaced(TypedDict):
    """Sets that were replaced together, and why."""

    because: str
    sets: list[Entry]


class TurnFile(TypedDict):
    """The whole file."""

    as_of: IsoDate
    sets: list[Entry]
    inputs: NotRequired[dict[str, list[str]]]
    superseded: NotRequired[list[Replaced]]
    stale_ok: NotRequired[str]


def turn_file(paths: Paths, as_of: date) -> Path:
    """Where the file of a turn is."""
    return paths.decisions / "turns" / f"{as_of.isoformat()}.json"


def read_turn(paths: Paths, as_of: date) -> TurnFile | dict:
    """The file of a turn, empty when it is not out; a damaged one is made anew from the sets that stand on disk.

    Raises ValueError with what to do where none stands."""
    file = turn_file(paths, as_of)
    if not file.exists():
        return {}
    said = _sound(file, as_of)
    if said is None:
        if told := _mend(paths, as_of)[1]:
            raise ValueError(told)
        said = _sound(file, as_of)
    return said


def write_turn(paths: Paths, document: dict[str, Any]) -> None:
    """Put the file of a turn in its place."""
    file = turn_file(paths, date.fromisoformat(document["as_of"]))
    write_whole(file, json.dumps(document, ensure_ascii=False, indent=1) + "\n")


def mend_turns(paths: Paths) -> list[str]:
    """Make damaged files of turns anew; a Chinese sentence about each, with what is lost."""
    damaged = [turn for turn in issued_turns(paths) if _sound(turn_file(paths, turn), turn) is None]
    return ["".join(_mend(paths, turn)) for turn in damaged]


def _sound(file: Path, as_of: date) -> TurnFile | None:
    said = read_record(file, TurnFile)
    return said if said and said["as_of"] == as_of.isoformat() else None


def _mend(paths: Paths, as_of: date) -> tuple[str, str]:
    """What was made anew, or else why nothing was: one of two Chinese sentences."""
    file = turn_file(paths, as_of)
    name = f"{file.relative_to(paths.root)} 已损坏"
    issues, unread = _on_disk(paths, as_of)
    sets = [issues[code][-1].entry for code in sorted(issues) if issues[code][-1].entry]
    if not sets:
        return "", f"{name}，returns 中也没有该轮次的返还包，请从备份恢复该文件"
    kept = _kept(file)
    replaced = kept.get("superseded") or _replaced(issues)
    write_turn(
        paths, {"as_of": as_of.isoformat(), "sets": sets, **kept, **({"superseded": replaced} if replaced else {})}
    )
    told = f"{name}，已按 returns 中的返还包重建（{len(sets)} 个镇街）"
    if "inputs" not in kept:
        told += "；该轮收入了哪些交付、答复和决定（inputs）已失去，再次签发该轮须写明原因（--because）"
    if "stale_ok" not in kept:
        told += "；如曾注明沿用旧数据的理由（stale_ok），也已失去"
    if unread:
        told += f"；{'、'.join(unread)} 也已损坏，未能列入"
    return f"{told}。如有备份，请恢复", ""


def _kept(file: Path) -> dict[str, Any]:
    """What is whole of a damaged file."""
    said = read_record(file, dict[str, Any]) or {}
    parts = {"inputs": dict[str, list[str]], "superseded": list[Replaced], "stale_ok": str}
    return {name: said[name] for name, kind in parts.items() if as_kind(said.get(name), kind) is not None}


class _Issue(NamedTuple):
    """One set on disk; no entry where nobody can read its manifest."""

    number: int
    entry: Entry | None = None
    because: str = ""


def _on_disk(paths: Paths, as_of: date) -> tuple[dict[str, list[_Issue]], list[str]]:
    """The issues of each township in order; the paths of manifests nobody can read."""
    issues, unread = defaultdict(list), []
    for path in sorted(paths.returns.glob(f"*/{as_of:%Y%m%d}*/{MANIFEST}")):
        told, township = read_manifest(path.parent), path.parent.parent.name
        if told is None:
            unread.append(str(path.relative_to(paths.root)))
            issues[township].append(_Issue(number_of(path.parent)))
            continue
        entry = Entry(
            set_id=told["set_id"], township_code=told["township_code"], issue=told["issue"],
            manifest_sha256=digest(told),
            residents=told["counts"]["residents"], anomalies=told["counts"]["anomalies"],
        )  # fmt: skip
        issues[township].append(_Issue(told["issue"], entry, told.get("because") or ""))
    return {code: sorted(chain, key=lambda issue: issue.number) for code, chain in issues.items()}, unread


def _replaced(issues: dict[str, list[_Issue]]) -> list[Replaced]:
    """Sets with a later issue beside them, together where they had the same number and reason."""
    groups = defaultdict(list)
    for code in sorted(issues):
        for before, after in pairwise(issues[code]):
            if before.entry:
                groups[before.number, after.because].append(before.entry)
    return [Replaced(because=because, sets=sets) for (_, because), sets in sorted(groups.items())]
