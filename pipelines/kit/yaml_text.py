"""YAML of our own files, read by the parser in C, ten times as fast as the one in Python.

Belongs here: plain values out of text. Does not belong here: what is wrong in a sentence (house_text.py), what people
hand in (decision_files.py keeps every scalar as text), writing.
"""

from typing import Any

import yaml


def parse(text: str) -> Any:
    """What stands in the text; keys are text and stand there once, dates stay text. Raises yaml.YAMLError."""
    return yaml.load(text, Loader=_Loader)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            wrong = "is no text; quote it" if key.tag not in (_STR, _MERGE) else "stands there twice; keep one"
            if key.tag not in (_STR, _MERGE) or key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key {key.value} {wrong}", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


_STR, _MERGE, _TIME = (f"tag:yaml.org,2002:{kind}" for kind in ("str", "merge", "timestamp"))
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag != _TIME]
    for first, found in _Loader.yaml_implicit_resolvers.items()
}
