"""Keyed history: what was said about every record of a feed, when, by which file and row.

Belongs here: telling the changes of one delivery from what stood before it (docs/deliveries.md). Does not belong
here: which deliveries count and in which order (pipelines.deliveries), what stands in the lake (dbt).
Everything here is derived from bronze and can be deleted.
"""

from pipelines.history.chain import DeliveryHistory, update_history
from pipelines.history.describe import describe
from pipelines.history.reconcile import reconcile
from pipelines.history.trace import trace

__all__ = ["DeliveryHistory", "describe", "reconcile", "trace", "update_history"]
