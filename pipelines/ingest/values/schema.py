"""Columns and types of what bronze writes.

Belongs here: the schemas of rows.parquet and quarantine.parquet. Does not belong here: filling it.
"""

import polars as pl

from pipelines.ingest.values.typing import dtype
from pipelines.kit.contracts import Feed

LINEAGE = {
    "_feed": pl.String,
    "_delivery_id": pl.String,
    "_delivery_seq": pl.Int64,
    "_delivered_on": pl.Date,
    "_mode": pl.String,
    "_scope": pl.String,
    "_file": pl.String,
    "_sheet": pl.String,
    "_row": pl.Int64,
    "_record_key": pl.String,
    "_source_ref": pl.String,
}
QUARANTINE = pl.Schema(
    {
        "feed": pl.String,
        "delivery_id": pl.String,
        "delivered_on": pl.Date,
        "file": pl.String,
        "sheet": pl.String,
        "row": pl.Int64,
        "column": pl.String,
        "code": pl.String,
        "message": pl.String,
        "raw": pl.String,
    }
)


def rows_schema(feed: Feed) -> pl.Schema:
    """Contract columns in contract order, then the lineage columns."""
    return pl.Schema({**{c.name: dtype(c) for c in feed.columns}, **LINEAGE})
