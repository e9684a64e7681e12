"""Chance that depends on what it decides and on nothing else, so that one more township changes no other.

Belongs here: draws by name. Does not belong here: streams of numbers (prefecture.lots).
"""

from collections.abc import Sequence
from typing import TypeVar

from pipelines.kit.keys import derived_key

_DIGITS = 13
T = TypeVar("T")


def chance(*named: object) -> float:
    """A number from 0 up to but not including 1; equal names give equal numbers."""
    return int(derived_key("play", *named)[:_DIGITS], 16) / 16**_DIGITS


def pick(options: Sequence[T], *named: object) -> T:
    """One of the options."""
    return options[int(chance(*named) * len(options))]
