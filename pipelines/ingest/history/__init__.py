"""Keyed history: what was said about every record of a feed, when, by which file and row.

Belongs here: telling the changes of one delivery from what stood before it (docs/deliveries.md). Does not belong
here: which deliveries count and in which order (pipelines.ingest.deliveries), what stands in the lake (dbt).
Everything here is derived from bronze and can be deleted.
"""

from pipelines.ingest.history.chain import DeliveryHistory, update_history
from pipelines.ingest.history.describe import describe
from pipelines.ingest.history.reconcile import reconcile
from pipelines.ingest.history.trace import trace

__all__ = ["DeliveryHistory", "describe", "reconcile", "trace", "update_history"]
