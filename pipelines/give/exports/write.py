"""Rows into the files a receiver agreed to.

Belongs here: CSV, JSON pages and Parquet, and which writer a contract means. Does not belong here: workbooks
(workbook.py), locks, folders. Equal rows give equal bytes.
"""

import io
import json
from collections.abc import Iterator, Sequence
from datetime import date

import polars as pl
import pyarrow.parquet as pq

from pipelines.give.exports.contract import Export
from pipelines.give.exports.workbook import TIME_FORMAT, as_text, workbook
from pipelines.ingest.formats.formula_prefix import with_prefix
from pipelines.kit.contracts import Feed

PAGE_ROWS = 5_000


def files(
    export: Export, feed: Feed, rows: pl.DataFrame, scope: str, as_of: date, kind: str, sources: Sequence[str] = ()
) -> Iterator[tuple[str, bytes, int]]:
    """(file name, bytes, rows) of everything that is sent; `feed` has the columns of `rows`, in order. `sources` say
    how old the data are, where the file has a cover."""
    stem = export.stem(scope, as_of, kind)
    if feed.format == "json":
        for number, page, text in _json_pages(feed, rows):
            yield f"{stem}_p{number:04d}.json", text, page.height
    elif feed.format == "xlsx":
        yield f"{stem}.xlsx", workbook(export, feed, rows, as_of, kind, sources), rows.height
    elif feed.format == "parquet":
        yield f"{stem}.parquet", _parquet(feed, rows), rows.height
    else:
        yield f"{stem}.csv", _csv(feed, rows), rows.height


def _csv(feed: Feed, rows: pl.DataFrame) -> bytes:
    """Lines end as spreadsheet programs write them; `utf-8-sig` puts the mark first that they look for."""
    texts = [with_prefix(pl.col(c.name)) for c in feed.columns if c.type == "string"]
    out = io.BytesIO()
    headed = rows.with_columns(texts).rename(_headings(feed))
    headed.write_csv(out, line_terminator="\r\n", datetime_format=TIME_FORMAT)
    if feed.encoding in (None, "utf-8"):
        return out.getvalue()
    return out.getvalue().decode().encode(feed.encoding)


def _json_pages(feed: Feed, rows: pl.DataFrame) -> Iterator[tuple[int, pl.DataFrame, bytes]]:
    """Pages as department interfaces answer them; without rows one empty page. Decimals are text, or they would
    be rounded on the way."""
    pages = max(1, -(-rows.height // PAGE_ROWS))
    shown = rows.with_columns(as_text(c) for c in feed.columns if c.type not in ("string", "integer"))
    for number in range(1, pages + 1):
        page = shown.slice((number - 1) * PAGE_ROWS, PAGE_ROWS)
        document = {
            "code": 0, "message": "success", "total": rows.height, "page": number, "pages": pages,
            "data": page.rename(_headings(feed)).to_dicts(),
        }  # fmt: skip
        yield number, page, (json.dumps(document, ensure_ascii=False) + "\n").encode()


def _parquet(feed: Feed, rows: pl.DataFrame) -> bytes:
    """Typed, under the Chinese headings."""
    out = io.BytesIO()
    pq.write_table(rows.rename(_headings(feed)).to_arrow(), out, compression="zstd", compression_level=1)
    return out.getvalue()


def _headings(feed: Feed) -> dict[str, str]:
    return {c.name: c.label for c in feed.columns}
