"""Would a changed export contract break those who read its files?

Belongs here: the layout that was last released, and what may not change without a new major version. Does not
belong here: whether a column may leave (check.py).
`expectations/exports/released.json` holds the layouts; `python -m pipelines.exports release` renews it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pipelines.exports.contract import EXPORTS, Export

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


def breaks(export: Export, released: Mapping[str, Any]) -> list[str]:
    """Every change since `released` that is not announced by a new major version; empty when there is none."""
    now, then = layout(export), released
    if _major(now["version"]) > _major(then["version"]):
        return []
    return [*_of_file(now, then), *_of_columns(now, then)]


def unannounced(exports: Iterable[Export], file: Path = RELEASED) -> list[str]:
    """The same for all exports, each line with its code; new exports break nothing, one that is gone does."""
    known = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    current = {e.code: e for e in exports}
    found = [f"{code}: released, and its contract is gone" for code in known if code not in current]
    for code, export in current.items():
        if code in known:
            found += [
                f"{code} ({export.receiver.slug}/{export.name} {export.feed.version}): {why}; "
                "raise the major version or take it back"
                for why in breaks(export, known[code])
            ]
            if layout(export) != known[code] and export.feed.version == known[code]["version"]:
                found.append(f"{code}: its layout has changed, its version has not")
    return found


def release(exports: Iterable[Export], file: Path = RELEASED) -> bool:
    """Write the layouts as released. True when that changed the file."""
    text = json.dumps({e.code: layout(e) for e in exports}, ensure_ascii=False, indent=1) + "\n"
    if file.is_file() and file.read_text(encoding="utf-8") == text:
        return False
    file.write_text(text, encoding="utf-8")
    return True


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


def _major(version: str) -> int:
    return int(version.partition(".")[0])
