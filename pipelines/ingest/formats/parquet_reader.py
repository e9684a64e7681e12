"""Reading Parquet by a contract, row group by row group.

Belongs here: every column type as text, exactly. Does not belong here: types of the contract (typing.py). Rows
are counted from 1.
"""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.ingest.formats.cells import EXACT, JANUARY_OR_OCTOBER, column_texts, text
from pipelines.ingest.formats.named import filled_block, named_header
from pipelines.ingest.values.header import Header
from pipelines.ingest.values.table import ROW, Block, Mark, Notice, Table, UnreadableError
from pipelines.kit.city_time import CITY_TIME
from pipelines.kit.contracts import Column, Feed

BLOCK_ROWS = 50_000
_MOST_ROWS = 500_000_000
_RATIO, _RATIO_FROM = 1_000, 1 << 30
# Spark and Hive store an INT96 as an instant in UTC, others as the clock showed it; the column itself does not say.
_INT96 = "INT96"
_PARQUET_MR = "parquet-mr"
_UTC_WRITERS = (b"org.apache.spark.", b"writer.time.zone")
_ERRORS = (pa.ArrowException, OSError, ValueError, pl.exceptions.PolarsError)


def read_parquet(file: Path, feed: Feed) -> tuple[list[Table], list[Notice]]:
    """The one table. Raises UnreadableError: E_PARQUET, E_INT96, E_ZIP_BOMB; E_PARQUET also while blocks are read."""
    try:
        with _open(file) as parquet:
            meta, names, instants = parquet.metadata, parquet.schema_arrow.names, _int96(parquet)
            groups = [meta.row_group(i) for i in range(meta.num_row_groups)]
            sizes = [(c.total_uncompressed_size, c.total_compressed_size) for g in groups for c in _columns(g)]
    except MemoryError:  # one of Arrow's own errors, and none of the file's
        raise
    except _ERRORS as error:
        raise UnreadableError("E_PARQUET") from error
    is_bomb = any(large > _RATIO_FROM and large > _RATIO * max(small, 1) for large, small in sizes)
    if meta.num_rows > _MOST_ROWS or is_bomb:
        raise UnreadableError("E_ZIP_BOMB", f"{meta.num_rows} 行")
    header = named_header(feed, names)
    if not _says_instants(meta) and (unclear := [n for n in header.columns.values() if names[n] in instants]):
        raise UnreadableError("E_INT96", "、".join(f"「{header.headings[place]}」" for place in unclear))
    return [Table(None, header, _blocks(file, header, feed, instants))], []


def _open(file: Path) -> pq.ParquetFile:
    return pq.ParquetFile(file, page_checksum_verification=True, coerce_int96_timestamp_unit="us")


def _int96(parquet: pq.ParquetFile) -> set[str]:
    """Columns that are times in the form of before 2017, without a word on their zone."""
    leaves = (parquet.schema.column(i) for i in range(len(parquet.schema)))
    return {leaf.path for leaf in leaves if leaf.physical_type == _INT96}


def _says_instants(meta: pq.FileMetaData) -> bool:
    """Whether the program that wrote the file is known to store instants."""
    keys = meta.metadata or {}
    return _PARQUET_MR in (meta.created_by or "") or any(key.startswith(_UTC_WRITERS) for key in keys)


def _columns(group: pq.RowGroupMetaData) -> Iterator[pq.ColumnChunkMetaData]:
    return (group.column(i) for i in range(group.num_columns))


def _blocks(file: Path, header: Header, feed: Feed, instants: set[str]) -> Iterator[Block]:
    by_place = {place: feed.by_name[name] for name, place in header.columns.items()}
    first = 1
    try:
        with _open(file) as parquet:
            for batch in parquet.iter_batches(BLOCK_ROWS, use_threads=False):
                yield _block(batch, first, by_place, instants)
                first += batch.num_rows
    except MemoryError:  # one of Arrow's own errors, and none of the file's
        raise
    except _ERRORS as error:
        raise UnreadableError("E_PARQUET") from error


def _block(batch: pa.RecordBatch, first: int, by_place: dict[int, Column], instants: set[str]) -> Block:
    rows = pl.int_range(first, first + batch.num_rows, eager=True).alias(ROW)
    cells, marks = [rows], []
    for place in range(batch.num_columns):
        column = by_place.get(place)
        values = pl.Series(pl.from_arrow(batch.column(place)))
        if batch.schema.names[place] in instants and values.dtype == pl.Datetime:
            values = values.dt.replace_time_zone("UTC")
        texts, codes = _texts(values, column)
        cells.append(texts.alias(f"c{place}"))
        if column is not None:
            marks += [Mark(place, code, tuple(rows.filter(mask))) for code, mask in codes if mask.any()]
    return filled_block(pl.DataFrame(cells), marks)


def _texts(values: pl.Series, column: Column | None) -> tuple[pl.Series, list[tuple[str, pl.Series]]]:
    """(texts, masks by the code that spoils them) of one column."""
    kind, there = values.dtype, values.is_not_null()
    is_id = column is not None and column.is_identifier
    not_an_id = [("E_ID_NUMERIC", there)] if is_id else []
    if kind in (pl.String, pl.Categorical, pl.Enum, pl.Null):
        return values.cast(pl.String), []
    if is_id and kind.is_numeric():
        texts, spoilt = column_texts(values.to_list(), column)
        places = pl.int_range(values.len(), eager=True)
        return pl.Series(texts, dtype=pl.String), [(code, places.is_in(at)) for code, at in spoilt.items()]
    if kind == pl.Boolean:
        return values.cast(pl.String).str.to_uppercase(), not_an_id
    if kind.is_integer() or kind.is_decimal():
        return values.cast(pl.String), []
    if kind.is_float():
        is_long = column is not None and column.type == "string"
        texts = pl.Series([text(v) if v == v else "NaN" for v in values], dtype=pl.String)
        codes = [("E_VALUE", values.is_nan().fill_null(False))]
        if column is not None and column.is_month:
            codes.append(("E_MONTH", texts.str.ends_with(JANUARY_OR_OCTOBER).fill_null(False)))
        return texts, codes + ([("E_PRECISION", (values.abs() >= EXACT).fill_null(False))] if is_long else [])
    if kind == pl.Datetime:
        has_zone = kind.time_zone  # ty: ignore[missing-attribute]
        local = values.dt.convert_time_zone(CITY_TIME).dt.replace_time_zone(None) if has_zone else values
        return local.dt.strftime("%Y-%m-%d %H:%M:%S%.f"), not_an_id
    if kind in (pl.Date, pl.Time, pl.Duration):
        return values.cast(pl.String), not_an_id
    if kind == pl.Binary:
        return _from_bytes(values)
    texts, _ = column_texts(values.to_list(), None)
    return pl.Series(texts, dtype=pl.String), [("E_VALUE", there)]


def _from_bytes(values: pl.Series) -> tuple[pl.Series, list[tuple[str, pl.Series]]]:
    """Text that some writers leave undeclared; other bytes in hexadecimal."""
    texts, broken = [], []
    for value in values:
        try:
            texts.append(None if value is None else value.decode())
            broken.append(False)
        except UnicodeDecodeError:
            texts.append(value.hex())
            broken.append(True)
    return pl.Series(texts, dtype=pl.String), [("E_VALUE", pl.Series(broken, dtype=pl.Boolean))]
