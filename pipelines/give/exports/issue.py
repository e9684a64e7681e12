"""Issuing an export: a folder that stands whole or not at all, and is never edited.

Belongs here: whether it may be issued and why again, manifests, locks. Does not belong here: what is in it (made.py),
what is out (standing.py). A second issue for a date supersedes the first and says why; equal content stays untouched.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from pipelines.give.exports.check import PERSONAL, Forbidden, leaks, require_allowed
from pipelines.give.exports.contract import Export
from pipelines.give.exports.made import Made, make
from pipelines.give.exports.select import export_rows, of_scope, repeated_keys, scopes
from pipelines.give.exports.standing import MANIFEST, Issue, latest_of_day, state_file, unit_folder
from pipelines.judge.ledger.freshness import facts, sources
from pipelines.judge.ledger.reissue import DAMAGED, RENEWED, Unfounded
from pipelines.judge.ledger.turns import issued_since, times_issued
from pipelines.kit.contracts import Feed
from pipelines.kit.issues import folder_name
from pipelines.kit.models import bronze_behind
from pipelines.kit.paths import Paths
from pipelines.kit.security import bulk_seal
from pipelines.kit.security.issued_file import put
from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.security.signature import sign
from pipelines.kit.security.workbook_lock import lock
from pipelines.kit.whole_files import fresh_folder, publish_file, publish_folder

SIGN_PURPOSE = "export-manifest"
_SCRATCH = ".scratch-"


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
        latest = latest_of_day(paths, export, scope, as_of)
        if latest and not because and not _why_again(paths, keys, export, latest):
            made = make(paths, export, content, scope, as_of, known, feeds)
            if not latest.is_lost and latest.manifest["content_digest"] != made.digest:
                raise Unfounded(f"export {export.code} for {scope}", as_of)
    issues = tuple(
        _issue(paths, keys, export, make(paths, export, content, scope, as_of, known, feeds), because, turns_issued)
        for content, scope in wanted
    )
    placed = sum(i.manifest["rows_full"] for i in issues)
    return Outcome(issues, rows.height, rows.height - placed)


def _why_again(paths: Paths, keys: KeyProvider, export: Export, latest: Issue) -> str:
    """Why another content for the date is to be expected, in Chinese; '' when there is no reason to be found."""
    before = latest.manifest
    if latest.is_lost:
        return DAMAGED
    if before["key_id"] != keys.key_id:  # what only the key makes, passwords and tokens, is another one
        return RENEWED
    if before["contract_version"] != export.feed.version:
        return f"数据合同由 {before['contract_version']} 版改为 {export.feed.version} 版"
    return issued_since(paths, latest.as_of, before["turns_issued"])


def _issue(
    paths: Paths, keys: KeyProvider, export: Export, made: Made, because: str, turns_issued: int
) -> Issue:
    latest = latest_of_day(paths, export, made.scope, made.as_of)
    is_same = latest is not None and latest.manifest.get("content_digest") == made.digest
    is_open = is_same and latest.manifest.get("key_id") == keys.key_id
    if is_open and latest.is_whole():
        return latest
    if latest:
        because = DAMAGED if is_open or latest.is_lost else because or _why_again(paths, keys, export, latest)
    number = latest.number + 1 if latest else 1
    folder = unit_folder(paths.exports, export, made.scope) / folder_name(made.as_of, number)
    _keep_state(paths, folder, made.rows)
    scratch = fresh_folder(folder.with_name(f"{_SCRATCH}{folder.name}"))
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


def _keep_state(paths: Paths, folder: Path, rows: pl.DataFrame) -> None:
    """Before the issue appears, so that none stands whose successor could not be told as a delta."""
    file = state_file(paths, folder)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    scratch = file.with_name(f".{file.name}")
    rows.write_parquet(scratch, compression="zstd", compression_level=1)
    scratch.chmod(0o600)
    publish_file(scratch, file)
