"""What should have come against what came: the ledger of arrivals (归集台账).

Belongs here: periods and due dates, which scopes deliver, the state of every expected delivery, coverage, how far
a feed lies behind, and the bureau's daily report. Does not belong here: judging the content of a delivery
(pipelines.ingest.bronze), or the lake (pipelines.judge.ledger.arrivals).
"""

from pipelines.ingest.arrivals.coverage import Coverage, coverage
from pipelines.ingest.arrivals.freshness import Freshness, freshness
from pipelines.ingest.arrivals.match import arrivals
from pipelines.ingest.arrivals.model import Arrival
from pipelines.kit.reference.divisions import Divisions, read_divisions

__all__ = [
    "Arrival", "Coverage", "Divisions", "Freshness", "arrivals", "coverage", "freshness", "read_divisions",
]  # fmt: skip
