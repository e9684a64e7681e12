"""Pieces of Markdown every page of the benchmark is made of.

Belongs here: tables and figures as text. Does not belong here: a page.
"""

from collections.abc import Sequence
from typing import Any


def table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    """A Markdown table; every column but the first to the right."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return [f"| {' | '.join(str(c) for c in row)} |" for row in (head, rule, *rows)]


def mega(size: float) -> str:
    """Bytes in millions."""
    return f"{size / 1e6:,.1f}"
