"""When two headings are the same heading.

Belongs here: the normal form in which headings of files and contracts are compared. Does not belong here:
which row of a file is the header (pipelines.ingest.values.header).
"""

import re
import unicodedata
from functools import lru_cache

_IGNORED = re.compile(r"[\s*\u200b\ufeff]+|[\s*:]+$")


@lru_cache(maxsize=1 << 14)
def normal(heading: str) -> str:
    """Full-width folded (NFKC), without white space, line breaks, the star of compulsory columns and the colon of
    forms (姓名：)."""
    return _IGNORED.sub("", unicodedata.normalize("NFKC", heading))
