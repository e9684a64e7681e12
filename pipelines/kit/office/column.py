"""A column of a table in a workbook.

Belongs here: the shape. Does not belong here: writing it (table.py), columns that are read from the lake or come back
(sheets.py).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """`width` in characters."""

    heading: str
    width: float
    is_centred: bool = False


def centred(heading: str, width: float) -> Column:
    """A column of short facts: dates, codes, counts."""
    return Column(heading, width, is_centred=True)


NUMBER = centred("序号", 6)
