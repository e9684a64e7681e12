"""Would a changed export contract break those who read its files?

Belongs here: what a layout is, and what may not change without a new major version. Does not belong here: versions
(kit.contracts.compatibility), whether a column may leave (check.py). What breaks whoever reads is the mirror of
what breaks whoever sends: a column that may now be empty, not one that must now be filled.
`expectations/exports/released.json` holds the layouts; `python -m pipelines.give.exports release` renews it.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pipelines.give.exports.contract import EXPORTS, Export
from pipelines.kit.contracts.compatibility import changes, write

RELEASED = EXPORTS / "released.json"
# A receiver whose column held the left can hold the right only if it was told.
_WIDER = {"string": (), "date": (), "timestamp": ("date",), "decimal": ("integer",), "integer": (), "geometry": ()}


def layout(export: Export) -> dict[str, Any]:
    """What a receiver's program relies on."""
    feed = export.feed
    return {
        "version": feed.version,
        "format": feed.format,
        "encoding": feed.encoding,
        "file_name": export.file_name,
        "mode": export.mode,
        "key": list(feed.key_columns),
        "columns": {
            c.name: {
                "label": c.label,
                "type": c.type,
                "required": c.required,
                "max_length": c.max_length,
                "scale": c.scale if c.type == "decimal" else None,
            }
            for c in feed.columns
        },
    }


def unannounced(exports: Iterable[Export], file: Path = RELEASED) -> list[str]:
    """Every change since the release that the version does not announce, by export; a new one breaks nothing."""
    return changes({e.code: layout(e) for e in exports}, file, breaks, "contract")


def release(exports: Iterable[Export], file: Path = RELEASED) -> None:
    """What the contracts are now is released."""
    write({e.code: layout(e) for e in exports}, file)


def breaks(now: Mapping[str, Any], then: Mapping[str, Any]) -> list[str]:
    """Every change of a layout for which the major version must rise."""
    return [*_of_file(now, then), *_of_columns(now, then)]


def _of_file(now: Mapping[str, Any], then: Mapping[str, Any]) -> Iterator[str]:
    for what in ("format", "encoding", "file_name", "mode", "key"):
        if now[what] != then[what]:
            yield f"{what} was {then[what]}, is {now[what]}"


def _of_columns(now: Mapping[str, Any], then: Mapping[str, Any]) -> Iterator[str]:
    for name, old in then["columns"].items():
        new = now["columns"].get(name)
        if new is None:
            yield f"column {name} is gone"
            continue
        if new["label"] != old["label"]:
            yield f"column {name}: the heading was {old['label']}, is {new['label']}"
        if new["type"] != old["type"] and old["type"] not in _WIDER[new["type"]]:
            yield f"column {name}: {old['type']} became {new['type']}"
        if old["required"] and not new["required"]:
            yield f"column {name} may now be empty"
        if _limit(new["max_length"]) < _limit(old["max_length"]):
            yield f"column {name}: at most {new['max_length']} characters, was {old['max_length'] or 'any number'}"
        if new["type"] == old["type"] == "decimal" and new["scale"] < old["scale"]:
            yield f"column {name}: {new['scale']} decimals, were {old['scale']}"


def _limit(max_length: int | None) -> float:
    return float("inf") if max_length is None else max_length
