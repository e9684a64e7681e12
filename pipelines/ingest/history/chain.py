"""The history of a feed, delivery by delivery in the order in which they speak, scope by scope.

Belongs here: which deliveries are compared with which, and what need not be done again. Does not belong here: the
order itself (pipelines.ingest.deliveries), one comparison (compare.py).
The changes of a delivery depend on nothing but itself and those before it. So they are kept with a fingerprint of
that chain: a new delivery at its end costs itself; a late, corrected or withdrawn one makes what follows it new.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from pipelines.ingest.deliveries import Standing
from pipelines.ingest.history.compare import DELETED, NEW, RETURNED, Tally, changes
from pipelines.ingest.history.indexes import Indexes
from pipelines.ingest.history.key_changes import KeyChanges
from pipelines.ingest.history.said import Source, said_folder
from pipelines.ingest.history.store import (
    EMPTY,
    ChangesDraft,
    about,
    changes_folder,
    empty_history,
    read_gone,
    read_record,
)
from pipelines.kit.contracts import Feed
from pipelines.kit.paths import Paths


@dataclass(frozen=True)
class DeliveryHistory:
    """What one logical delivery in force changed. `standing` records of its scope stand after it; of the `deleted`
    ones, `absent` went because a full no longer had them.

    `is_first` of its scope: every record in it is new, and its changes.parquet does not say so again.
    """

    head: str
    scope: str
    period: str
    mode: str
    is_first: bool
    is_made: bool
    new: int
    changed: int
    deleted: int
    returned: int
    same: int
    unknown_deleted: int
    absent: int
    key_changes: int
    key_changes_noticed: int
    standing: int

    @property
    def keys(self) -> int:
        """Distinct records it speaks of, as far as its outcomes add up to them."""
        return self.new + self.changed + self.returned + self.same + self.unknown_deleted + self.deleted - self.absent


@dataclass(frozen=True)
class _Link:
    """A logical delivery in its place; `chain` is the fingerprint of it and all before it in its scope."""

    source: Source
    said_by: Standing
    ordinal: int
    chain: str


# The deliveries of a scope, and the counts of those whose changes are told already, by place.
_Run = tuple[list[_Link], dict[int, dict]]


def update_history(paths: Paths, feed: Feed, standings: Sequence[Standing]) -> list[DeliveryHistory]:
    """Bring the history of a feed to what its deliveries are worth, and return it in order of scope and place.

    Afterwards `history/{feed}` holds exactly those in force.
    """
    empty_history(paths, feed)
    runs = [_told_before(paths, links) for links in _chains(paths, feed, standings)]
    with closing(Indexes(paths, feed)) as indexes:
        indexes.prepare({s.head: s for run in runs for s in _compared(run)}.values())
        found = [history for run in runs for history in _run(paths, indexes, run)]
    _forget(changes_folder(paths, feed), {EMPTY, *(h.head for h in found)})
    _forget(said_folder(paths, feed), {s.head for links, _ in runs for s in _from_last_full(links, len(links))})
    return found


def _told_before(paths: Paths, links: Sequence[_Link]) -> _Run:
    folder = changes_folder(paths, links[0].source.feed)
    records = (read_record(folder / link.source.head) for link in links)
    pairs = enumerate(zip(links, records, strict=True))
    return links, {place: r["counts"] for place, (link, r) in pairs if r.get("chain") == link.chain}


def _compared(run: _Run) -> Iterator[Source]:
    """What has to be indexed: whatever is new, and what it is compared with."""
    links, told = run
    for place in range(len(links)):
        if place not in told:
            yield from (*_from_last_full(links, place), links[place].source)


def _chains(paths: Paths, feed: Feed, standings: Sequence[Standing]) -> Iterator[list[_Link]]:
    """The deliveries in force of each scope, in order of rank."""
    ranked = [s for s in standings if s.rank is not None]
    by_scope = sorted(ranked, key=lambda s: (s.scope, s.rank))
    for _, of_scope in groupby(by_scope, key=lambda s: s.scope):
        links: list[_Link] = []
        chain = _digest([feed.key_columns, [c.name for c in feed.columns]])
        for ordinal, (_, group) in enumerate(groupby(of_scope, key=lambda s: s.head), start=1):
            pages = list(group)
            ids = tuple(s.delivery_id for s in pages)
            source = Source(feed, tuple(s.folder for s in pages), ids)
            chain = _digest([chain, source.folders, pages[0].period, pages[0].mode])
            links.append(_Link(source, pages[0], ordinal, chain))
        yield links


def _run(paths: Paths, indexes: Indexes, run: _Run) -> Iterator[DeliveryHistory]:
    standing = 0
    links, told = run
    for place, link in enumerate(links):
        counts = told.get(place) or _make(paths, indexes, links, place, standing)
        standing = counts["standing"]
        said_by = link.said_by
        yield DeliveryHistory(
            link.source.head, said_by.scope, said_by.period, said_by.mode, place == 0, place not in told, **counts
        )


def _make(paths: Paths, indexes: Indexes, links: Sequence[_Link], place: int, standing: int) -> dict:
    """Tell the changes of one delivery; returns the counts."""
    link, changed = links[place], changes_folder(paths, links[place].source.feed)
    before = list(reversed(_from_last_full(links, place)))
    layers = [indexes.said(source) for source in before]
    earlier = [read_gone(changed / other.source.head) for other in links[:place]]
    now, tally = indexes.said(link.source), Tally()
    shared = about(link.said_by.scope, link.said_by.period, link.said_by.delivered_on, link.ordinal)
    draft = ChangesDraft(paths, link.source, shared)
    keys = KeyChanges(link.source, now, layers)
    for part in changes(now, link.said_by.mode == "full", layers, [g for g in earlier if len(g)], tally):
        draft.count(part)
        if place:
            draft.add(part, now, layers, before)
            keys.look_at(part)
    told, noticed = keys.said(paths, is_first=not place), keys.noticed()
    counts = {
        **draft.counts,
        "same": tally.same,
        "unknown_deleted": tally.unknown_deleted,
        "absent": tally.absent,
        "key_changes": told.height,
        "key_changes_noticed": noticed.height,
        "standing": standing + draft.counts[NEW] + draft.counts[RETURNED] - draft.counts[DELETED],
    }
    draft.publish([told, noticed], {"chain": link.chain, "counts": counts})
    return counts


def _from_last_full(links: Sequence[_Link], end: int) -> list[Source]:
    """Those before `end` from the last full on, all without one: nothing before it can still stand."""
    start = next((i for i in range(end - 1, -1, -1) if links[i].said_by.mode == "full"), 0)
    return [link.source for link in links[start:end]]


def _forget(folder: Path, kept: set[str]) -> None:
    for child in folder.iterdir() if folder.is_dir() else ():
        if child.name not in kept:
            shutil.rmtree(child)


def _digest(parts: Sequence) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
