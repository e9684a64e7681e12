"""Addresses as people write them: what a text says of division, road, number, building, unit and room.

Belongs here: names of divisions as they are written (`names`), finding the division (`division`), the parts (`parts`)
and what tells two shops of one door apart (`inside`), one call for all (`parse`), and the lake's table of all texts of
a turn (`table`). Does not belong here: whose address it is, or coordinates (kit/geo).
"""

from pipelines.ingest.addresses.names import Names, read_names
from pipelines.ingest.addresses.parse import Address, normalise, parse

__all__ = ["Address", "Names", "normalise", "parse", "read_names"]
