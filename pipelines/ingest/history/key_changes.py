"""Keys that changed: said by the source (an identity number replaced, a unit merged into another), or only noticed.

Belongs here: both. A notice decides nothing: linkage and people do.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.ingest.bronze.store import ROWS_FILE
from pipelines.ingest.history.compare import DELETED, KINDS, NEW, Changes
from pipelines.ingest.history.said import Said, Source, cell_of_null
from pipelines.ingest.history.store import KEY_CHANGES, hexadecimal
from pipelines.kit.contracts import Feed
from pipelines.kit.keys import key_expr
from pipelines.kit.paths import Paths

# Feeds that say themselves which key follows which: (subject, column of the old value, column of the new one).
SAYING = {"F03": ("person", "old_id_no", "id_no"), "F36": ("division", "unit_code", "successor_code")}
_NAME = "person_name"
# By what a person is recognised whose key is another.
_IDENTIFYING = {_NAME, "birth_date", "sex", "直接标识符"}
# So many records gone or new at once are another export, not changed keys.
_MOST = 200_000
_COLUMNS = ("subject", "is_said", "old_key", "new_key", "source_ref")
_NOTHING = pl.DataFrame(schema={name: KEY_CHANGES[name] for name in _COLUMNS})


@dataclass(frozen=True)
class _People:
    """Records that carry a name: key, place in the delivery, and what a person is recognised by, as one value."""

    keys: np.ndarray
    places: np.ndarray
    persons: np.ndarray


class KeyChanges:
    """Gathers the key changes of one delivery while its changes pass by."""

    def __init__(self, source: Source, now: Said, layers: Sequence[Said]) -> None:
        self._source, self._now, self._layers = source, now, layers
        self._identifying = _identifying(source.feed)
        self._spoken: list[np.ndarray] = []
        self._gone: list[_People] = []
        self._new: list[_People] = []

    def look_at(self, part: Changes) -> None:
        """Remember the records that may matter."""
        deleted, new = (part.kind == KINDS.index(k) for k in (DELETED, NEW))
        if self._source.feed.code in SAYING:
            self._spoken.append(part.keys[~deleted])
        if not self._identifying:
            return
        for number, layer in enumerate(self._layers):
            here = np.flatnonzero(deleted & (part.layer == number))
            if len(here):
                self._gone.append(self._recognised(part, here, layer.rows[part.before[here]]["cells"]))
        here = np.flatnonzero(new)
        if len(here):
            self._new.append(self._recognised(part, here, self._now.rows[part.now[here]]["cells"]))

    def _recognised(self, part: Changes, here: np.ndarray, cells: np.ndarray) -> _People:
        named = np.flatnonzero(cells[:, self._identifying[0]] != cell_of_null())
        of_person = np.ascontiguousarray(cells[named][:, self._identifying])
        persons = of_person.view(f"S{of_person.itemsize * len(self._identifying)}").ravel()
        return _People(part.keys[here[named]], part.now[here[named]], persons)

    def noticed(self) -> pl.DataFrame:
        """Pairs of a record gone and a new one that no other of this delivery resembles. Keys are record keys."""
        if not self._gone or not self._new:
            return _NOTHING
        gone, new = (_all(found) for found in (self._gone, self._new))
        if max(len(gone.keys), len(new.keys)) > _MOST:
            return _NOTHING
        old, to = _pairs(gone.persons, new.persons)
        if not len(old):
            return _NOTHING
        return pl.DataFrame(
            {
                "subject": "record",
                "is_said": False,
                "old_key": hexadecimal(gone.keys[old]),
                "new_key": hexadecimal(new.keys[to]),
                "source_ref": self._source.references(self._now.rows[new.places[to]]),
            }
        ).sort("old_key")

    def said(self, paths: Paths, is_first: bool) -> pl.DataFrame:
        """Key changes the rows tell, unless an earlier delivery has told the same. Keys are entity keys."""
        if self._source.feed.code not in SAYING:
            return _NOTHING
        subject, old, new = SAYING[self._source.feed.code]
        files = [paths.bronze / self._source.feed.code / f / ROWS_FILE for f in self._source.folders]
        told = (
            pl.scan_parquet(files)
            .filter(pl.col(old).is_not_null() & pl.col(new).is_not_null() & (pl.col(old) != pl.col(new)))
            .select(
                "_record_key",
                subject=pl.lit(subject),
                is_said=pl.lit(True),
                old_key=key_expr(subject, [old]),
                new_key=key_expr(subject, [new]),
                source_ref="_source_ref",
            )
            .collect()
        )
        if not is_first:
            spoken = np.concatenate(self._spoken) if self._spoken else np.empty(0, dtype="S16")
            told = told.filter(pl.col("_record_key").is_in(hexadecimal(spoken).implode()))
        return told.select(_COLUMNS)


def _identifying(feed: Feed) -> list[int]:
    """Places, among the compared columns, of those a person is recognised by, a name first; empty without a name."""
    columns = [feed.by_name[name] for name in Source(feed, (), ()).compared]
    places = [i for i, c in enumerate(columns) if _IDENTIFYING & set(c.tags)]
    named = [i for i in places if _NAME in columns[i].tags]
    return [named[0], *(i for i in places if i != named[0])] if named and len(places) > 1 else []


def _all(found: Sequence[_People]) -> _People:
    return _People(*(np.concatenate([getattr(f, name) for f in found]) for name in ("keys", "places", "persons")))


def _pairs(gone: np.ndarray, new: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places of persons that are there once in each."""
    (gone_once, gone_at), (new_once, new_at) = _once(gone), _once(new)
    _, old, to = np.intersect1d(gone_once, new_once, assume_unique=True, return_indices=True)
    return gone_at[old], new_at[to]


def _once(persons: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    values, places, counts = np.unique(persons, return_index=True, return_counts=True)
    return values[counts == 1], places[counts == 1]
