"""How well rows were linked to places, against the places the prefecture knows.

Belongs here: pairs of rows, and how rows without a number found their place. Does not belong here: linking.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb

_LINKED = """
CREATE OR REPLACE TEMP TABLE sited AS
SELECT told.site, claim.place_id, claim.basis
FROM (SELECT t.site, t.feed, t.feed || '/' || d.delivery_id || '/' || t.row AS source_ref
    FROM read_parquet($files) AS t
    JOIN (SELECT DISTINCT feed, file_name, delivery_id FROM lake.ledger.delivery WHERE status = 'accepted') AS d
        ON d.feed = t.feed AND d.file_name = t.file) AS told
JOIN lake.unified.place_claim AS claim USING (feed, source_ref)
"""
_COUNT = """
WITH cell AS (SELECT site, place_id, count(*)::HUGEINT AS n FROM sited GROUP BY ALL),
meant AS (SELECT place_id, min(site) AS site FROM sited WHERE basis = 'number' GROUP BY ALL),
pairs AS (
    SELECT
        (SELECT coalesce(sum(n * (n - 1) // 2), 0) FROM cell) AS linked_rightly,
        (SELECT coalesce(sum(n * (n - 1) // 2), 0) FROM (SELECT sum(n) AS n FROM cell GROUP BY place_id)) AS linked,
        (SELECT coalesce(sum(n * (n - 1) // 2), 0) FROM (SELECT sum(n) AS n FROM cell GROUP BY site)) AS of_one
)
SELECT (SELECT count(*) FROM sited), (SELECT count(DISTINCT site) FROM sited),
    (SELECT count(DISTINCT place_id) FROM sited), linked_rightly, linked, of_one,
    (SELECT count(*) FROM sited WHERE basis <> 'number' AND site IN (SELECT site FROM meant)),
    (SELECT count(*) FROM sited JOIN meant USING (place_id) WHERE basis <> 'number' AND sited.site = meant.site),
    (SELECT count(*) FROM sited JOIN meant USING (place_id) WHERE basis <> 'number' AND sited.site <> meant.site)
FROM pairs
"""


@dataclass(frozen=True)
class SiteScore:
    """`rows` whose true place is known, `sites` there truly are and `keys` they were given. Pairs of rows of one
    place: linked and truly so, linked, true. Rows without a number whose place other rows number: `findable`, of them
    `found`; `misled`: rows led to another's number."""

    rows: int
    sites: int
    keys: int
    pairs_both: int
    pairs_linked: int
    pairs_true: int
    findable: int
    found: int
    misled: int

    @property
    def precision(self) -> float:
        """Share of linked pairs that are of one place; 1.0 without any."""
        return self.pairs_both / self.pairs_linked if self.pairs_linked else 1.0

    @property
    def recall(self) -> float:
        """Share of pairs of one place that are linked; 1.0 without any."""
        return self.pairs_both / self.pairs_true if self.pairs_true else 1.0


def score_sites(con: duckdb.DuckDBPyConnection, register: Path) -> SiteScore | None:
    """Hold the lake against `sites/` of the register; None without it."""
    files = sorted(map(str, (register / "sites").glob("*.parquet")))
    if not files:
        return None
    con.execute(_LINKED, {"files": files})
    return SiteScore(*map(int, con.execute(_COUNT).fetchone()))
