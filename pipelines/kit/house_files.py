"""Files by which the house itself is told (feeds, elements, rules, suites, sheets, packs, exports): from YAML or JSON
to a typed object, and one sentence about whatever is of wrong form: file, key, what is wrong, what is wanted.

Belongs here: that way. Does not belong here: the shape of a kind of file and what must hold between files (its loader),
what departments and townships send.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from pipelines.kit.house_text import HouseFileError, document, name_of, parsed, short, shown, text_of

__all__ = [
    "HouseFileError", "Name", "Text", "document", "each", "name_of", "parsed", "read", "refuse", "text_of", "typed",
]  # fmt: skip

T = TypeVar("T")
A = TypeVar("A")

# Words that say something, and what may stand unquoted in SQL.
Text = Annotated[str, Field(pattern=r"\S")]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
# Pydantic's words for these say less than ours.
_NO_KEY = ("extra_forbidden", "unexpected_keyword_argument")  # of models, of dataclasses
_WRONG = {"missing": "is missing", "value_error": "{error}", **dict.fromkeys(_NO_KEY, "is no key")}


def read(kind: type[T], file: Path, **known: Any) -> T:
    """The object a file describes, unknown keys refused where `kind` forbids them, types as they are written.

    `known`: what the file's place tells, which it may not tell itself. Raises HouseFileError."""
    name, said = name_of(file), document(file)
    if twice := sorted(said.keys() & known):
        raise HouseFileError(f"{name}: {', '.join(twice)}: the path of the file says it; leave it out")
    return typed(kind, {**said, **known}, name)


def each(files: Iterable[A], reader: Callable[[A], T]) -> list[T]:
    """What a reader makes of every file. Raises HouseFileError, a line for each file that is wrong."""
    found, wrong = [], []
    for file in files:
        try:
            found.append(reader(file))
        except HouseFileError as error:
            wrong.append(str(error))
    refuse(wrong)
    return found


def refuse(wrong: Sequence[str]) -> None:
    """Raises HouseFileError of what is wrong, a line each; nothing where nothing is."""
    if wrong:
        raise HouseFileError("\n".join(wrong))


def typed(kind: type[T], said: Mapping[str, Any], name: str) -> T:
    """An object of keys and values, types as they are written. Raises HouseFileError of everything that is wrong."""
    try:
        # By way of JSON: there a list is as good as a tuple, and everything else is what it is.
        return _adapter(kind).validate_json(json.dumps(said, allow_nan=False), strict=True)
    except ValidationError as error:
        told = dict.fromkeys(_told(kind, said, error))
    except (TypeError, ValueError, RecursionError) as error:  # bytes, NaN, a value that holds itself
        told = [short(error)]
    raise HouseFileError(f"{name}: " + "; ".join(told)) from None


@cache
def _adapter(kind: type[T]) -> TypeAdapter[T]:
    return TypeAdapter(kind)


def _told(kind: type, said: Any, error: ValidationError) -> Iterator[str]:
    for problem in error.errors(include_url=False):
        path, kinds = _path(said, problem["loc"]), problem["type"]
        wrong = _WRONG.get(kinds, "{msg}, is {given}").format(
            msg=problem["msg"][:1].lower() + problem["msg"][1:], given=shown(problem["input"]),
            error=problem.get("ctx", {}).get("error"),
        )  # fmt: skip
        wanted = f"; known are {', '.join(_keys(kind, path[:-1]))}" if kinds in _NO_KEY else ""
        yield f"{'.'.join(map(str, path))}: {wrong}{wanted}".removeprefix(": ")


def _path(said: Any, where: Sequence[str | int]) -> list[str | int]:
    """The keys of a place in the file; pydantic also names the choice it was at."""
    path: list[str | int] = []
    for i, key in enumerate(where):
        inside = isinstance(said, dict) and key in said or isinstance(said, list) and isinstance(key, int)
        if inside and (isinstance(said, dict) or key < len(said)):
            said = said[key]
            path.append(key)
        elif i == len(where) - 1 and isinstance(said, dict) and key != "[key]":
            path.append(key)
    return path


def _keys(kind: type, path: Sequence[str | int]) -> list[str]:
    """Keys that are known at a place of a kind of file."""
    whole = _adapter(kind).json_schema()

    def choices(node: dict[str, Any]) -> list[dict[str, Any]]:
        if "$ref" in node:
            node = whole["$defs"][node["$ref"].rpartition("/")[2]]
        return [one for choice in node["anyOf"] for one in choices(choice)] if "anyOf" in node else [node]

    def below(node: dict[str, Any], key: str | int) -> Iterator[dict[str, Any]]:
        known = node.get("properties", {})
        inside = [known[key]] if key in known else [*node.get("patternProperties", {}).values(),
                                                    node.get("items"), node.get("additionalProperties")]  # fmt: skip
        yield from (one for choice in inside if isinstance(choice, dict) for one in choices(choice))

    nodes = choices(whole)
    for key in path:
        nodes = [one for node in nodes for one in below(node, key)]
    return sorted({name for node in nodes for name in node.get("properties", ())})
