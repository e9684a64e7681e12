"""Rows that could not be taken in, each with its place, its reason and its cells.

Belongs here: building entries of quarantine.parquet, one a row. Does not belong here: deciding what is bad.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

from pipelines.ingest.bronze.breakers import Breaker
from pipelines.ingest.landing import Delivery
from pipelines.ingest.values import problems
from pipelines.ingest.values.header import Header
from pipelines.ingest.values.schema import QUARANTINE
from pipelines.ingest.values.table import ROW, Spoilt
from pipelines.ingest.values.typing import Fault, any_fault

_ORIGINAL = "原文"


def faulty(
    rows: pl.DataFrame, faults: Sequence[Fault], header: Header, delivery: Delivery, sheet: str | None
) -> pl.DataFrame:
    """Entries for rows (text cells) with faults: the first gives column and code, all give the message."""
    if not faults:
        return pl.DataFrame(schema=QUARANTINE)
    bad = any_fault(faults, rows.height)
    rows = rows.filter(bad)
    file = problems.place(delivery.file_name, sheet)
    column, code, texts = [], [], []
    for fault in faults:
        mask = fault.mask.filter(bad)
        heading = header.headings[header.columns[fault.column.name]]
        problem = problems.ROW[fault.code]
        column.append(pl.when(mask).then(pl.lit(heading)))
        code.append(pl.when(mask).then(pl.lit(fault.code)))
        texts.append(pl.when(mask).then(pl.lit(f"「{heading}」列{problem.what}，{problem.next}")))
    words = pl.concat_str(texts, separator="；", ignore_nulls=True)
    entries = rows.select(
        row=pl.col(ROW),
        column=pl.coalesce(column),
        code=pl.coalesce(code),
        message=pl.format("{}第 {} 行{}。", pl.lit(file), pl.col(ROW), words),
        raw=_raw(header),
    )
    return _complete(entries, delivery, sheet)


def whole(
    rows: pl.DataFrame, header: Header, delivery: Delivery, sheet: str | None, refusal: Breaker
) -> pl.DataFrame:
    """Entries for rows (text cells) that go because their delivery goes."""
    where = problems.place(delivery.file_name, sheet)
    entries = rows.select(
        row=pl.col(ROW),
        column=pl.lit(None, pl.String),
        code=pl.lit(refusal.code),
        message=pl.format("{}第 {} 行随整份文件退回：{}", pl.lit(where), pl.col(ROW), pl.lit(refusal.why)),
        raw=_raw(header),
    )
    return _complete(entries, delivery, sheet)


def spoilt(items: Sequence[Spoilt], delivery: Delivery, sheet: str | None) -> pl.DataFrame:
    """Entries for rows that could not be split into cells."""
    if not items:
        return pl.DataFrame(schema=QUARANTINE)
    entries = pl.DataFrame(
        {
            "row": [s.row for s in items],
            "column": [None for _ in items],
            "code": [s.code for s in items],
            "message": [
                problems.place(delivery.file_name, sheet, s.row)
                + "："
                + problems.reason(problems.ROW[s.code], s.detail)
                for s in items
            ],
            "raw": pl.Series([s.raw for s in items], dtype=pl.String),
        },
        schema_overrides={"row": pl.Int64, "column": pl.String, "code": pl.String, "message": pl.String},
    )
    original = pl.struct(pl.col("raw").alias(_ORIGINAL)).struct.json_encode()
    return _complete(entries.with_columns(original.alias("raw")), delivery, sheet)


def unread(delivery: Delivery, refusal: Breaker) -> pl.DataFrame:
    """The one entry, at row 0, of a file of which no row can be read."""
    entry = {"row": 0, "column": None, "code": refusal.code, "message": refusal.message, "raw": None}
    overrides = {"row": pl.Int64, "column": pl.String, "raw": pl.String}
    return _complete(pl.DataFrame([entry], schema_overrides=overrides), delivery, None)


def _raw(header: Header) -> pl.Expr:
    """The cells of a row as a JSON object by heading; headings blank or repeated get their place."""
    seen: dict[str, int] = {}
    fields = []
    for place, heading in enumerate(header.headings):
        name = heading if heading and heading not in seen else f"{heading}（第{place + 1}列）"
        seen[name] = place
        fields.append(pl.col(f"c{place}").alias(name))
    return pl.struct(fields).struct.json_encode()


def _complete(entries: pl.DataFrame, delivery: Delivery, sheet: str | None) -> pl.DataFrame:
    return (
        entries.with_columns(
            feed=pl.lit(delivery.feed),
            delivery_id=pl.lit(delivery.delivery_id),
            delivered_on=pl.lit(date.fromisoformat(delivery.delivered_on)),
            file=pl.lit(delivery.file_name),
            sheet=pl.lit(sheet, pl.String),
        )
        .select(QUARANTINE.names())
        .cast(dict(QUARANTINE))
    )
