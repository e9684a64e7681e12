"""Who may carry a planted error, and under which key it is found.

Belongs here: conditions and keys shared by several subjects. Does not belong here: errors.
"""

import polars as pl

from pipelines.keys import key_expr
from pipelines.prefecture.changes import ordinary
from pipelines.prefecture.output.deliveries import BROKEN_ALLOWANCE_COUNTY
from pipelines.prefecture.players import SILENT_COUNTY

FEED_KEYS = {
    "F01": ["id_no", "household_no"],
    "F03": ["event_no"],
    "F04": ["cert_no"],
    "F07": ["cert_no"],
    "F08": ["id_no", "category", "pay_month"],
    "F10": ["id_no", "pay_month"],
    "F11": ["card_no"],
    "F14": ["uscc"],
    "F17": ["id_no", "employer_code"],
    "F20": ["id_no", "insurance_kind"],
    "F31": ["survey_no"],
}


def record_keys(feed: str, rows: pl.DataFrame) -> pl.Series:
    """Record keys of rows that have the feed's key columns; for F01 people have them, too."""
    return rows.select(key_expr(feed, FEED_KEYS[feed])).to_series()


def entity_keys(kind: str, rows: pl.DataFrame, *values: str | pl.Expr) -> pl.Series:
    """Keys of entities of a kind from values of the rows (column names or expressions)."""
    parts = rows.select((pl.col(v) if isinstance(v, str) else v).alias(str(i)) for i, v in enumerate(values))
    return parts.select(key_expr(kind, parts.columns)).to_series()


def payee_keys(feed: str, people: pl.DataFrame) -> pl.Series:
    """Keys of people as payees of a feed."""
    return entity_keys("payee", people, pl.lit(feed), "id_no")


def tickets(rule: str, keys: pl.Series) -> pl.Series:
    """Keys of the tickets of a rule about entities."""
    return entity_keys("ticket", keys.to_frame("key"), pl.lit(rule), "key")


def settled() -> pl.Expr:
    """Registered in a family, present in both turns, living in the township of registration: every source
    names the same township."""
    return ordinary() & pl.col("stays") & ~pl.col("is_collective") & pl.col("namesake").is_null()


def plain() -> pl.Expr:
    """Settled, younger than 75 and without social assistance."""
    return settled() & (pl.col("age") < 75) & pl.col("assist").is_null()


def is_resurveyed() -> pl.Expr:
    """Lives where the survey is delivered again in the second turn."""
    return ~pl.col("residence").str.starts_with(SILENT_COUNTY)


def is_allowance_delivered() -> pl.Expr:
    """Registered where the second turn's allowance file is readable."""
    return pl.col("county_code") != BROKEN_ALLOWANCE_COUNTY


def turns_of(count: int, fixed: int) -> pl.Series:
    """Found at the second turn? All but the first `fixed` of `count`."""
    return pl.Series([i >= fixed for i in range(count)], dtype=pl.Boolean)
