"""Exports that are out: every issue on disk, by its manifest, and the state its receiver holds.

Belongs here: finding and opening them. Does not belong here: making one (made.py), issuing it (issue.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import ConfigDict
from typing_extensions import TypedDict

from pipelines.give.exports.contract import DELTA, Export
from pipelines.kit import issues
from pipelines.kit.paths import Paths
from pipelines.kit.records import IsoDate, read_record
from pipelines.kit.security import bulk_seal
from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.security.workbook_lock import unlock

MANIFEST = "manifest.json"


class _File(TypedDict):
    __pydantic_config__ = ConfigDict(extra="allow")
    name: str
    rows: int
    sha256: str
    plain_sha256: str


class _Base(TypedDict):
    as_of: IsoDate
    content_digest: str


class _Manifest(TypedDict):
    """What decides over later issues; all of it is kept."""

    __pydantic_config__ = ConfigDict(extra="allow")
    export: str
    name: str
    receiver: str
    receiver_name: str
    unit: str
    scope: str
    as_of: IsoDate
    kind: str
    issue: int
    rows_full: int
    contract_version: str
    content_digest: str
    base: _Base | None
    files: list[_File]


@dataclass(frozen=True)
class Issue:
    """One issue as it stands, by its manifest. `is_new`: written by this call."""

    folder: Path
    is_new: bool = False

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What was sent to whom, what for, and how much of it; empty where it is lost."""
        return read_record(self.folder / MANIFEST, _Manifest) or {}

    @property
    def is_lost(self) -> bool:
        """Whether nobody knows any more what it says, for its manifest is damaged."""
        return not self.manifest

    @property
    def number(self) -> int:
        """1 for the first of its date."""
        return issues.number_of(self.folder)

    @property
    def as_of(self) -> date:
        return date.fromisoformat(self.manifest["as_of"])

    @property
    def is_delta(self) -> bool:
        return self.manifest["kind"] == DELTA

    @property
    def is_password_locked(self) -> bool:
        """Whether people need a password to open it (anything else locked is for a machine)."""
        return any(f["name"].endswith(".xlsx") and f["sha256"] != f["plain_sha256"] for f in self.manifest["files"])

    def is_whole(self) -> bool:
        """Whether every file stands as the manifest says."""
        return issues.is_whole(self.folder, self.manifest["files"])


def standing(paths: Paths, export: Export, scope: str, before: date | None = None) -> Issue | None:
    """The newest issue of a unit: its last date (before a date), of that the last one. None without any."""
    found = issues.issues_in(unit_folder(paths.exports, export, scope))
    if before is not None:
        found = [f for f in found if f.name[:8] < f"{before:%Y%m%d}"]
    return Issue(found[-1]) if found else None


def latest_of_day(paths: Paths, export: Export, scope: str, as_of: date) -> Issue | None:
    """The last issue of a unit for a date; None without any."""
    found = issues.latest(unit_folder(paths.exports, export, scope), as_of)
    return found and Issue(found)


def all_issues(paths: Paths, export: Export | None = None) -> Iterator[Issue]:
    """Every issue on disk (of one export) that is not lost, in order of place."""
    for issue in _on_disk(paths):
        if not issue.is_lost and (export is None or issue.manifest["export"] == export.code):
            yield issue


def lost_issues(paths: Paths) -> list[str]:
    """A Chinese sentence about each issue whose manifest is damaged."""
    return [
        f"{issue.folder.relative_to(paths.root)} 的 {MANIFEST} 已损坏，这一次签发不再列入台账；请从备份恢复该文件"
        for issue in _on_disk(paths) if issue.is_lost
    ]  # fmt: skip


def _on_disk(paths: Paths) -> Iterator[Issue]:
    return map(Issue, issues.issues_in(paths.exports, "*/*/*"))


def base_of(issue: Issue) -> Issue | None:
    """The issue a delta is told against."""
    wanted = (issue.manifest["base"] or {}).get("content_digest")
    siblings = map(Issue, issues.issues_in(issue.folder.parent))
    return next((i for i in siblings if wanted and i.manifest.get("content_digest") == wanted), None)


def state_of(paths: Paths, issue: Issue | None) -> pl.DataFrame | None:
    """Everything the receiver held after an issue; None when the state was deleted."""
    if issue is None:
        return None
    file = state_file(paths, issue.folder)
    return pl.read_parquet(file) if file.is_file() else None


def state_file(paths: Paths, folder: Path) -> Path:
    """Where that of an issue is kept."""
    return paths.exported / folder.relative_to(paths.exports).with_suffix(".parquet")


def opened(keys: KeyProvider, issue: Issue) -> Iterator[tuple[str, bytes]]:
    """(name as written, plain bytes) of every file. Raises what the locks raise when a file was changed."""
    unit = issue.manifest["unit"]
    for entry in issue.manifest["files"]:
        content = (issue.folder / entry["name"]).read_bytes()
        name = entry["name"].removesuffix(bulk_seal.suffix(keys))
        if name != entry["name"]:
            content = bulk_seal.unseal(keys, unit, content)
        elif entry["sha256"] != entry["plain_sha256"]:
            content = unlock(content, keys.password(unit))
        yield name, content


def unit_folder(root: Path, export: Export, scope: str) -> Path:
    """Where the issues of a receiving unit stand."""
    return root / (scope if export.split_by else export.receiver.slug) / export.name
