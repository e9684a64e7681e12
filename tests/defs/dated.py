"""Runs of assets for a business date, in an instance of their own that offers it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import dagster as dg

from pipelines.defs.partitions import offer


def materialize(assets: Sequence[Any], day: str, **how: Any) -> dg.ExecuteInProcessResult:
    """dg.materialize for the partition `day`."""
    with dg.DagsterInstance.ephemeral() as instance:
        offer(instance, [date.fromisoformat(day)])
        return dg.materialize(assets, partition_key=day, instance=instance, **how)
