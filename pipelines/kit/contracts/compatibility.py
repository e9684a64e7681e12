"""Would a changed contract break a department that sends, or a program that reads?

Belongs here: what was last released, and which change needs which version. Does not belong here: whether a contract
is sound (vocabulary.py). `expectations/feeds/released.json` holds the interfaces; `release` renews it.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pipelines.kit.contracts.model import AHEAD_TOLD, Column, Feed

_NO_LIMIT = float("inf")
_Facts = Mapping[str, Any]


def interface(feed: Feed) -> dict[str, Any]:
    """What a sender's export and a reader's program rely on."""
    return {
        "version": feed.version,
        "table": feed.table,
        "scope": feed.scope_kind,
        "mode": feed.mode,
        "key": list(feed.key_columns),
        "columns": {c.name: _column(c) for c in feed.columns},
    }


def _column(column: Column) -> dict[str, Any]:
    facts = {
        "type": column.type,
        "scale": column.scale if column.type == "decimal" else None,
        "required": column.required,
        "min_length": column.min_length,
        "max_length": column.max_length,
        "pattern": column.pattern,
        "codes": list(column.code_list),
        "ahead": None if column.ahead == AHEAD_TOLD else column.ahead,
        "headings": sorted(column.headers),
    }
    return {name: value for name, value in facts.items() if value}


def breaks(now: _Facts, then: _Facts) -> list[str]:
    """Every change for which the major version must rise."""
    found = [f"{what} was {then[what]}, is {now[what]}" for what in ("table", "scope", "mode", "key")
             if now[what] != then[what]]  # fmt: skip
    for name, old in then["columns"].items():
        new = now["columns"].get(name)
        found += [f"column {name} is gone"] if new is None else [f"column {name}: {why}" for why in _tighter(new, old)]
    added = set(now["columns"]) - set(then["columns"])
    return found + [f"column {n} is new and required" for n in sorted(added) if now["columns"][n].get("required")]


def _tighter(new: _Facts, old: _Facts) -> Iterator[str]:
    if new["type"] != old["type"]:
        yield f"{old['type']} became {new['type']}"
    elif new.get("scale", 0) < old.get("scale", 0):
        yield f"{new.get('scale', 0)} decimals, were {old['scale']}"
    if new.get("required") and not old.get("required"):
        yield "may no longer be empty"
    if new.get("max_length", _NO_LIMIT) < old.get("max_length", _NO_LIMIT):
        yield f"at most {new['max_length']} characters, were {old.get('max_length', 'any number')}"
    if new.get("min_length", 0) > old.get("min_length", 0):
        yield f"at least {new['min_length']} characters, were {old.get('min_length', 0)}"
    if new.get("pattern") not in (None, old.get("pattern")):
        yield f"the pattern was {old.get('pattern', 'none')}, is {new['pattern']}"
    if new.get("ahead") and not old.get("ahead"):
        yield "months after the file's period are refused"
    if new.get("codes") and not old.get("codes"):
        yield "is now a closed list of codes"
    elif new.get("codes") and (gone := sorted(set(old["codes"]) - set(new["codes"]))):
        yield f"codes are gone: {', '.join(gone)}"
    if gone := sorted(set(old["headings"]) - set(new["headings"])):
        yield f"headings are no longer taken: {', '.join(gone)}"


def unannounced(feeds: Iterable[Feed], file: Path) -> list[str]:
    """Every change since the release that the version does not announce, by feed; a new feed changes nothing."""
    return changes({f.code: interface(f) for f in feeds}, file, breaks, "feed file")


def changes(
    current: Mapping[str, _Facts], file: Path, breaking: Callable[[_Facts, _Facts], list[str]], stands_in: str
) -> list[str]:
    """The same for interfaces of any kind, by code: `breaking` tells what of (now, then) needs a major version,
    `stands_in` what holds them."""
    released = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    found = [f"{code}: released, and its {stands_in} is gone" for code in released if code not in current]
    for code in sorted(released.keys() & current.keys()):
        found += [f"{code}: {why}" for why in _versions(current[code], released[code], breaking)]
    return found


def _versions(now: _Facts, then: _Facts, breaking: Callable[[_Facts, _Facts], list[str]]) -> Iterator[str]:
    version, before = _numbers(now["version"]), _numbers(then["version"])
    if version < before:
        yield f"version {now['version']} is below the released {then['version']}"
    elif version[0] == before[0] and (broken := breaking(now, then)):
        yield from (f"{why}; raise the major version (now {now['version']}) or take it back" for why in broken)
    elif version[:2] == before[:2] and now["columns"] != then["columns"]:
        changed = [n for n, facts in now["columns"].items() if facts != then["columns"].get(n)]
        yield f"column {', '.join(changed)} changed; raise the minor version (now {now['version']})"


def release(feeds: Iterable[Feed], file: Path) -> None:
    """Write the interfaces as released."""
    write({f.code: interface(f) for f in feeds}, file)


def write(current: Mapping[str, _Facts], file: Path) -> None:
    """Interfaces by code, a column a line."""
    lines = []
    for code, facts in current.items():
        columns = [f"  {_json(name)}: {_json(column)}" for name, column in facts["columns"].items()]
        head = "".join(f" {_json(name)}: {_json(value)},\n" for name, value in facts.items() if name != "columns")
        lines.append(f"{_json(code)}: {{\n{head}" + ' "columns": {\n' + ",\n".join(columns) + "}}")
    file.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
