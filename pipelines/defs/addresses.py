"""Addresses read into division and parts, as an asset.

Belongs here: the one asset that reads new texts, before the models ask for them. Does not belong here: how a text is
read (ingest.addresses).
"""

import dagster as dg

from pipelines import turn
from pipelines.defs.fresh import EVERY_TURN
from pipelines.defs.metadata import table_metadata
from pipelines.defs.partitions import BY_DATE, as_of
from pipelines.defs.resources import Lakehouse
from pipelines.judge.ledger import shown


@dg.asset(
    key=["reference", "address"],
    deps=[["ledger", "correction"]],
    group_name="reference",
    kinds={"python", "ducklake"},
    owners=["team:big_data_bureau"],
    freshness_policy=EVERY_TURN,
    **BY_DATE,
    description="What every address in force says 地址解析: division of today (old names count), road, number, "
    "building, unit, room; a row each text. What is not sure is left empty.",
)
def addresses(context: dg.AssetExecutionContext, lakehouse: Lakehouse) -> dg.MaterializeResult:
    with lakehouse.showing(context, shown.ANSWERED) as con:
        read = turn.read_addresses(lakehouse.paths, con, as_of(context))
        metadata = table_metadata(con, "reference.address")
    return dg.MaterializeResult(metadata={**metadata, "dagster/row_count": read.texts, "read_now": read.new})
