"""The rows of bronze that are in force: what they lie in, and which came into force and left it since the build before.

Belongs here: files of rows, comparing what stands with what stood. Does not belong here: which delivery counts and why
(ingest/deliveries), writing rows (ingest/bronze).
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb

from pipelines.kit.patching import Rows
from pipelines.kit.paths import Paths
from pipelines.kit.tables import literal


def row_files(paths: Paths, feed: str, delivery: str) -> list[Path]:
    """Files with the rows of a delivery; of one that was released, those it was refused with, too."""
    return sorted((paths.bronze / feed).glob(f"{delivery}*/rows.parquet"))


def in_words(files: Iterable[Path]) -> str:
    """Size and time of files: words that change whenever what is in them may have."""
    return str([(file.parent.name, s.st_size, s.st_ctime_ns) for file in files for s in [file.stat()]])


def changed_rows(
    con: duckdb.DuckDBPyConnection, paths: Paths, feed: str, stood: Mapping[str, str], stands: Mapping[str, str]
) -> Rows | None:
    """Temporary views of the rows of a feed's deliveries that left and that came; None where nobody can tell, as those
    in force before and after changed their order, or files are not what they were."""
    both = [delivery for delivery in stood if delivery in stands]
    if both != [d for d in stands if d in stood] or any(stood[d] != stands[d] for d in both):
        return None
    told = dict(stood) | dict(stands)
    gone, come = ([d for d in those if d not in both] for those in (stood, stands))
    files = {delivery: row_files(paths, feed, delivery) for delivery in (*gone, *come)}
    if not files or not all(files[d] and in_words(files[d]) == told[d] for d in files):
        return None
    rows = Rows(f'"gone_from_{feed}"', f'"come_to_{feed}"')
    for name, those in zip(rows, (gone, come), strict=True):
        listed = ", ".join(literal(str(file)) for d in those or files for file in files[d])
        where = "" if those else " WHERE false"
        con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS FROM read_parquet([{listed}], union_by_name = true){where}")
    return rows
