"""One way to read any file of a feed.

Belongs here: choosing the reader by what the bytes are, and telling where that is not what the contract says.
Does not belong here: telling kinds apart (kinds.py), reading any of them.
"""

from pathlib import Path

from pipelines.ingest.formats import kinds
from pipelines.ingest.formats.archive import read_archive
from pipelines.ingest.formats.csv_reader import read_csv
from pipelines.ingest.formats.json_reader import read_json
from pipelines.ingest.formats.parquet_reader import read_parquet
from pipelines.ingest.formats.workbook_reader import read_workbook
from pipelines.ingest.values.table import Notice, Table
from pipelines.kit.contracts import Feed


def read(file: Path, feed: Feed, scratch: Path) -> tuple[list[Table], list[Notice]]:
    """Every table of a file, by the contract, and what its department should know.

    `scratch` is an empty folder of the caller's for members of archives; the tables read from it, so it may go
    once they are read. Raises UnreadableError, also while blocks are taken from a table.
    """
    kind = kinds.kind_of(file)
    if kind == kinds.ZIP:
        return read_archive(file, feed, scratch, _read)
    return _read(file, feed, kind)


def _read(file: Path, feed: Feed, kind: str) -> tuple[list[Table], list[Notice]]:
    if kind in kinds.WORKBOOKS:
        tables, told = read_workbook(file, feed, kind)
    elif kind == kinds.PARQUET:
        tables, told = read_parquet(file, feed)
    elif kind in (kinds.JSON, kinds.GEOJSON):
        tables, told = read_json(file, feed)
    else:
        tables, told = read_csv(file, feed)
    return tables, kinds.differs(kind, feed.format) + told
