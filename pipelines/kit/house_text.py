"""The text of a file by which the house is told, as keys and values.

Belongs here: bytes, YAML and JSON. Does not belong here: what a kind of file must hold (house_files.py).
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from pipelines.kit import yaml_text
from pipelines.kit.paths import PROJECT_ROOT

_SHOWN = 60


class HouseFileError(ValueError):
    """A file of the house cannot be used; the message names file and key, says what is wrong and what is wanted.
    Of several files, a line each."""


def name_of(file: Path) -> str:
    """A file as messages call it: by its path in the project, or its folder where it lies elsewhere."""
    is_ours = PROJECT_ROOT in file.parents
    return file.relative_to(PROJECT_ROOT).as_posix() if is_ours else f"{file.parent.name}/{file.name}"


def document(file: Path) -> dict[str, Any]:
    """Keys and values of a YAML or JSON file. Raises HouseFileError."""
    return parsed(text_of(file), name_of(file))


def text_of(file: Path) -> str:
    """The text of a file. Raises HouseFileError."""
    name = name_of(file)
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise HouseFileError(f"{name}: byte {error.start} is no UTF-8; save the file as UTF-8") from None
    except OSError as error:
        raise HouseFileError(f"{name}: cannot be read: {error.strerror}") from None


def parsed(text: str, name: str) -> dict[str, Any]:
    """Keys and values of YAML, or of JSON where `name` ends so; dates stay text. Raises HouseFileError."""
    try:
        if name.endswith(".json"):
            said = json.loads(text, object_pairs_hook=_once) if text.strip() else None
        else:
            said = yaml_text.parse(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise HouseFileError(f"{name}: line {line}: {error.problem or 'is no YAML'}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise HouseFileError(f"{name}: {short(error)}") from None
    if not isinstance(said, dict):
        wrong = "empty" if said is None else shown(said)
        raise HouseFileError(f"{name}: is {wrong}; keys and values are wanted")
    return said


def shown(value: Any) -> str:
    """A value in a message."""
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):  # as an anchor of YAML may make it
        return "a value that holds itself"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def short(error: Exception) -> str:
    """An error in a message, on one line."""
    return " ".join(str(error).split())[:200]


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    said = dict(pairs)
    if len(said) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"key {next(k for k in said if keys.count(k) > 1)} stands there twice; keep one")
    return said
