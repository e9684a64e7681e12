"""The few things of Markdown every page of the catalogue needs.

Belongs here: tables and the note on top. Does not belong here: any content.
"""

from collections.abc import Sequence

NOTE = "<!-- 由 make generate 生成，请勿手工修改 -->\n"


def head(headings: Sequence[str]) -> list[str]:
    """The two lines a table begins with."""
    return ["| " + " | ".join(headings) + " |", "|" + "---|" * len(headings)]


def cell(text: str) -> str:
    """Text that stays within its cell."""
    return text.replace("|", "\\|").replace("\n", " ")
