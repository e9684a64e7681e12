"""The rows of a delivery its department has to look at, with the reason and the row as it was sent.

Belongs here: choosing them out of quarantine.parquet without holding it in memory. Does not belong here: the sheet
they are written to (delivery_notices.py).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.ingest.bronze.profile import CHANGE_TYPE, DELETED
from pipelines.ingest.bronze.result import DeliveryResult
from pipelines.ingest.bronze.store import QUARANTINE_FILE
from pipelines.ingest.values import problems
from pipelines.ingest.values.identifiers import invalid
from pipelines.kit.contracts import Feed
from pipelines.kit.paths import Paths

MOST_ROWS = 5_000
_WHY = "_why"


@dataclass(frozen=True)
class BadRow:
    """`row` as an editor shows it; `column` '' when it is not one column; `cells` by heading, as sent."""

    sheet: str
    row: int
    column: str
    reason: str
    cells: Mapping[str, str]


def bad_rows(paths: Paths, feed: Feed, result: DeliveryResult) -> tuple[list[BadRow], int]:
    """(at most MOST_ROWS rows in order of the file, how many there are).

    Of a delivery refused as a whole: rows with a fault of their own, and those its breaker counted. Rows that only
    went because the delivery went are not listed.
    """
    why = _reason(feed, result)
    entries = (
        pl.scan_parquet(paths.bronze / result.feed / result.folder / QUARANTINE_FILE)
        .filter(pl.col("row") > 0)
        .with_columns(why.alias(_WHY))
        .filter(pl.col(_WHY).is_not_null())
    )
    count = entries.select(pl.len()).collect().item()
    shown = entries.head(MOST_ROWS).collect()
    return [_bad_row(e, result) for e in shown.iter_rows(named=True)], count


def _reason(feed: Feed, result: DeliveryResult) -> pl.Expr:
    """Why a row is listed: its own message, or what the breaker counted; null for the others."""
    own = pl.when(pl.col("code") != (result.breaker_code or "")).then(pl.col("message"))
    headings = result.profile.headings
    if result.breaker_code == "E_INVALID_IDS":
        counted = [
            pl.when(_cell(headings[name]).map_batches(invalid, return_dtype=pl.Boolean, is_elementwise=True))
            .then(pl.lit(f"「{headings[name]}」列校验位不对"))
            for name in result.profile.ids
            if name in headings
        ]
        return pl.coalesce(own, pl.concat_str(counted, separator="；", ignore_nulls=True).replace("", None))
    if result.breaker_code == "E_DUPLICATE_SHARE":
        key = pl.concat_str([_cell(headings[k]).fill_null("") for k in feed.key_columns], separator="|")
        return pl.coalesce(own, pl.when(key.is_duplicated()).then(pl.lit("主键与本文件其他行重复")))
    if result.breaker_code == "E_DELETE_SHARE":
        is_deleted = _cell(headings[CHANGE_TYPE]) == DELETED
        return pl.coalesce(own, pl.when(is_deleted).then(pl.lit("要求删除")))
    return own


def _cell(heading: str) -> pl.Expr:
    """The cell under a heading, out of the row as sent."""
    shape = pl.Struct([pl.Field(heading, pl.String)])
    return pl.col("raw").str.json_decode(shape).struct.field(heading)


def _bad_row(entry: Mapping, result: DeliveryResult) -> BadRow:
    place = problems.place(result.file_name, entry["sheet"], entry["row"])
    cells = {k: v or "" for k, v in json.loads(entry["raw"]).items()}
    reason = entry[_WHY].removeprefix(place).lstrip("：")
    return BadRow(entry["sheet"] or "", entry["row"], entry["column"] or "", reason, cells)


def all_headings(rows: Sequence[BadRow]) -> list[str]:
    """Every heading of these rows, in order of first appearance."""
    return list(dict.fromkeys(h for r in rows for h in r.cells))
