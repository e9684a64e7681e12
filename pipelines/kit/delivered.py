"""Which rows of bronze came into force and which left it since the build before.

Belongs here: comparing what stands with what stood. Does not belong here: what stands and why (ingest/deliveries).
"""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from pipelines.kit.patching import Rows
from pipelines.kit.paths import Paths
from pipelines.kit.tables import literal

ROWS_FILE = "rows.parquet"


def changed_rows(
    con: duckdb.DuckDBPyConnection, paths: Paths, feed: str, stood: Mapping[str, str], stands: Mapping[str, str]
) -> Rows | None:
    """Temporary views of the rows of a feed's deliveries that left and that came; None where nobody can tell, as those
    in force before and after changed their order or their rows, or the rows that left are not there any more."""
    both = [delivery for delivery in stood if delivery in stands]
    if both != [d for d in stands if d in stood] or any(stood[d] != stands[d] for d in both):
        return None
    gone = _files(paths, feed, [d for d in stood if d not in stands])
    come = _files(paths, feed, [d for d in stands if d not in stood])
    if gone is None or come is None or not (pattern := come or gone):
        return None
    rows = Rows(f'"gone_from_{feed}"', f'"come_to_{feed}"')
    for name, files in zip(rows, (gone, come), strict=True):
        listed = ", ".join(literal(str(file)) for file in files or pattern)
        where = "" if files else " WHERE false"
        con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS FROM read_parquet([{listed}], union_by_name = true){where}")
    return rows


def _files(paths: Paths, feed: str, deliveries: list[str]) -> list[Path] | None:
    """Files with the rows of deliveries; None where one has none."""
    found = [sorted((paths.bronze / feed).glob(f"{delivery}*/{ROWS_FILE}")) for delivery in deliveries]
    return [file for files in found for file in files] if all(found) else None
