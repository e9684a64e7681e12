"""Which department answers for a feed, from its contract."""


def feed_departments() -> dict[str, str]:
    """Feed code -> department slug, of every contract."""
    from pipelines.kit.contracts import load_contracts  # only when no other mapping is given: it reads every YAML

    return {feed: contract.department for feed, contract in load_contracts().items()}
