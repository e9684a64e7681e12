"""What should have come against what came: the ledger of arrivals (归集台账).

Belongs here: periods and due dates, which scopes deliver, the state of every expected delivery, coverage, how far
a feed lies behind, and the bureau's daily report. Does not belong here: judging the content of a delivery
(pipelines.bronze), or the lake (pipelines.ledger.arrivals).
"""

from pipelines.arrivals.coverage import Coverage, coverage
from pipelines.arrivals.freshness import Freshness, freshness
from pipelines.arrivals.match import arrivals
from pipelines.arrivals.model import Arrival
from pipelines.reference.divisions import Divisions, read_divisions

__all__ = [
    "Arrival", "Coverage", "Divisions", "Freshness", "arrivals", "coverage", "freshness", "read_divisions",
]  # fmt: skip
