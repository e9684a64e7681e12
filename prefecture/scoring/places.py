"""Of dated division codes, how many lead to the unit of their day and to the unit of today.

Belongs here: the count. Does not belong here: planting (prefecture/defects/reorganised.py).
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.kit.contracts import load_contracts

_COUNT = """
SELECT count(*) AS planted,
    count(*) FILTER (version.valid_from = told.valid_from) AS of_day,
    count(*) FILTER (staged.current_division_code IS NOT DISTINCT FROM told.current_code) AS of_today
FROM read_parquet($register) AS told
JOIN ({staged}) AS staged ON staged.feed = told.feed AND staged.record_key = told.record_key
    AND staged.division_code = told.division_code
LEFT JOIN lake.unified.division_version AS version ON version.division_code = told.division_code
    AND told.on_day >= coalesce(version.means_from, DATE '0001-01-01')
    AND told.on_day < coalesce(version.means_until, DATE '9999-12-31')
"""


@dataclass(frozen=True)
class PlaceScore:
    """`planted`: rows of the register that stand in staging; `of_day`, `of_today`: how many are told rightly."""

    planted: int
    of_day: int
    of_today: int


def score_places(con: duckdb.DuckDBPyConnection, register: Path) -> PlaceScore:
    """Hold the lake against `places.parquet` of the register."""
    file = str(register / "places.parquet")
    contracts = load_contracts()
    feeds = [code for (code,) in con.execute("SELECT DISTINCT feed FROM read_parquet(?)", [file]).fetchall()]
    staged = " UNION ALL ".join(
        "SELECT feed, record_key, division_code, current_division_code "
        f"FROM lake.staging.stg_{contracts[code].table}"
        for code in sorted(feeds)
    )
    return PlaceScore(*con.execute(_COUNT.format(staged=staged), {"register": file}).fetchone())
