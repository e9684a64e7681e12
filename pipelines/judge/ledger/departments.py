"""Which department answers for a feed, from its contract.

Belongs here: who is asked. Does not belong here: names and addresses of departments (kit/office).
"""

from pipelines.kit.contracts import load_contracts


def feed_departments() -> dict[str, str]:
    """Feed code -> department slug, of every contract."""
    return {feed: contract.department for feed, contract in load_contracts().items()}
