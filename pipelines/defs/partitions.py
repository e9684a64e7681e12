"""The business date (业务日期) is the partition of every run.

Belongs here: the partitions definition and how to read a date out of a context.
"""

from datetime import date

import dagster as dg

from pipelines.defs.jobs import CITY_TIME

FIRST_DATE = "2024-01-01"
business_dates = dg.DailyPartitionsDefinition(FIRST_DATE, timezone=CITY_TIME, end_offset=1)
# A turn builds on the one before it, so a backfill is one run per date.
one_date_a_run = dg.BackfillPolicy.multi_run(max_partitions_per_run=1)
BY_DATE = {"partitions_def": business_dates, "backfill_policy": one_date_a_run}


def as_of(context: dg.AssetExecutionContext) -> date:
    """The business date of this run."""
    return date.fromisoformat(context.partition_key)
