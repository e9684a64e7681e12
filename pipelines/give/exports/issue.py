"""Issuing an export: a folder that stands whole or not at all, and is never edited.

Belongs here: folders, manifests, locks, what a delta is told against. Does not belong here: the files' content
(write.py). A second issue for a date supersedes the first and says why; equal content stays untouched.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from pydantic import ConfigDict
from typing_extensions import TypedDict

from pipelines.give.exports.check import PERSONAL, Forbidden, leaks, require_allowed
from pipelines.give.exports.contract import CHANGE, DELTA, FULL, Export
from pipelines.give.exports.delta import difference
from pipelines.give.exports.select import export_rows, of_scope, repeated_keys, scopes
from pipelines.give.exports.write import files
from pipelines.judge.ledger.freshness import Source, concerns, facts, lines, sources
from pipelines.judge.ledger.reissue import DAMAGED, Unfounded
from pipelines.judge.ledger.turns import issued_since, times_issued
from pipelines.kit.contracts import Feed
from pipelines.kit.models import bronze_behind
from pipelines.kit.paths import Paths
from pipelines.kit.records import IsoDate, read_record
from pipelines.kit.security import bulk_seal
from pipelines.kit.security.issued_file import put
from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.security.signature import canonical_json, sign
from pipelines.kit.security.workbook_lock import lock, unlock
from pipelines.kit.whole_files import publish_file, publish_folder

MANIFEST = "manifest.json"
SIGN_PURPOSE = "export-manifest"
_SCRATCH = ".scratch-"
_FOLDER = re.compile(r"\d{8}(_\d+)?")


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
        return int(self.folder.name[9:] or 1)

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
        return all(
            (self.folder / f["name"]).is_file()
            and hashlib.sha256((self.folder / f["name"]).read_bytes()).hexdigest() == f["sha256"]
            for f in self.manifest["files"]
        )


@dataclass(frozen=True)
class Outcome:
    """What one export issued: one issue a receiving unit. `unplaced`: rows that belong to no county."""

    issues: tuple[Issue, ...]
    rows: int
    unplaced: int


def issue_export(
    paths: Paths, con: duckdb.DuckDBPyConnection, export: Export, feeds: Mapping[str, Feed], as_of: date,
    because: str = "",
) -> Outcome:  # fmt: skip
    """Issue an export for every unit that gets it; the lake must show `as_of`.

    Raises Forbidden (nothing is written) when the contract or a value says that it may not leave, ValueError when
    a key is missing or there twice. What is out is replaced by another content for a reason only: `because`, a new
    contract, or that of the turn that was issued again; else Unfounded is raised, and nothing is written.
    """
    require_allowed(export, feeds)
    keys = KeyProvider(paths)
    rows = export_rows(con, export, keys, as_of)
    if found := leaks(export, rows):
        raise Forbidden(f"{export.code}: identity numbers in {'、'.join(found)}; nothing is issued")
    if repeated := repeated_keys(rows, export.feed.key_columns):
        raise ValueError(f"{export.code}: {repeated} rows lack the key or share it; nothing is issued")
    turns_issued = times_issued(paths, as_of)
    bronze = bronze_behind(export.tables)
    known = sources(con, as_of, export.feeds | {code for code, feed in feeds.items() if feed.table in bronze})
    wanted = [(of_scope(rows, scope), scope) for scope in scopes(con, export, rows)]
    for content, scope in wanted:
        latest = _latest_of_day(paths, export, scope, as_of)
        if latest and not because and not _why_again(paths, export, latest):
            made = _make(paths, export, content, scope, as_of, known, feeds)
            if not latest.is_lost and latest.manifest["content_digest"] != made.digest:
                raise Unfounded(f"export {export.code} for {scope}", as_of)
    issues = tuple(
        _issue(paths, keys, export, _make(paths, export, content, scope, as_of, known, feeds), because, turns_issued)
        for content, scope in wanted
    )
    placed = sum(i.manifest["rows_full"] for i in issues)
    return Outcome(issues, rows.height, rows.height - placed)


def sent_feed(export: Export, kind: str) -> Feed:
    """How the files of an issue are read: a delta has 变更类型 before everything else."""
    feed = export.feed
    return feed if kind == FULL else replace(feed, columns=(CHANGE, *feed.columns))


def standing(paths: Paths, export: Export, scope: str, before: date | None = None) -> Issue | None:
    """The newest issue of a unit: its last date (before a date), of that the last one. None without any."""
    issues = [Issue(f) for f in _unit(paths.exports, export, scope).glob("*") if _FOLDER.fullmatch(f.name)]
    if before is not None:
        issues = [i for i in issues if i.folder.name[:8] < f"{before:%Y%m%d}"]
    return max(issues, key=lambda i: (i.folder.name[:8], i.number), default=None)


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
    folders = sorted(f for f in paths.exports.glob("*/*/*") if _FOLDER.fullmatch(f.name))
    return map(Issue, folders)


def base_of(issue: Issue) -> Issue | None:
    """The issue a delta is told against."""
    wanted = (issue.manifest["base"] or {}).get("content_digest")
    siblings = (Issue(path.parent) for path in sorted(issue.folder.parent.glob(f"*/{MANIFEST}")))
    return next((i for i in siblings if wanted and i.manifest.get("content_digest") == wanted), None)


def state_of(paths: Paths, issue: Issue | None) -> pl.DataFrame | None:
    """Everything the receiver held after an issue; None when the state was deleted."""
    if issue is None:
        return None
    file = paths.exported / issue.folder.relative_to(paths.exports).with_suffix(".parquet")
    return pl.read_parquet(file) if file.is_file() else None


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


@dataclass(frozen=True)
class _Made:
    """One unit's issue before it is on disk: the rows it stands for, the files, and all its content decides."""

    scope: str
    as_of: date
    rows: pl.DataFrame
    written: list[tuple[str, bytes, int]]
    document: dict[str, Any]
    sources: list[Source]

    @property
    def digest(self) -> str:
        return hashlib.sha256(canonical_json(self.document)).hexdigest()


