"""Derived keys: every id in the lake is a hash of what it names, never random, so a rebuild gives equal ids.

Belongs here: the one way to derive a key, in Python, in polars and in SQL. Does not belong here: what a key
is used for. Values are canonicalised (outer white space off, upper case, null as empty text); callers that
need full-width digits folded (NFKC) do so when they read the file.
"""

import hashlib
import string
from collections.abc import Sequence

import polars as pl
import polars_hash  # noqa: F401  registers the `chash` namespace of polars expressions

KEY_LENGTH = 32
_SEPARATOR = "|"
_SPACE = " \t\r\n\u3000"
# Only a–z: engines disagree about the upper case of other letters (ß).
_LOWER, _UPPER = string.ascii_lowercase, string.ascii_uppercase
_TO_UPPER = str.maketrans(_LOWER, _UPPER)


def canonical(value: object) -> str:
    """Text of one key part: `None` becomes '', a date its ISO form."""
    return "" if value is None else str(value).strip(_SPACE).translate(_TO_UPPER)


def derived_key(*parts: object) -> str:
    """32 hexadecimal digits of SHA-256 (FIPS 180-4) over the canonical parts joined by '|'."""
    text = _SEPARATOR.join(canonical(part) for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:KEY_LENGTH]


def record_key(feed: str, *values: object) -> str:
    """Key of one record of a feed, from the values of the feed's primary key in contract order."""
    return derived_key(feed, *values)


def entity_key(kind: str, *values: object) -> str:
    """Key of whatever a rule speaks about: a household, a payee, a delivery, a return set."""
    return derived_key(kind, *values)


def ticket_id(rule_id: str, entity: str) -> str:
    """Key of the one ticket a rule can have about an entity."""
    return derived_key("ticket", rule_id, entity)


def key_expr(kind: str, columns: Sequence[str]) -> pl.Expr:
    """The same key as a polars expression over columns (any type; dates cast to ISO text)."""
    parts = [
        pl.col(c).cast(pl.String).fill_null("").str.strip_chars(_SPACE).str.replace_many(list(_LOWER), list(_UPPER))
        for c in columns
    ]
    text = pl.concat_str([pl.lit(canonical(kind)), *parts], separator=_SEPARATOR)
    return text.chash.sha2_256().str.head(KEY_LENGTH)  # ty: ignore[missing-attribute]


def key_sql(kind: str, expressions: Sequence[str]) -> str:
    """The same key as DuckDB SQL over expressions of text (cast others first)."""
    parts = [
        f"translate(trim(coalesce(cast({e} as varchar), ''), '{_SPACE}'), '{_LOWER}', '{_UPPER}')" for e in expressions
    ]
    return f"substr(sha256(concat_ws('{_SEPARATOR}', '{canonical(kind)}', {', '.join(parts)})), 1, {KEY_LENGTH})"
