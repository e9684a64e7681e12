"""Signs in a cell that nobody sees.

Belongs here: which of them are taken out, and which spoil their cell. Does not belong here: white space at the ends
(table.py), signs a file cannot be decoded with (encoding.py).
Zero-width signs come along when a cell is copied from a page, and mean nothing. A NUL or another control code says that
the value was cut or mixed up; what turns the direction of writing shows another value than the one that stands there.
Line ends of any kind are white space and stay.
"""

import polars as pl

from pipelines.ingest.values.table import SPACE

INVISIBLE = "N_INVISIBLE"  # the notice about signs that were taken out
TAKEN_OUT = r"[\u00ad\u061c\u200b-\u200f\u2060-\u2064\ufeff]"
SPOILING = r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u206f]"
# All of those begin with one of these bytes in UTF-8; most columns hold none.
_SUSPECT = bytes([*range(0x09), *range(0x0E, 0x20), 0x7F, 0xC2, 0xD8, 0xE2, 0xEF])
_HARMLESS = bytes(set(range(256)) - set(_SUSPECT))


def without_invisible(text: pl.Series) -> tuple[pl.Series, int, pl.Series | None]:
    """(text without what means nothing, in how many cells that was; mask of the cells that are spoilt)."""
    if not _is_suspect(text):
        return text, 0, None
    hidden, spoilt = text.str.contains(TAKEN_OUT), text.str.contains(SPOILING).fill_null(False)
    count = int(hidden.sum())
    if count:
        shown = text.str.replace_all(TAKEN_OUT, "").str.strip_chars(SPACE)
        text = pl.select(pl.when(shown != "").then(shown)).to_series().alias(text.name)
    return text, count, spoilt if spoilt.any() else None


def _is_suspect(text: pl.Series) -> bool:
    """Looking at all bytes of a column at once costs a fraction of looking into every cell."""
    characters = text.to_arrow(compat_level=pl.CompatLevel.oldest()).buffers()[2]
    return characters is not None and bool(characters.to_pybytes().translate(None, _HARMLESS))
