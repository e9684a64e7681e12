"""One unit's issue of an export before it is on disk: its rows, its files, and all that its content decides.

Belongs here: full or delta, the files, the document about them. Does not belong here: whether it is issued (issue.py),
how a file is written (write.py).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from pipelines.give.exports.contract import CHANGE, DELTA, FULL, Export
from pipelines.give.exports.delta import difference
from pipelines.give.exports.standing import Issue, standing, state_of
from pipelines.give.exports.write import files
from pipelines.judge.ledger.freshness import Source, concerns, lines
from pipelines.kit.contracts import Feed
from pipelines.kit.paths import Paths
from pipelines.kit.security.signature import digest


def sent_feed(export: Export, kind: str) -> Feed:
    """How the files of an issue are read: a delta has 变更类型 before everything else."""
    feed = export.feed
    return feed if kind == FULL else replace(feed, columns=(CHANGE, *feed.columns))


@dataclass(frozen=True)
class Made:
    """The rows it stands for, the files (name, bytes, rows), and the document."""

    scope: str
    as_of: date
    rows: pl.DataFrame
    written: list[tuple[str, bytes, int]]
    document: dict[str, Any]
    sources: list[Source]

    @property
    def digest(self) -> str:
        return digest(self.document)


def make(
    paths: Paths, export: Export, rows: pl.DataFrame, scope: str, as_of: date, known: Sequence[Source],
    feeds: Mapping[str, Feed],
) -> Made:  # fmt: skip
    """What a unit would get now; `known`: how old the sources are."""
    here = [s for s in known if concerns(s.scope, scope)]
    base = standing(paths, export, scope, before=as_of) if export.mode == "full_delta" else None
    before = None if base is None or base.is_lost else state_of(paths, base)
    if before is not None and before.schema == rows.schema:
        kind, told = DELTA, difference(before, rows, export.feed.key_columns, export.order)
    else:
        base, kind, told = None, FULL, rows
    written = list(files(export, sent_feed(export, kind), told, scope, as_of, kind, lines(here, feeds)))
    document = _document(export, scope, as_of, kind, base, rows, told, written)
    return Made(scope, as_of, rows, written, document, here)


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
