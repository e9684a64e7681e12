"""Whether the history and bronze agree: on the records of every delivery, and on how many stand.

Belongs here: counting in bronze, by another way than the history does. Does not belong here: the check (defs).
"""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from pipelines.ingest.bronze.store import EMPTY, ROWS_FILE
from pipelines.ingest.deliveries import Standing
from pipelines.ingest.history.chain import DeliveryHistory
from pipelines.ingest.history.said import CHANGE_TYPE, DELETED
from pipelines.ingest.history.spill import Spilling, spilling
from pipelines.kit.contracts import Feed
from pipelines.kit.paths import Paths


def reconcile(
    paths: Paths, feed: Feed, standings: Iterable[Standing], told: Sequence[DeliveryHistory]
) -> tuple[dict[str, int], dict[str, int]]:
    """(by the history, by bronze) of what this run made: records by delivery, and records standing by scope.

    A check must not cost more than what it checks. So a delivery is counted by its own keys, and the standing
    records of a scope only where a full of it was compared; before and after that, deliveries add up.
    """
    made = [h for h in told if h.is_made]
    full = {h.scope for h in made if h.mode == "full"}
    added = {h.head for h in made if h.mode != "full"}
    by_history = {h.head: h.keys for h in made if h.head in added}
    by_history |= {h.scope: h.standing for h in told if h.scope in full}
    ranked = [s for s in standings if s.rank is not None]
    said = {s: s.head for s in ranked if s.head in added}
    current = {s: s.scope for s in ranked if s.scope in full and s.is_current}
    by_bronze: dict[str, int] = {}
    if made:
        with spilling(paths, feed, "counting") as work:
            by_bronze |= _count(work, paths, feed, said, "true")
            by_bronze |= _count(work, paths, feed, current, "NOT is_deleted")
    return {k: n for k, n in by_history.items() if n}, by_bronze


def _count(
    work: Spilling, paths: Paths, feed: Feed, group_of: Mapping[Standing, str], condition: str
) -> dict[str, int]:
    """Keys whose last row in a group of deliveries fulfils the condition, by group; groups of none are left out."""
    if not group_of:
        return {}
    bronze = paths.bronze / feed.code
    files = [str(bronze / folder / ROWS_FILE) for folder in (EMPTY, *(s.folder for s in group_of))]
    is_deleted = f"coalesce({CHANGE_TYPE}, '') = '{DELETED}'" if CHANGE_TYPE in feed.by_name else "false"
    ranked = [(s.delivery_id, s.rank, g) for s, g in group_of.items()]
    groups = work.given("groups", pl.DataFrame(ranked, schema=["delivery_id", "rank", "of_group"], orient="row"))
    counted = work.con.execute(
        f"""SELECT of_group, count(*) FROM (
            SELECT of_group, CAST(_record_key AS UUID) AS key,
                arg_max({is_deleted}, CAST(rank AS HUGEINT) * 10_000_000_000 + _row) AS is_deleted
            FROM read_parquet({files}, union_by_name = true) JOIN {groups} ON delivery_id = _delivery_id
            GROUP BY ALL
        ) WHERE {condition} GROUP BY ALL"""
    )
    return dict(counted.fetchall())
