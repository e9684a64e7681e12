"""One JSON value after another out of text that arrives in pieces.

Belongs here: arrays, envelopes around them, JSON lines, what is malformed. Does not belong here: contracts, cells.
A value is decoded by the standard library's scanner as soon as it is complete, so the file never stands in
memory. Integers keep every digit, other numbers their decimal value (but for NAMES).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pipelines.ingest.formats.cells import Unusable
from pipelines.ingest.values.table import UnreadableError

PIECE = 1 << 18
LARGEST = 16 << 20
_SPACE = " \t\r\n"
_DEPTH = 4
_LONG = 40
_MOST_PLAIN = 10_000


class Repeated(dict):
    """An object in which a name stands twice: which value was meant, nobody knows."""


class Malformed(ValueError):
    """No JSON from here on."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else Repeated(found)


def _integer(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= _LONG else Decimal(digits)


EXACT = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=Decimal, parse_int=_integer, parse_constant=Unusable, strict=False
)
# For who asks only for the names: three times as fast.
NAMES = json.JSONDecoder(parse_int=_integer, strict=False)


def decode(text: str, decoder: json.JSONDecoder = EXACT) -> Any:
    """One whole value. Raises Malformed."""
    try:
        return decoder.decode(text)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise Malformed from error


class Window:
    """The stretch of the text that is being looked at; what is done with is let go."""

    def __init__(self, pieces: Iterator[str], decoder: json.JSONDecoder = EXACT) -> None:
        self._pieces, self._text, self._place, self._ended = pieces, "", 0, False
        self._decoder = decoder

    def peek(self) -> str:
        """The next character that is no white space, '' at the end."""
        while True:
            while self._place < len(self._text):
                if self._text[self._place] not in _SPACE:
                    return self._text[self._place]
                self._place += 1
            if not self._more():
                return ""

    def take(self, expected: str) -> str:
        """Step over one of the expected characters. Raises Malformed."""
        found = self.peek()
        if not found or found not in expected:
            raise Malformed
        self._place += 1
        return found

    def value(self) -> tuple[Any, str]:
        """(value, its text). Raises Malformed."""
        self.peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._place)
                if end < len(self._text) or not self._more():
                    break
                continue  # a number may go on
            except RecursionError as error:
                raise Malformed from error
            except (ValueError, ArithmeticError) as error:
                if len(self._text) - self._place > LARGEST or not self._more():
                    raise Malformed from error
        raw, self._place = self._text[self._place : end], end
        return value, raw

    def _more(self) -> bool:
        """As much again as there is, so that a long value is not decoded too often."""
        if self._ended:
            return False
        held = self._text[self._place :]
        fresh = []
        wanted = max(PIECE, len(held))
        while wanted > 0 and (piece := next(self._pieces, None)) is not None:
            fresh.append(piece)
            wanted -= len(piece)
        self._ended = wanted > 0
        self._text, self._place = held + "".join(fresh), 0
        return bool(fresh)


@dataclass
class Envelope:
    """What stands around records: `said` by dotted path, the paths of all `lists` of objects, of lists or of nothing,
    and the first values of the `plain` others."""

    said: dict[str, Any] = field(default_factory=dict)
    lists: list[str] = field(default_factory=list)
    plain: dict[str, list[Any]] = field(default_factory=dict)


def records(window: Window, envelope: Envelope) -> Iterator[tuple[str, Any, str]]:
    """(dotted path of its list, record, its text) of every list of objects or of lists; what stands around them goes to
    `envelope`.

    A list is the document itself (its path is '') or lies in objects, at most four deep. Raises Malformed, and
    UnreadableError(E_JSON_FORM) for a document without any list or with one that stands there twice.
    """
    if window.peek() == "[":
        envelope.lists.append("")
        yield from _array(window, "")
    else:
        yield from _members(window, envelope, "", _DEPTH)
        if not envelope.lists:
            raise UnreadableError("E_JSON_FORM", "找不到记录")
    if window.peek():
        raise Malformed


def _members(window: Window, envelope: Envelope, path: str, depth: int) -> Iterator[tuple[str, Any, str]]:
    window.take("{")
    if window.peek() == "}":
        window.take("}")
        return
    while True:
        name = f"{path}{window.value()[0]}"
        window.take(":")
        start = window.peek()
        if start == "{" and depth:
            yield from _members(window, envelope, f"{name}.", depth - 1)
        elif start == "[":
            yield from _array(window, name, envelope)
        else:
            envelope.said[name] = window.value()[0]
        if window.take(",}") == "}":
            return


def _array(window: Window, name: str, envelope: Envelope | None = None) -> Iterator[tuple[str, Any, str]]:
    """Its values; inside an envelope an array that begins with a plain value is no list of records."""
    window.take("[")
    first = window.peek()
    is_list = envelope is None or first in "{[]"
    plain = [] if is_list else envelope.plain.setdefault(name, [])
    if envelope is not None and is_list:
        if name in envelope.lists:
            raise UnreadableError("E_JSON_FORM", "有不止一组记录")
        envelope.lists.append(name)
    if first == "]":
        window.take("]")
        return
    while True:
        found = window.value()
        if is_list:
            yield (name, *found)
        elif len(plain) < _MOST_PLAIN:
            plain.append(found[0])
        if window.take(",]") == "]":
            return
