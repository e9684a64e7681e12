"""Full-width characters as the half-width ones that were meant.

Belongs here: the folding numbers, dates and ids share. Does not belong here: what each of them accepts.
"""

import polars as pl

# 10², ① and ½ are no digits somebody typed wide: folded, they would be 102, 1 and 1⁄2.
_NOT_DIGITS = r"\p{No}"


def half_width(text: pl.Series) -> pl.Series:
    """Folded (NFKC); text in which that would turn a sign into a digit stays as it is, and is no number then."""
    folded = text.str.normalize("NFKC")
    odd = text.str.contains(_NOT_DIGITS)
    return folded if not odd.any() else pl.select(pl.when(odd).then(text).otherwise(folded)).to_series()
