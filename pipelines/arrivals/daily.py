"""The ledger of arrivals of one installation on one date.

Belongs here: gathering feeds, divisions and results from disk. Does not belong here: what is made of them.
"""

from collections.abc import Iterable
from datetime import date

from pipelines.arrivals.divisions import Divisions, read_divisions
from pipelines.arrivals.match import arrivals
from pipelines.arrivals.model import Arrival
from pipelines.bronze import results
from pipelines.contracts import Feed
from pipelines.paths import Paths


def known(paths: Paths, feeds: Iterable[Feed], as_of: date) -> tuple[list[Arrival], Divisions]:
    """The ledger by what bronze holds on `as_of`, and the divisions it was made with."""
    feeds, divisions = list(feeds), read_divisions(paths.reference)
    found = [r for feed in feeds for r in results(paths, feed.code, as_of)]
    return arrivals(feeds, divisions, found, as_of), divisions
