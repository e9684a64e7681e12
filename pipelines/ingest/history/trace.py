"""Everything ever said about one record: by which delivery, file, sheet and row, and which version stands.

Belongs here: reading it together from bronze and the standing of deliveries. Does not belong here: the changes of
whole deliveries (chain.py). Values are masked as the contract says; keys are hashes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

import duckdb

from pipelines.ingest.bronze.store import ROWS_FILE
from pipelines.ingest.deliveries import Standing, known_deliveries
from pipelines.ingest.history.compare import CHANGED, NEW, RETURNED
from pipelines.ingest.history.compare import DELETED as GONE
from pipelines.ingest.history.said import CHANGE_TYPE, DELETED, compared_columns
from pipelines.kit.contracts import Feed
from pipelines.kit.contracts.masks import masked
from pipelines.kit.paths import Paths

SAME = "same"


@dataclass(frozen=True)
class Version:
    """One row about a record, or its absence from a full (`source_ref` None).

    `kind`: new, changed, same, deleted or returned; None where the row does not count: its delivery is not in
    force, a later row of the delivery says otherwise, or it deletes what did not stand. `changed` are the columns
    that differ from what stood, `values` all compared ones, masked. `stands`: the lake has it from this row.
    """

    delivery: Standing
    kind: str | None
    changed: tuple[str, ...] = ()
    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    source_ref: str | None = None
    values: tuple[tuple[str, str | None], ...] = ()
    stands: bool = False


def trace(paths: Paths, feed: Feed, record_key: str, as_of: date) -> list[Version]:
    """Versions of a record as known by `as_of`: scope by scope in the order in which they speak, then what never
    counted, in order of landing."""
    standings = known_deliveries(paths, feed, as_of)
    rows = _rows(paths, feed, record_key) if standings else {}
    ranked = sorted((s for s in standings if s.rank is not None), key=lambda s: (s.scope, s.rank))
    versions = [
        version
        for _, of_scope in groupby(ranked, key=lambda s: s.scope)
        for version in _versions(feed, list(of_scope), rows)
    ]
    others = [s for s in standings if s.rank is None]
    return [
        *_mark_standing(versions),
        *(_version(feed, s, None, row, ()) for s in others for row in rows.get(s.delivery_id, ())),
    ]


def _rows(paths: Paths, feed: Feed, record_key: str) -> dict[str, list[dict]]:
    """Rows of the record in bronze by delivery; of one delivery, the one that counts last."""
    source = str(paths.bronze / feed.code / "*" / ROWS_FILE)
    found: dict[str, list[dict]] = {}
    with duckdb.connect() as con:
        frame = con.execute(
            "SELECT * FROM read_parquet(?, union_by_name = true) WHERE _record_key = ? "
            "ORDER BY _row, _source_ref DESC, _sheet DESC",
            [source, record_key],
        ).pl()
    for row in frame.iter_rows(named=True):
        found.setdefault(row["_delivery_id"], []).append(row)
    return found


def _versions(feed: Feed, ranked: Sequence[Standing], rows: dict[str, list[dict]]) -> Iterator[Version]:
    """The life of the record in one scope."""
    standing: dict | None = None
    has_stood = False
    for _, group in groupby(ranked, key=lambda s: s.head):
        pages = list(group)
        said = [(s, row) for s in pages for row in rows.get(s.delivery_id, ())]
        for delivery, row in said[:-1]:
            yield _version(feed, delivery, None, row, ())
        if not said:
            if standing is not None and pages[0].mode == "full":
                standing = None
                yield Version(pages[0], GONE)
            continue
        delivery, row = said[-1]
        if row.get(CHANGE_TYPE) == DELETED:
            kind, changed, standing = (GONE if standing is not None else None), (), None
        elif standing is None:
            kind, changed, standing = (RETURNED if has_stood else NEW), (), row
        else:
            changed = tuple(c for c in compared_columns(feed) if row[c] != standing[c])
            kind, standing = (CHANGED if changed else SAME), row
        has_stood = has_stood or standing is not None
        yield _version(feed, delivery, kind, row, changed)


def _version(feed: Feed, delivery: Standing, kind: str | None, row: dict, changed: tuple[str, ...]) -> Version:
    values = tuple((c, masked(feed.by_name[c], row[c])) for c in compared_columns(feed))
    return Version(
        delivery, kind, changed, row["_file"], row["_sheet"], row["_row"], row["_source_ref"], values
    )


def _mark_standing(versions: Sequence[Version]) -> list[Version]:
    """Of each scope the last word, unless it deletes; of several scopes the one that spoke last."""
    last = {v.delivery.scope: at for at, v in enumerate(versions) if v.kind is not None}
    alive = [at for at in last.values() if versions[at].kind != GONE]
    stands = max(alive, key=lambda at: versions[at].delivery.rank, default=None)
    return [replace(v, stands=at == stands) for at, v in enumerate(versions)]