def _make(
    paths: Paths, export: Export, rows: pl.DataFrame, scope: str, as_of: date, known: Sequence[Source],
    feeds: Mapping[str, Feed],
) -> _Made:  # fmt: skip
    here = [s for s in known if concerns(s.scope, scope)]
    base = standing(paths, export, scope, before=as_of) if export.mode == "full_delta" else None
    before = None if base is None or base.is_lost else state_of(paths, base)
    if before is not None and before.schema == rows.schema:
        kind, told = DELTA, difference(before, rows, export.feed.key_columns, export.order)
    else:
        base, kind, told = None, FULL, rows
    written = list(files(export, sent_feed(export, kind), told, scope, as_of, kind, lines(here, feeds)))
    document = _document(export, scope, as_of, kind, base, rows, told, written)
    return _Made(scope, as_of, rows, written, document, here)


def _why_again(paths: Paths, export: Export, latest: Issue) -> str:
    """Why another content for the date is to be expected, in Chinese; '' when there is no reason to be found."""
    before = latest.manifest
    if latest.is_lost:
        return DAMAGED
    if before["contract_version"] != export.feed.version:
        return f"数据合同由 {before['contract_version']} 版改为 {export.feed.version} 版"
    return issued_since(paths, latest.as_of, before["turns_issued"])


