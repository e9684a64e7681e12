"""Signs that stand where there is no value.

Belongs here: which texts say so in which columns. Does not belong here: blanks (table.py), whether a column may be
empty (typing.py).
Dates, numbers and ids tell by themselves that 无 or NULL is none of them. In other texts they may be values (备注: 无),
so there only the signs count that the contract names.
"""

from collections.abc import Iterable

import polars as pl

from pipelines.ingest.values.table import ROW
from pipelines.kit.contracts import Column, Feed

MISSING = "N_MISSING"  # the notice about signs that were read as blanks
# Where there is no value, in any column that is no free text.
WORDS = (
    "null", "none", "nan", "na", "n/a", "nil", "nat", "<na>", "\\n", "无", "無", "没有", "暂无", "暂缺", "不详", "未知",
    "不明", "未填", "空", "空值", "缺失", "0000-00-00", "0000-00-00 00:00:00", "0000/00/00", "00000000",
)  # fmt: skip
# Strokes, dots and slashes. A question mark or U+FFFD says that something was lost, which is another matter.
_STROKES = r"^[^\p{L}\p{N}?？\x{FFFD}]+$"
_NO_DIGIT = r"^[^0-9]+$"
# A number of an organisation (GB 11714) may be letters throughout.
_LETTERS_ONLY = r"^[A-Z]{8}-?[A-Z]$"
_LONGEST = 40


def _runs(shortest: int, digits: str = "123456789X") -> set[str]:
    """One character again and again."""
    return {d * n for d in digits for n in range(shortest, _LONGEST + 1)}


def _counts(shortest: int) -> set[str]:
    """1234…, 0123…, 9876… and on from the beginning."""
    rows = (row * 4 for row in ("1234567890", "0123456789", "9876543210"))
    return {row[:n] for row in rows for n in range(shortest, _LONGEST + 1)}


_LETTERS = {word.upper() for word in WORDS if word.isascii() and word.isalpha()}
# A serial number may be 111111 or 123456, no citizen's number and no telephone is; 12345 is the city's hotline.
_CHECKED, _PHONES, _OTHERS = (
    pl.Series(sorted(_LETTERS | signs), dtype=pl.String).implode()
    for signs in (
        _runs(1, "0") | _runs(1) | _counts(4),
        _runs(1, "0") | _runs(5) | _counts(7),
        _runs(6, "0") | _runs(12) | _counts(12),
    )
)


def says_nothing(text: pl.Series) -> pl.Series:
    """Whether each text that is no date and no number says that there is none."""
    return (text.str.to_lowercase().is_in(WORDS) | text.str.contains(_STROKES)).fill_null(False)


def is_no_number(values: pl.Series, column: Column, is_plain: bool) -> pl.Series | None:
    """Of an id or telephone column, mask of the texts that are put where there is no number; None where there are none.

    `is_plain`: all of them hold nothing but digits and capital letters.
    """
    known = _CHECKED if column.has_check_character else _PHONES if column.is_phone else _OTHERS
    found = values.is_in(known)
    if not is_plain:
        # 新生儿 is no number either; but names in an id column that may be empty show that columns have slipped.
        is_told = column.has_check_character and column.required
        words = values.str.contains(_NO_DIGIT) & ~values.str.contains(_LETTERS_ONLY)
        found = found | (words if is_told else says_nothing(values))
    return found.fill_null(False) if found.any() else None


def without_agreed(rows: pl.DataFrame, feed: Feed) -> pl.DataFrame:
    """Cells of a block in which stands what the contract names as a sign for no value are blank."""
    if not feed.missing_signs:
        return rows
    return rows.with_columns(_blanked(pl.exclude(ROW), feed.missing_signs))


def _blanked(text: pl.Expr, signs: Iterable[str]) -> pl.Expr:
    return pl.when(~text.is_in(list(signs))).then(text)
