"""A value as people read it: a code in words, a number without empty decimals and with its unit.

Belongs here: what the data standard says of a value. Does not belong here: whether somebody may see it (masks.py,
pipelines.kit.disclosure), names that stand in the lake (pipelines.judge.wording).
"""

import re

from pipelines.kit.contracts.elements import Element
from pipelines.kit.contracts.model import Column

_DECIMAL = re.compile(r"(-?\d+)\.(\d+)")
_NUMBERS = ("integer", "decimal")


def shown(thing: Column | Element | None, text: str, unit: str = "") -> str:
    """`text` of a column or element (None: of nothing the standard knows). `unit`: instead of the element's own."""
    if thing is None:
        words = {}
    else:
        words = dict(thing.code_labels) if isinstance(thing, Column) else thing.codes
        unit = unit or thing.unit or ""
    text = words.get(text) or text
    if unit or (thing is not None and thing.type in _NUMBERS):
        text = _DECIMAL.sub(_without_noughts, text)
    return f"{text} {unit}" if unit and text else text


def _without_noughts(number: re.Match[str]) -> str:
    decimals = number[2].rstrip("0")
    return f"{number[1]}.{decimals}" if decimals else number[1]
