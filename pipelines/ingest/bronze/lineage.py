"""Where every bronze row comes from.

Belongs here: filling the lineage columns. Does not belong here: their documentation (contracts/lineage.py).
"""

from datetime import date

import polars as pl

from pipelines.ingest.landing import Delivery
from pipelines.ingest.values.schema import rows_schema
from pipelines.ingest.values.table import ROW
from pipelines.kit.contracts import Feed
from pipelines.kit.keys import key_expr


def with_lineage(
    rows: pl.DataFrame, feed: Feed, delivery: Delivery, sheet: str | None, order: int
) -> pl.DataFrame:
    """Typed rows in the schema of rows.parquet.

    `order` counts the tables of a file from 0. A source reference is `F01/<delivery>/<row>`; rows of a second
    sheet add `@2`, so that it stays unique.
    """
    suffix = f"@{order + 1}" if order else ""
    reference = pl.format(f"{feed.code}/{delivery.delivery_id}/{{}}{suffix}", pl.col(ROW))
    constants = {
        "_feed": feed.code,
        "_delivery_id": delivery.delivery_id,
        "_delivery_seq": delivery.delivery_seq,
        "_delivered_on": date.fromisoformat(delivery.delivered_on),
        "_mode": delivery.mode,
        "_scope": delivery.scope,
        "_file": delivery.file_name,
        "_sheet": sheet,
    }
    schema = rows_schema(feed)
    located = rows.lazy().with_columns(
        *(pl.lit(value, dtype=schema[name]).alias(name) for name, value in constants.items()),
        reference.alias("_source_ref"),
    )
    # Without a key a row is known by its place alone.
    located = located.with_columns(key_expr(feed.code, feed.key_columns or ["_source_ref"]).alias("_record_key"))
    return located.select(schema.names()).collect()
