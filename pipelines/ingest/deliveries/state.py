"""The standing of a feed's deliveries as bronze and the decisions have it.

Belongs here: gathering what `stand` needs. Does not belong here: the rules (standing.py).
"""

from datetime import date

from pipelines.ingest.bronze.result import results
from pipelines.ingest.bronze.withdrawals import withdrawn
from pipelines.ingest.deliveries.rows import same_rows
from pipelines.ingest.deliveries.standing import Standing, stand
from pipelines.kit.contracts import Feed
from pipelines.kit.paths import Paths


def known_deliveries(paths: Paths, feed: Feed, as_of: date) -> list[Standing]:
    """Every delivery of a feed in bronze by `as_of`, in order of landing, with what became of it."""
    found = results(paths, feed.code, as_of)
    return stand(feed, found, withdrawn(paths, feed.code, as_of), same_rows(paths, feed))
