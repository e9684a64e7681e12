"""How wide a text stands, in narrow characters: on a terminal and in a cell a Chinese character takes two.

Belongs here: measuring and cutting. Does not belong here: layouts.
"""

from itertools import accumulate
from unicodedata import east_asian_width


def display_width(text: str) -> int:
    """Width in narrow characters."""
    return sum(map(_width, text))


def fitted(text: str, width: int) -> str:
    """As much of the text as stands within `width` narrow characters."""
    return "".join(c for c, end in zip(text, accumulate(map(_width, text)), strict=True) if end <= width)


def _width(character: str) -> int:
    return 2 if east_asian_width(character) in "WF" else 1
