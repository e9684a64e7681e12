"""The business date (业务日期) is the partition of every run.

Belongs here: the partitions definition, how to read a date out of a context, and the tags by which a person gives a
run a reason.
"""

from datetime import date

import dagster as dg

from pipelines.defs.jobs import CITY_TIME

FIRST_DATE = "2024-01-01"
business_dates = dg.DailyPartitionsDefinition(FIRST_DATE, timezone=CITY_TIME, end_offset=1)
# A turn builds on the one before it, so a backfill is one run per date.
one_date_a_run = dg.BackfillPolicy.multi_run(max_partitions_per_run=1)
BY_DATE = {"partitions_def": business_dates, "backfill_policy": one_date_a_run}
# Upstream of whatever takes anything in.
BUSINESS_DATE = dg.AssetKey(["ledger", "business_date"])
# Tags of a run: why sets that are out are replaced, why a turn is run on old data.
BECAUSE, STALE_OK = "because", "stale_ok"


def why_no_date(day: date) -> str:
    """Why a date cannot be launched; '' when it can."""
    if business_dates.has_partition_key(day.isoformat()):
        return ""
    last = business_dates.get_last_partition_key()
    return f"{day} is no business date: from {FIRST_DATE} to {last} 业务日期须在 {FIRST_DATE} 至 {last} 之间"


def as_of(context: dg.AssetExecutionContext) -> date:
    """The business date of this run."""
    return date.fromisoformat(context.partition_key)


def reason(context: dg.AssetExecutionContext, tag: str) -> str:
    """What a person gave as the reason when the run was launched; '' without."""
    return context.run.tags.get(tag, "").strip()
