"""The apostrophe before a CSV cell that a spreadsheet program would take for a formula.

Belongs here: both directions, so that reading undoes exactly what writing did. Does not belong here: workbooks
(their text cells cannot become formulas). A text that already begins with apostrophes before such a sign gets one
more, so nothing is ever lost.
"""

import polars as pl

_SIGNS = "=+@＝＋－＠-"
_WRITTEN = rf"^('*[{_SIGNS}])"
_READ = rf"^'('*[{_SIGNS}])"


def with_prefix(text: pl.Expr) -> pl.Expr:
    """Text as it stands in the file."""
    return text.str.replace(_WRITTEN, "'${1}")


def without_prefix(text: pl.Expr) -> pl.Expr:
    """Text as it was before `with_prefix`."""
    return text.str.replace(_READ, "${1}")
