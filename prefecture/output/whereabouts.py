"""In which row of which file everything ended up: the part of the register that is known only at the end.

Belongs here: cases, true identities, places, villages and unreadable rows by file and row. Does not belong here:
planting.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from prefecture.feeds.feed import Feed
from prefecture.log import TOUCHED
from prefecture.months import Month
from prefecture.output.writers import Written

MARK = "_quarantine"
_CASE_ROWS = {"case_id": pl.String, "feed": pl.String, "file": pl.String, "row": pl.Int64}
_QUARANTINE = {"feed": pl.String, "file": pl.String, "row": pl.Int64, "code": pl.String, "as_of": pl.Date}


@dataclass
class Whereabouts:
    """`cases`: the register's case table."""

    month: Month
    cases: pl.DataFrame
    found: list[pl.DataFrame] = field(default_factory=list)
    unreadable: list[pl.DataFrame] = field(default_factory=list)

    def note(self, feed: Feed, written: Written) -> dict[str, pl.DataFrame]:
        """Take down the rows of a chunk; returns by folder whose they are (feed, file, row, column, person), which
        places they speak of (feed, file, row, site), in which village their address lies (feed, file, row, village)."""
        rows = written.rows.with_columns(
            (pl.int_range(pl.len(), dtype=pl.Int64) + written.first).alias("row"),
            pl.lit(feed.code).alias("feed"),
            pl.lit(written.file).alias("file"),
        )
        for column in ("_pid", "_eid"):
            if column in rows.columns:
                self.found.append(self._case_rows(feed, rows, column))
        if MARK in rows.columns:
            self.unreadable.append(
                rows.filter(pl.col(MARK).is_not_null()).select(
                    "feed",
                    "file",
                    "row",
                    pl.col(MARK).alias("code"),
                    pl.lit(self.month.as_of).alias("as_of"),
                )
            )
        return {"identity": _identities(feed, rows), "sites": _told(rows, "site"), "addresses": _told(rows, "village")}

    def _case_rows(self, feed: Feed, rows: pl.DataFrame, column: str) -> pl.DataFrame:
        """Rows planted for a case, and rows of its feed about its person or enterprise."""
        at = self.month.as_of
        shows = (pl.col("as_of") <= at) & (pl.col("last_as_of").is_null() | (pl.col("last_as_of") >= at))
        cases = self.cases.filter(shows & pl.col(column).is_not_null())
        cases = cases.select("case_id", pl.col("feed").alias("_of"), column)
        wanted = rows.select("feed", "file", "row", column, TOUCHED).join(cases, on=column)
        return wanted.filter(pl.col(TOUCHED) | (pl.col("_of") == feed.code)).select(*_CASE_ROWS)


@contextmanager
def truth_files(folder: Path, month: Month, feed: Feed) -> Iterator[Callable[[dict[str, pl.DataFrame]], None]]:
    """`identity/{period}_{feed}.parquet`, `sites/…` and `addresses/…`, written chunk by chunk: what
    `Whereabouts.note` returns. None where nothing is known."""
    with ExitStack() as stack:
        writers: dict[str, pq.ParquetWriter] = {}

        def put(found: dict[str, pl.DataFrame]) -> None:
            for name, rows in found.items():
                if rows.is_empty():
                    continue
                table = rows.to_arrow(compat_level=pl.CompatLevel.oldest())
                if name not in writers:
                    path = folder / name / f"{month.period}_{feed.code}.parquet"
                    path.parent.mkdir(parents=True, exist_ok=True)
                    writers[name] = stack.enter_context(pq.ParquetWriter(path, table.schema, compression="zstd"))
                writers[name].write_table(table)

        yield put


def write_whereabouts(parts: Sequence[Whereabouts], month: Month, folder: Path) -> None:
    """Write `case_rows/{period}.parquet` and `quarantine/{period}.parquet` of one month."""
    for name, frames, schema in (
        ("case_rows", [f for part in parts for f in part.found], _CASE_ROWS),
        ("quarantine", [f for part in parts for f in part.unreadable], _QUARANTINE),
    ):
        (folder / name).mkdir(parents=True, exist_ok=True)
        table = pl.concat([pl.DataFrame(schema=schema), *frames]).sort(*schema)
        table.write_parquet(folder / name / f"{month.period}.parquet")


def _told(rows: pl.DataFrame, what: str) -> pl.DataFrame:
    hidden = f"_{what}"
    known = rows if hidden in rows.columns else rows.head(0).with_columns(pl.lit(None, pl.String).alias(hidden))
    return known.filter(pl.col(hidden).is_not_null()).select("feed", "file", "row", pl.col(hidden).alias(what))


def _identities(feed: Feed, rows: pl.DataFrame) -> pl.DataFrame:
    schema = {"feed": pl.String, "file": pl.String, "row": pl.Int64, "column": pl.String, "person": pl.Int64}
    frames = [
        rows.filter(pl.col(hidden).is_not_null()).select(
            "feed", "file", "row", pl.lit(column).alias("column"), pl.col(hidden).alias("person")
        )
        for column, hidden in feed.people
    ]
    return pl.concat([pl.DataFrame(schema=schema), *frames])
