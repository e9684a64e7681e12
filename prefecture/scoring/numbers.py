"""Of rows that name an enterprise by an old number, how many lead to it.

Belongs here: the count. Does not belong here: planting (prefecture/defects/old_numbers.py).
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.kit.keys import key_sql

# Feed -> its record in the unified database, the column of codes, and what it led to.
_RECORDS = {
    "F15": ("licence", "uscc", "holder_enterprise_id"),
    "F16": ("tax_status", "uscc", "enterprise_id"),
    "F17": ("employment_insurance", "employer_code", "employer_enterprise_id"),
    "F19": ("fund_account", "employer_code", "employer_enterprise_id"),
    "F25": ("inspection", "uscc", "enterprise_id"),
}
_COUNT = f"""
WITH meant AS (
    SELECT feed, number, if(uscc IS NOT NULL, {key_sql("enterprise", ["uscc"])}, NULL) AS firm
    FROM read_parquet($register)
)
SELECT count(*), count(firm), count(*) FILTER (firm = found),
    count(*) FILTER (found IS NOT NULL AND found IS DISTINCT FROM firm)
FROM meant JOIN ({{said}}) AS said USING (feed, number)
"""


@dataclass(frozen=True)
class NumberScore:
    """`rows` with old numbers, of them `findable`; `found`: led to the right enterprise, `wrong`: to one not meant."""

    rows: int
    findable: int
    found: int
    wrong: int


def score_numbers(con: duckdb.DuckDBPyConnection, register: Path) -> NumberScore:
    """Hold the lake against `numbers.parquet` of the register."""
    said = " UNION ALL ".join(
        f"SELECT '{feed}' AS feed, {code} AS number, {key} AS found FROM lake.unified.{record}"
        for feed, (record, code, key) in _RECORDS.items()
    )
    sql = _COUNT.format(said=said)
    return NumberScore(*con.execute(sql, {"register": str(register / "numbers.parquet")}).fetchone())
