"""What `make run` prints at the end: figures that agree with each other."""

import duckdb
import pytest

from prefecture.sample.summary import _bronze_rows


@pytest.mark.parametrize(("status", "rows_in", "told"), [
    ("quarantined", 0, "2 deliveries, 1 of them quarantined whole, of which 1 could not be read: their rows"),
    ("quarantined", 3, "2 deliveries, 1 of them quarantined whole"), ("accepted", 0, "2 deliveries, 0 of them"),
])  # fmt: skip
def test_what_nobody_could_count_is_told_beside_what_was_counted(status, rows_in, told):
    with duckdb.connect() as con:
        con.execute("ATTACH ':memory:' AS lake")
        con.execute("CREATE SCHEMA lake.ledger")
        con.execute("CREATE TABLE lake.ledger.delivery AS FROM (VALUES ('accepted', 1010, 1000, 10), "
                    f"('{status}', {rows_in}, 0, {rows_in})) AS d(status, rows_in, rows_bronze, rows_quarantined)")
        ((_, rows, refused, deliveries),) = _bronze_rows(con)
    assert (rows, refused) == ("1,000 rows", f"{10 + rows_in} in quarantine")
    assert deliveries.startswith(told) and ("could not be read" in deliveries) == ("could not be read" in told)
