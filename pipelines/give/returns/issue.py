"""One return set on disk: a folder that stands whole or not at all, and is never edited.

Belongs here: the folder, its manifest, reading a manifest back. Does not belong here: what the files say
(`workbook`, `bulk`) or the lake; worker processes import this module, so it stays light.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pipelines.give.returns.bulk import bulk_files
from pipelines.give.returns.model import TownshipReturn
from pipelines.give.returns.workbook import build_workbook
from pipelines.judge.ledger.set_manifest import MANIFEST, read_manifest
from pipelines.kit import issues
from pipelines.kit.file_names import safe_name
from pipelines.kit.keys import entity_key
from pipelines.kit.paths import Paths
from pipelines.kit.security import bulk_seal
from pipelines.kit.security.issued_file import put
from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.security.signature import digest, sign
from pipelines.kit.security.workbook_lock import lock
from pipelines.kit.whole_files import fresh_folder, publish_folder

SIGN_PURPOSE = "return-manifest"
PURPOSE = "核实本辖区人口、特殊人群和补贴发放情况；他用须另行报批"
_SCRATCH = ".scratch-"


@dataclass(frozen=True)
class IssuedSet:
    """One set as it stands. `is_new`: written by this call, not found equal from an earlier one. `is_lost`: nobody
    knows any more what it says, for its manifest is damaged. `because`: why it replaces the one before."""

    township_code: str
    township_name: str
    set_id: str
    issue: int
    manifest_sha256: str
    residents: int
    anomalies: int
    folder: Path
    is_new: bool
    is_lost: bool = False
    county_name: str = ""
    because: str = ""


def issued_set(paths: Paths, township_code: str, as_of: date) -> IssuedSet | None:
    """The latest issue of a township's set for a business date, from its manifest; None if there is none."""
    latest = issues.latest(paths.returns / township_code, as_of)
    return latest and _as_it_stands(latest)


def says(folder: Path, content_digest: str) -> bool:
    """Whether the set was issued with this content."""
    document = read_manifest(folder)
    return document is not None and document["content_digest"] == content_digest


def opens_with(folder: Path, keys: KeyProvider) -> bool:
    """Whether the passwords of today open the set; none does that was issued before the key was renewed."""
    document = read_manifest(folder)
    return document is not None and document.get("key_id") == keys.key_id


def is_whole(folder: Path) -> bool:
    """Whether every file of the set stands as its manifest says."""
    document = read_manifest(folder)
    return document is not None and issues.is_whole(folder, document["files"])


def build_set(
    paths: Paths, keys: KeyProvider, contract_versions: Mapping[str, str], data: TownshipReturn
) -> IssuedSet:
    """Write one set: workbook locked with the township's password, lists sealed for its machine, manifest."""
    folder = _folder(paths, data)
    scratch = fresh_folder(folder.with_name(f"{_SCRATCH}{folder.name}"))
    plain = build_workbook(data, keys)
    name = f"返还_{safe_name(data.township_name)}_{folder.name}.xlsx"
    files = [put(scratch, name, lock(plain, keys.password(data.township_code)), plain, len(data.anomalies))]
    for bulk_name, (content, rows) in bulk_files(data).items():
        sealed = bulk_seal.seal(keys, data.township_code, content)
        files.append(put(scratch, bulk_name + bulk_seal.suffix(keys), sealed, content, rows))
    manifest = _manifest(keys, contract_versions, data, files)
    (scratch / MANIFEST).write_text(
        json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )
    publish_folder(scratch, folder)
    return replace(_as_it_stands(folder), is_new=True)


def _folder(paths: Paths, data: TownshipReturn) -> Path:
    return paths.returns / data.township_code / issues.folder_name(data.as_of, data.issue)


def _manifest(
    keys: KeyProvider, contract_versions: Mapping[str, str], data: TownshipReturn, files: list[dict]
) -> dict:
    document = {
        "set_id": data.set_id,
        "township_code": data.township_code,
        "township_name": data.township_name,
        "county_name": data.county_name,
        "as_of": data.as_of.isoformat(),
        "due_on": data.due_on.isoformat(),
        "issue": data.issue,
        "supersedes": data.supersedes or None,
        "because": data.because or None,
        "content_digest": data.content_digest(),
        "purpose": PURPOSE,
        "receiver": f"{data.place}数据专员",
        "suite": keys.suite.name,
        "key_id": keys.key_id,
        "rules": {question.rule_id: question.version for question in data.questions},
        "contracts": dict(contract_versions),
        "counts": data.counts,
        "files": files,
    }
    return document | {"signature": sign(keys, SIGN_PURPOSE, document)}


def _as_it_stands(folder: Path) -> IssuedSet:
    document = read_manifest(folder)
    if document is None or document["township_code"] != folder.parent.name:
        day, number = date.fromisoformat(folder.name[:8]), issues.number_of(folder)
        set_id = entity_key("set", folder.parent.name, day, number)
        return IssuedSet(folder.parent.name, "", set_id, number, "", 0, 0, folder, is_new=False, is_lost=True)
    return IssuedSet(
        township_code=document["township_code"],
        township_name=document["township_name"],
        set_id=document["set_id"],
        issue=document["issue"],
        manifest_sha256=digest(document),
        residents=document["counts"]["residents"],
        anomalies=document["counts"]["anomalies"],
        folder=folder,
        is_new=False,
        county_name=document.get("county_name", ""),
        because=document.get("because") or "",
    )
