"""Reference data as an asset: real divisions, national code tables, the census.

Belongs here: the one asset that loads `data/reference`.
"""

import dagster as dg

from pipelines.defs.fresh import EVERY_TURN
from pipelines.defs.metadata import table_metadata
from pipelines.defs.partitions import BUSINESS_DATE, BY_DATE
from pipelines.defs.resources import Lakehouse
from pipelines.kit.reference.load import load_reference


@dg.asset(
    key=["reference", "tables"],
    deps=[BUSINESS_DATE],
    group_name="reference",
    kinds={"csv", "ducklake"},
    owners=["team:big_data_bureau"],
    freshness_policy=EVERY_TURN,
    **BY_DATE,
    description="Real reference data 参考数据: Yantai's divisions of 2016–2023, GB/T 2260, 3304, 4754 and the "
    "2020 census.",
)
def tables(context: dg.AssetExecutionContext, lakehouse: Lakehouse) -> dg.MaterializeResult:
    paths = lakehouse.hold(context.log)
    with lakehouse.connect(context.log) as con:
        rows = load_reference(con, paths)
        metadata = table_metadata(con, "reference.division_2023")
    return dg.MaterializeResult(metadata={**metadata, "tables": dict(rows), "dagster/row_count": sum(rows.values())})
