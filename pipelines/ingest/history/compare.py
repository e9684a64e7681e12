"""What a delivery changes: its rows beside what stood before it.

Belongs here: the comparison on indexes, some hundred thousand keys at a time. Does not belong here: which deliveries
come before (chain.py), reading or writing any file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.ingest.history.said import Said

NEW, CHANGED, DELETED, RETURNED = "new", "changed", "deleted", "returned"
KINDS = (NEW, CHANGED, DELETED, RETURNED)
_STEP = 500_000


@dataclass(frozen=True)
class Changes:
    """Some changed records. `kind` is a place in KINDS.

    `now` is the place of the row in the delivery, -1 where the record is gone because a full no longer has it;
    `layer` and `before` are the earlier delivery and the place of the row that stood or was last said, -1 without.
    """

    keys: np.ndarray
    kind: np.ndarray
    now: np.ndarray
    layer: np.ndarray
    before: np.ndarray


@dataclass
class Tally:
    """Records said as they stood, deleted though they did not stand, and deleted by being absent from a full."""

    same: int = 0
    unknown_deleted: int = 0
    absent: int = 0


def changes(
    now: Said, is_full: bool, layers: Sequence[Said], gone: Sequence[np.ndarray], tally: Tally
) -> Iterator[Changes]:
    """What `now` changes. `layers` are the deliveries in force since the last full, that one included, newest first;
    `gone` the sorted keys each earlier delivery deleted. What `Changes` do not tell is counted into `tally`.
    """
    for start in range(0, len(now.keys), _STEP):
        yield _said_now(now, slice(start, start + _STEP), layers, gone, tally)
    if is_full:
        for number, layer in enumerate(layers):
            for start in range(0, len(layer.keys), _STEP):
                part = _absent(now, layers, number, slice(start, start + _STEP))
                tally.absent += len(part.keys)
                yield part


def _said_now(now: Said, part: slice, layers: Sequence[Said], gone: Sequence[np.ndarray], tally: Tally) -> Changes:
    keys, rows = now.keys[part], now.rows[part]
    layer, before = _previous(layers, keys)
    stood, differs = _stood_and_differs(layers, layer, before, rows["cells"])
    deletes = rows["deleted"]
    kind = np.full(len(keys), -1, dtype=np.int8)
    kind[~stood & ~deletes] = KINDS.index(NEW)
    kind[stood & ~deletes & differs] = KINDS.index(CHANGED)
    kind[stood & deletes] = KINDS.index(DELETED)
    fresh = np.flatnonzero(kind == KINDS.index(NEW))
    kind[fresh[_ever_deleted(gone, keys[fresh])]] = KINDS.index(RETURNED)
    tally.same += int(np.count_nonzero(stood & ~deletes & ~differs))
    tally.unknown_deleted += int(np.count_nonzero(~stood & deletes))
    kept = np.flatnonzero(kind >= 0)
    return Changes(keys[kept], kind[kept], kept + part.start, layer[kept], before[kept])


def _absent(now: Said, layers: Sequence[Said], number: int, part: slice) -> Changes:
    """Records that stood by a row of this layer and are not in the full `now`."""
    layer = layers[number]
    keys = layer.keys[part]
    lost = (now.find(keys) < 0) & ~layer.rows[part]["deleted"]
    places = np.flatnonzero(lost)
    for newer in layers[:number]:
        places = places[newer.find(keys[places]) < 0]
    size = len(places)
    return Changes(
        keys[places],
        np.full(size, KINDS.index(DELETED), dtype=np.int8),
        np.full(size, -1, dtype=np.int64),
        np.full(size, number, dtype=np.int64),
        places + part.start,
    )


def _previous(layers: Sequence[Said], keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(layer, place) of the newest row said about each key, both -1 where there is none."""
    layer, place = (np.full(len(keys), -1, dtype=np.int64) for _ in range(2))
    for number, earlier in enumerate(layers):
        open_ = np.flatnonzero(layer < 0)
        found = earlier.find(keys[open_])
        hit = found >= 0
        layer[open_[hit]], place[open_[hit]] = number, found[hit]
    return layer, place


def _stood_and_differs(
    layers: Sequence[Said], layer: np.ndarray, before: np.ndarray, cells: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Whether each record stood, and whether any compared column was another."""
    stood, differs = (np.zeros(len(layer), dtype=bool) for _ in range(2))
    for number, earlier in enumerate(layers):
        here = np.flatnonzero(layer == number)
        rows = earlier.rows[before[here]]
        stood[here] = ~rows["deleted"]
        differs[here] = (rows["cells"] != cells[here]).any(axis=1)
    return stood, differs


def _ever_deleted(gone: Sequence[np.ndarray], keys: np.ndarray) -> np.ndarray:
    found = np.zeros(len(keys), dtype=bool)
    for deleted in gone:
        found |= Said(deleted, deleted).find(keys) >= 0
    return found
