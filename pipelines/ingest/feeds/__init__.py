"""Bringing feeds up to a business date: what was dropped is landed, read, put in order and compared with what was said.

Belongs here: these steps for one feed, and for many side by side. Does not belong here: any step itself (landing,
bronze, deliveries, history), Dagster.
"""

from pipelines.ingest.feeds.many import bring_all
from pipelines.ingest.feeds.one import FeedState, bring

__all__ = ["FeedState", "bring", "bring_all"]
