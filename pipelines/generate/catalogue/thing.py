"""The one shape of what the search page shows beside elements and feeds: facts, and sections of rows.

Belongs here: that shape, and what all kinds of things need for it. Does not belong here: any kind.
A cell or a fact that is a list holds codes of other entries: the page makes links of them.
"""

from collections.abc import Iterable
from typing import Any

from pipelines.generate.catalogue.uses import House

OWNER = "市大数据局"
EVERY_TURN = "每期（每个数据截至日）全部重算"
Thing = dict[str, Any]


def thing(
    kind: str, code: str, title: str, owner: str, group: str, told: list, sections: list, level: str = "",
    aliases: Iterable[str] = (),
) -> Thing:
    """Facts without content and sections without rows stay out. `aliases`: what else people call it."""
    return {
        "kind": kind, "code": code, "title": title, "aliases": [*aliases], "department": owner, "group": group,
        "level": level, "facts": [fact for fact in told if fact[1]],
        "sections": [section for section in sections if section[2]],
    }  # fmt: skip


def described(house: House, column: str, words: str) -> str:
    """What a column holds, names of schemes by name, as people search for them."""
    return f"{words}。{'、'.join(house.schemes)}" if column == "scheme_name" else words or column


def feeds(house: House, origins: Iterable[str]) -> list[str]:
    """Codes of the feeds of feed columns, in the order of feeds."""
    behind = {origin.partition(".")[0] for origin in origins}
    return [code for code in house.feeds if code in behind]
