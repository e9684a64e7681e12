"""One address, parsed.

Belongs here: bringing a text into one form, and putting division and parts together. A pure function of text and names:
it never raises, tells only what is sure, and every sign of the text is in one of the `pieces`.
"""

import re
import unicodedata
from dataclasses import dataclass

from pipelines.ingest.addresses import division, parts
from pipelines.ingest.addresses.inside import inside_key
from pipelines.ingest.addresses.names import Names
from pipelines.ingest.values.missing import WORDS

_BLANK = re.compile(r"\s+")
DIVISION = "division"


@dataclass(frozen=True)
class Address:
    """Codes of today, None where the text tells none for sure; parts as they are compared; `landmark` and
    `rest_text` as written."""

    county_code: str | None
    township_code: str | None
    village_code: str | None
    road_name: str | None
    gate_no: str | None
    building_no: str | None
    unit_no: str | None
    room_no: str | None
    landmark: str | None
    rest_text: str | None
    pieces: tuple[tuple[str, str], ...] = ()

    @property
    def door_key(self) -> str | None:
        """What is compared of two addresses of one village: road, number and building; where no number of any kind
        is told, whatever is."""
        if not self._has_number:
            return "".join(filter(None, (self.road_name, self.landmark, self.rest_text))) or None
        return "/".join(part or "" for part in (self.road_name, self.gate_no, self.building_no))

    @property
    def inside_key(self) -> str | None:
        """What tells two shops of one door apart; None where nothing does, or no number of any kind is told."""
        return inside_key(self.unit_no, self.room_no, self.pieces) if self._has_number else None

    @property
    def _has_number(self) -> bool:
        return any((self.gate_no, self.building_no, self.unit_no, self.room_no))


def normalise(text: str) -> str:
    """Full-width signs and other forms of a sign in one form, no blanks."""
    while (plain := _BLANK.sub("", unicodedata.normalize("NFKC", text))) != text:
        text = plain
    return text


def parse(text: str, names: Names) -> Address:
    """What an address says."""
    plain = normalise(text)
    if plain.lower() in WORDS:
        return Address(*[None] * 10, pieces=((parts.REST, plain),))
    end, codes = division.find(plain, names)
    cut = ((DIVISION, plain[:end]), *parts.pieces(plain[end:]))
    told: dict[str, str] = {}
    for kind, piece in cut:
        told[kind] = told.get(kind, "") + parts.value(kind, piece)
    found = (*codes, None, None, None)[:3]
    return Address(*found, *(told.get(kind) or None for kind in parts.KINDS), tuple(p for p in cut if p[1]))