def _issue(
    paths: Paths, keys: KeyProvider, export: Export, made: _Made, because: str, turns_issued: int
) -> Issue:
    latest = _latest_of_day(paths, export, made.scope, made.as_of)
    is_same = latest is not None and latest.manifest.get("content_digest") == made.digest
    if is_same and latest.is_whole():
        return latest
    if latest:
        because = DAMAGED if is_same or latest.is_lost else because or _why_again(paths, export, latest)
    number = latest.number + 1 if latest else 1
    folder = _unit(paths.exports, export, made.scope) / (f"{made.as_of:%Y%m%d}" + (f"_{number}" if number > 1 else ""))
    _keep_state(paths, folder, made.rows)
    scratch = folder.with_name(f"{_SCRATCH}{folder.name}")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    document = {name: value for name, value in made.document.items() if name != "plain"}
    document |= {
        "content_digest": made.digest,
        "issue": number,
        "supersedes": latest.manifest.get("content_digest") if latest else None,
        "because": because if latest else None,
        "turns_issued": turns_issued,
        "sources": facts(made.sources),
        "suite": keys.suite.name,
        "key_id": keys.key_id,
        "files": [_put(scratch, keys, export, document["unit"], *file) for file in made.written],
    }
    document["signature"] = sign(keys, SIGN_PURPOSE, document)
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (scratch / MANIFEST).write_text(text, encoding="utf-8")
    publish_folder(scratch, folder)
    return Issue(folder, is_new=True)


def _document(
    export: Export, scope: str, as_of: date, kind: str, base: Issue | None, rows: pl.DataFrame,
    told: pl.DataFrame, written: list[tuple[str, bytes, int]],
) -> dict[str, Any]:  # fmt: skip
    """Everything about an issue that its content decides."""
    feed = export.feed
    counts = dict(told[CHANGE.name].value_counts().iter_rows()) if kind == DELTA else {}
    return {
        "export": export.code,
        "name": export.name,
        "title": feed.title,
        "contract_version": feed.version,
        "receiver": export.receiver.slug,
        "receiver_name": export.receiver.name,
        "unit": scope if export.split_by else export.receiver.slug,
        "scope": scope,
        "as_of": as_of.isoformat(),
        "kind": kind,
        "base": {"as_of": base.manifest["as_of"], "content_digest": base.manifest["content_digest"]} if base else None,
        "rows": told.height,
        "rows_full": rows.height,
        "changes": {word: counts.get(word, 0) for word in CHANGE.code_list} if kind == DELTA else None,
        "purpose": feed.description,
        "legal_basis": export.legal_basis,
        "limitations": feed.limitations,
        "sharing": export.sharing,
        "classification": export.highest_class,
        "columns": [c.label for c in sent_feed(export, kind).columns],
        "key": [feed.by_name[k].label for k in feed.key_columns],
        "plain": [{"name": n, "rows": count, "sha256": hashlib.sha256(b).hexdigest()} for n, b, count in written],
    }


def _put(
    folder: Path, keys: KeyProvider, export: Export, unit: str, name: str, plain: bytes, rows: int
) -> dict[str, Any]:
    """Personal data leave locked: a workbook with the unit's password, anything else for the unit's machine."""
    content = plain
    if export.highest_class >= PERSONAL:
        if export.feed.format == "xlsx":
            content = lock(plain, keys.password(unit))
        else:
            content, name = bulk_seal.seal(keys, unit, plain), name + bulk_seal.suffix(keys)
    return put(folder, name, content, plain, rows)


def _latest_of_day(paths: Paths, export: Export, scope: str, as_of: date) -> Issue | None:
    folders = _unit(paths.exports, export, scope).glob(f"{as_of:%Y%m%d}*")
    issues = (Issue(f) for f in folders if _FOLDER.fullmatch(f.name))
    return max(issues, key=lambda issue: issue.number, default=None)


def _keep_state(paths: Paths, folder: Path, rows: pl.DataFrame) -> None:
    """Before the issue appears, so that none stands whose successor could not be told as a delta."""
    file = paths.exported / folder.relative_to(paths.exports).with_suffix(".parquet")
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    scratch = file.with_name(f".{file.name}")
    rows.write_parquet(scratch, compression="zstd", compression_level=1)
    scratch.chmod(0o600)
    publish_file(scratch, file)


def _unit(root: Path, export: Export, scope: str) -> Path:
    return root / (scope if export.split_by else export.receiver.slug) / export.name
