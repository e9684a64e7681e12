"""A table or view of the analysts' file taken along: as CSV or Parquet, with its part of the data dictionary beside it.

Belongs here: the two files, and why there are none, in words. Does not belong here: what may leave (export.py judged
all that is in the file when it was written; nothing else is read), the command line.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.give.published.dictionary import DICTIONARY
from pipelines.ingest.formats.formula_prefix import with_prefix
from pipelines.kit.paths import Paths
from pipelines.kit.tables import literal
from pipelines.kit.whole_files import publish_file

KINDS = CSV, PARQUET = "csv", "parquet"
_BATCH_ROWS = 250_000
_NO_FILE = "还没有分析库 {}：请先运行一轮（make run）\nthere is no analysts' file yet"
_OLD_FILE = (
    "分析库 {} 打不开，或是以前的格式，没有数据字典：请再运行一轮\n"
    "the analysts' file is damaged or has no dictionary; run a turn"
)
_THERE = "SELECT DISTINCT table_name FROM duckdb_columns() WHERE NOT internal ORDER BY 1"
_COLUMNS = "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index"
# Types as CSV knows them.
_PLAIN = ("VARCHAR", "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "FLOAT", "DOUBLE", "DATE", "DECIMAL")
_HAS_PARTS = re.compile(r"\]$|^(STRUCT|MAP|UNION)\(")
_HEADINGS = {
    "column_name": "列", "data_type": "类型", "words": "说明", "unit": "单位", "made_of": "来源",
    "oldest_period": "最旧一处到", "newest_period": "最新一处到", "is_stale": "有欠报",
}  # fmt: skip


class NotTakenError(ValueError):
    """Nothing was written; the message says why, for whoever typed the command."""


@dataclass(frozen=True)
class Taken:
    """What was written: the rows, and the dictionary of their columns."""

    file: Path
    dictionary: Path
    rows: int


def take(paths: Paths, name: str, kind: str, folder: Path) -> Taken:
    """Write `name`.csv or .parquet and `name`_数据字典.csv into `folder`; each file replaces one of its name, whole.

    CSV begins with the mark by which Excel and WPS know UTF-8. Raises NotTakenError.
    """
    source = paths.published / "analyst.duckdb"
    if not source.is_file():
        raise NotTakenError(_NO_FILE.format(source))
    try:
        with duckdb.connect(source, read_only=True) as con:
            there = [table for (table,) in con.execute(_THERE).fetchall()]
            if DICTIONARY not in there:
                raise NotTakenError(_OLD_FILE.format(source))
            if name not in there:
                raise NotTakenError(_no_table(name, there))
            folder.mkdir(parents=True, exist_ok=True)
            return _written(con, name, kind, folder)
    except duckdb.Error:
        raise NotTakenError(_OLD_FILE.format(source)) from None
    except OSError as error:
        raise NotTakenError(f"不能写到 {folder}：{error.strerror or error}") from error


def _written(con: duckdb.DuckDBPyConnection, name: str, kind: str, folder: Path) -> Taken:
    titles = ", ".join(f'{column} AS "{title}"' for column, title in _HEADINGS.items())
    told = f"SELECT {titles} FROM {DICTIONARY} WHERE table_name = {literal(name)} ORDER BY place"
    dictionary = folder / f"{name}_数据字典.{CSV}"
    _write(con, told, CSV, dictionary)
    file = folder / f"{name}.{kind}"
    return Taken(file, dictionary, _write(con, _rows(con, name, kind), kind, file))


def _rows(con: duckdb.DuckDBPyConnection, name: str, kind: str) -> str:
    """SQL of the rows; for CSV what has parts is JSON, and whatever else CSV does not know is text."""
    columns = con.execute(_COLUMNS, [name]).fetchall() if kind == CSV else []
    odd = [(column, f'to_json("{column}")' if _HAS_PARTS.search(kind) else f'"{column}"')
           for column, kind in columns if kind.partition("(")[0] not in _PLAIN]  # fmt: skip
    replace = ", ".join(f'CAST({sql} AS VARCHAR) AS "{column}"' for column, sql in odd)
    return f'SELECT * REPLACE ({replace}) FROM "{name}"' if odd else f'FROM "{name}"'


def _write(con: duckdb.DuckDBPyConnection, sql: str, kind: str, file: Path) -> int:
    """The rows of a query, batch by batch; returns how many."""
    reader = con.execute(sql).to_arrow_reader(_BATCH_ROWS)
    with TemporaryDirectory(prefix=".taking-", dir=file.parent) as own:  # two may take the same table at once
        scratch = Path(own) / file.name
        rows = _write_csv(reader, scratch) if kind == CSV else _write_parquet(reader, scratch)
        publish_file(scratch, file)
    return rows


def _write_csv(reader: pa.RecordBatchReader, scratch: Path) -> int:
    with scratch.open("wb") as out:
        head = pl.from_arrow(reader.schema.empty_table())
        head.write_csv(out, include_bom=True, line_terminator="\r\n")
        rows = 0
        for batch in reader:
            frame = pl.from_arrow(batch)
            texts = [with_prefix(pl.col(column)) for column, kind in frame.schema.items() if kind == pl.String]
            frame.with_columns(texts).write_csv(out, include_header=False, line_terminator="\r\n")
            rows += frame.height
    return rows


def _write_parquet(reader: pa.RecordBatchReader, scratch: Path) -> int:
    with pq.ParquetWriter(scratch, reader.schema, compression="zstd") as out:
        rows = 0
        for batch in reader:
            out.write_batch(batch)
            rows += batch.num_rows
    return rows


def _no_table(name: str, there: Iterable[str]) -> str:
    near = get_close_matches(name.lower(), there, n=3) or [table for table in there if name.lower() in table]
    told = f"相近的有 {'、'.join(near[:3])}。" if near else ""
    return f"分析库里没有表 {name}；{told}全部：{'、'.join(there)}"
