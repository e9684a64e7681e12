"""How one CSV file writes its records: what separates fields, what a quote means, what all rows have too many.

Belongs here: the grammar of one record, the habits of a file as its beginning shows them. Does not belong here:
blocks of lines (csv_records.py), encoding, headers.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

MAX_LINES = 50
SEPARATORS = (",", "\t", ";", "|")
_QUOTED = r'"(?:[^"]|"")*"'


@dataclass(frozen=True)
class Dialect:
    """The habits of a file. `surplus`: so many blank fields stand behind the last heading in every row. `is_quoting`:
    fields are put in quotes where needed, so that a quote inside an unquoted field is none the system wrote."""

    separator: str = ","
    surplus: int = 0
    is_quoting: bool = False


@dataclass(frozen=True)
class Grammar:
    """Expressions for one separator: a whole record, its next field, a line polars splits as we do."""

    record: re.Pattern[str]
    next: re.Pattern[str]
    neat: str
    quoted: str = _QUOTED


@cache
def grammar(separator: str) -> Grammar:
    """The grammar of RFC 4180, where a quote inside an unquoted field is text."""
    mark = re.escape(separator)
    field = rf'(?:"(?:[^"]|"")*+"|[^"{mark}\n][^{mark}\n]*+|)'
    return Grammar(
        record=re.compile(rf"{field}(?:{mark}{field})*+"),
        next=re.compile(rf"({field})(?:{mark}|\Z)"),
        neat=rf'^(?:{_QUOTED}|[^"{mark}]*)(?:{mark}(?:{_QUOTED}|[^"{mark}]*))*$',
    )


def split_record(text: str, separator: str = ",") -> list[str]:
    """Fields of one record; [] if quotes stay open or text stands behind a closing one."""
    return [f[1:-1].replace('""', '"') if f.startswith('"') else f for f in _raw_fields(text, separator)]


def is_misquoted(text: str, dialect: Dialect) -> bool:
    """Whether a quote stands inside an unquoted field where it cannot be text.

    It is text where nothing else can be meant: in a file and a record that quote nothing, not doubled, and not around
    a separator (`3"管` and `称"停水"三天` are, `回复。"王某,勿回"` lost the separator before its quote).
    """
    fields = _raw_fields(text, dialect.separator)
    inner = [f for f in fields if '"' in f and not f.startswith('"')]
    if not inner:
        return False
    halves = [f for f in inner if f.count('"') % 2]
    is_around = len(halves) > 1 and not halves[0].endswith('"')
    return dialect.is_quoting or is_around or any(f.startswith('"') for f in fields) or any('""' in f for f in inner)


def head_records(lines: Sequence[str], separator: str) -> Iterator[tuple[str, int]]:
    """(record, number of lines up to its end) from the first line on; a line whose quotes never close stands alone."""
    is_record, start = grammar(separator).record.fullmatch, 0
    while start < len(lines):
        ends = range(start + 1, min(start + MAX_LINES, len(lines)) + 1)
        end = next((e for e in ends if is_record("\n".join(lines[start:e]))), start + 1)
        yield "\n".join(lines[start:end]), end
        start = end


def dialect_of(head: Sequence[str], separator: str, width: int) -> Dialect:
    """The habits that the records of the beginning show, the header of `width` fields among them.

    One row with more fields than all others has been shifted; that all have them is a habit, and takes two rows.
    """
    found = [_raw_fields(text, separator) for text, _ in head_records(head, separator)]
    lengths = Counter(len(fields) for fields in found if any(f.strip() for f in fields))
    lengths[width] -= 1  # the header
    common = max(lengths, key=lambda n: (lengths[n], n == width))
    surplus = common - width if common > width and lengths[common] > 1 else 0
    return Dialect(separator, surplus, any(f.startswith('"') for fields in found for f in fields))


def _raw_fields(text: str, separator: str) -> list[str]:
    """Fields of one record as they are written; [] for what is no record."""
    if not grammar(separator).record.fullmatch(text):
        return []
    fields, place = [], 0
    while place <= len(text):
        fields.append(grammar(separator).next.match(text, place)[1])
        place += len(fields[-1]) + 1
    return fields
