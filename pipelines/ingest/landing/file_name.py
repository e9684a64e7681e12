"""What a file name says: `F01_户籍人口_370600_202401_全量.csv`.

Belongs here: reading scope, period and mode out of a name. Does not belong here: the patterns (contracts).
"""

import re
import unicodedata
from dataclasses import dataclass

from pipelines.kit.contracts import Feed

_KINDS = {"全量": "full", "增量": "delta"}
_PAGE = re.compile(r"_p(\d{4})\.[^.]+$")


@dataclass(frozen=True)
class FileName:
    """Scope is a 6-digit code, period YYYYMM, mode 'full', 'delta' or 'append'."""

    scope: str
    period: str
    mode: str


def read_name(feed: Feed, name: str) -> FileName | None:
    """What the name says, or None when it is not a name the contract knows.

    Names are compared in composed form (NFC), as some systems hand them over decomposed, and with their ending in
    lower case: .CSV is .csv.
    """
    stem, dot, ending = unicodedata.normalize("NFC", name).rpartition(".")
    match = feed.file_regex.match(stem + dot + ending.lower())
    if match is None:
        return None
    said = match.groupdict()
    if not "01" <= said["period"][4:] <= "12":
        return None
    default = "full" if feed.mode == "full_delta" else feed.mode
    mode = default if feed.mode == "append" else _KINDS.get(said.get("kind") or "", default)
    return FileName(scope=said["scope"], period=said["period"], mode=mode)


def page_number(name: str) -> int | None:
    """`…_p0003.json` is page 3; None for a file that is a delivery by itself."""
    match = _PAGE.search(name)
    return int(match[1]) if match else None
