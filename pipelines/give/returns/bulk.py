"""The same lists for machines: one typed Parquet file per sheet.

Belongs here: cells -> Parquet bytes. Does not belong here: encryption. Equal rows give equal bytes.
"""

import io
from collections.abc import Sequence

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.give.returns.columns import TOWNSHIP
from pipelines.give.returns.model import Anomaly, Cells, TownshipReturn
from pipelines.kit.office.sheets import SheetColumn, load_sheets

_TYPES = {
    "text": pa.string(),
    "date": pa.date32(),
    "integer": pa.int64(),
    "decimal": pa.decimal128(18, 2),
}
_ANOMALY_COLUMNS = tuple(SheetColumn(name, 0, name=name) for name in Anomaly.__dataclass_fields__)


def bulk_files(data: TownshipReturn) -> dict[str, tuple[bytes, int]]:
    """File name -> (Parquet bytes, rows)."""
    sheets = load_sheets(TOWNSHIP)
    files = {f"{code}.parquet": (parquet(sheets[code].listed, rows), len(rows)) for code, rows in data.lists.items()}
    tickets = [tuple(vars(a).values()) for a in data.anomalies]
    files["anomalies.parquet"] = (parquet(_ANOMALY_COLUMNS, tickets), len(tickets))
    return files


def parquet(columns: Sequence[SheetColumn], rows: Sequence[Cells]) -> bytes:
    """Parquet (zstd) with the columns' lake names and types; '' becomes null."""
    cells = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    arrays = [
        pl.Series([text or None for text in column], dtype=pl.String)
        .to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.string()).cast(_TYPES[c.type])
        for c, column in zip(columns, cells, strict=True)
    ]  # fmt: skip; made by way of polars, for pyarrow loads pandas to look at a list
    out = io.BytesIO()
    table = pa.Table.from_arrays(arrays, names=[c.name for c in columns])
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()
