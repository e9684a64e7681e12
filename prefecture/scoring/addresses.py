"""How well addresses lead to their township and village, against where the prefecture knows them to lie.

Belongs here: right, wrong and silent of every row whose address's village is known. Does not belong here: reading
addresses. An address that does not say where it is counts as silent: nobody could know.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.kit.contracts import load_contracts

_ROWS = """
SELECT told.village, read.township_code, read.village_code
FROM read_parquet($files) AS told
JOIN (SELECT DISTINCT feed, file_name, delivery_id FROM lake.ledger.delivery WHERE status = 'accepted') AS sent
    ON sent.feed = told.feed AND sent.file_name = told.file
JOIN ({staged}) AS staged ON staged.source_ref = told.feed || '/' || sent.delivery_id || '/' || told.row
LEFT JOIN lake.reference.address AS read ON read.address = staged.address
"""
_COUNT = """
WITH told AS MATERIALIZED ({rows})
SELECT 'township', count(*), count(*) FILTER (township_code = substr(village, 1, 9)),
    count(*) FILTER (township_code <> substr(village, 1, 9)) FROM told
UNION ALL
SELECT 'village', count(*), count(*) FILTER (village_code = village),
    count(*) FILTER (village_code <> village) FROM told
"""


@dataclass(frozen=True)
class AddressScore:
    """Of `rows`, how many addresses tell the `level` rightly and wrongly; the others tell none."""

    level: str
    rows: int
    right: int
    wrong: int

    @property
    def silent(self) -> int:
        """Addresses that tell no such division."""
        return self.rows - self.right - self.wrong

    @property
    def share(self) -> float:
        """Share told rightly; 1.0 without any."""
        return self.right / self.rows if self.rows else 1.0


def score_addresses(con: duckdb.DuckDBPyConnection, register: Path) -> list[AddressScore]:
    """Hold the lake against `addresses/` of the register, township and village; nothing without it."""
    files = sorted(map(str, (register / "addresses").glob("*.parquet")))
    if not files:
        return []
    feeds = con.execute("SELECT DISTINCT feed FROM read_parquet(?) ORDER BY 1", [files]).fetchall()
    tables = (load_contracts()[code].table for (code,) in feeds)
    staged = " UNION ALL ".join(f"SELECT source_ref, address FROM lake.staging.stg_{table}" for table in tables)
    rows = _ROWS.format(staged=f"SELECT * FROM ({staged}) WHERE address IS NOT NULL")
    found = con.execute(_COUNT.format(rows=rows), {"files": files}).fetchall()
    return [AddressScore(level, *map(int, counts)) for level, *counts in found]
