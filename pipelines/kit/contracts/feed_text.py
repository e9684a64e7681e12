"""The text of a feed file: one layout for the same content, whoever wrote it.

Belongs here: order, and what is left out because it says nothing new. Does not belong here: reading it (feed_file.py).
"""

from collections.abc import Iterator
from typing import Any

import yaml

from pipelines.kit.contracts.feed_file import FeedFile

# What stands where; a column is named before its element. The path of the file says slug and entity.
_HEAD = ("code", "title", "department", "domain", "grain", "purpose", "limitations", "version", "returned", "identity")


def feed_text(feed: FeedFile) -> str:
    """YAML of a feed file: facts in block style, delivery, sources and columns one a line."""
    given = feed.model_dump(exclude_defaults=True, mode="json")
    lines = [f"{name}: {_flow(given[name])}" for name in _HEAD if name in given]
    # The day a delivery is due is said even where it is the usual one.
    said = {"due", *given["delivery"]}
    delivery = {name: value for name, value in feed.delivery.model_dump(mode="json").items() if name in said}
    lines.append(f"delivery: {_flow(delivery)}")
    if feed.breakers:
        lines.append(f"breakers: {_flow(given['breakers'])}")
    for name in ("sources", "columns"):
        if given.get(name):
            lines += [f"{name}:", *(f"  - {_flow(_entry(item))}" for item in given[name])]
    if feed.says:
        said = feed.says.model_dump(exclude_defaults=True, mode="json")
        lines += ["says:", *_says(said)] if said else ["says: {}"]
    return "\n".join(lines) + "\n"


def _says(given: dict[str, Any]) -> Iterator[str]:
    for name, value in given.items():
        if isinstance(value, list):
            yield from (f"  {name}:", *(f"    - {_flow(item)}" for item in value))
        else:
            yield f"  {name}: {_flow(value)}"


def _entry(item: dict[str, Any]) -> dict[str, Any]:
    named = {"name": item["name"]} if item.get("name") else {}
    if isinstance(codes := item.get("codes"), dict) and not any(codes.values()):
        item = item | {"codes": list(codes)}
    return named | item


def _flow(value: Any) -> str:
    """A value on one line, as it would stand behind a colon."""
    text = yaml.safe_dump([value], default_flow_style=True, allow_unicode=True, sort_keys=False, width=10**6)
    return text.strip()[1:-1]
