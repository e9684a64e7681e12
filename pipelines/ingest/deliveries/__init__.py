"""Which deliveries count, and in which order: the one answer that the models and the history follow.

Belongs here: repeats, corrections, withdrawals, sets of pages, gaps (docs/adr/0009-deliveries.md). Does not belong
here: reading files (ingest.bronze), comparing records (ingest.history), the lake (judge.ledger).
"""

from pipelines.ingest.deliveries.standing import Standing, stand
from pipelines.ingest.deliveries.state import known_deliveries

__all__ = ["Standing", "known_deliveries", "stand"]
