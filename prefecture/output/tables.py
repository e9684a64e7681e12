"""Tables of the departments' front-end databases (前置库), filled month by month.

Belongs here: what such a table looks like and how a department brings it up to date. Does not belong here:
which rows a department has, or files. Columns are named by the first letters of their Chinese headings, which
stand beside them as comments; `gxsj` says on which business date a row was last written. Rows that go are
gone: nobody marks them. DuckDB's PostgreSQL extension writes as fast as COPY through psycopg (6 s for a
million rows) and is what reads the tables afterwards, so there is one driver and not two.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import polars as pl
from duckdb_extensions import import_extension

from prefecture.feeds import FEEDS
from prefecture.feeds.feed import Feed
from prefecture.months import MONTHS, Month
from prefecture.output.deliveries import copied
from prefecture.output.parts import Parts
from prefecture.output.pinyin import initials
from prefecture.output.plans import plan_files

WATERMARK, BATCHES = "gxsj", "qzk_pici"
_CHANGE, _NEW = "change_type", "qzk_xin"
_WHOLE = "snapshot"
_BATCH_TABLE = f"""
    CREATE TABLE IF NOT EXISTS {BATCHES} (bm varchar, qc varchar, hs bigint, PRIMARY KEY (bm, qc));
    COMMENT ON TABLE {BATCHES} IS '前置库更新批次';
    COMMENT ON COLUMN {BATCHES}.bm IS '表名';
    COMMENT ON COLUMN {BATCHES}.qc IS '期次';
    COMMENT ON COLUMN {BATCHES}.hs IS '行数';
"""


@dataclass(frozen=True)
class Table:
    """A feed's table: `names` maps the feed's columns to the table's, `types` to their SQL types."""

    feed: Feed
    names: dict[str, str]
    types: dict[str, str]

    @classmethod
    def of(cls, feed: Feed, rows: pl.DataFrame) -> "Table":
        """The table that can hold these rows."""
        names = columns(feed)
        return cls(feed, names, {c: _type(c, rows.schema[c]) for c in names})

    def creation(self) -> str:
        """SQL that creates the table, with comments, unless it is there."""
        table, labels = self.feed.table, _labels(self.feed)
        body = ", ".join(f"{self.names[c]} {self.types[c]}" for c in self.names)
        comments = {self.names[c]: labels[c] for c in self.names} | {WATERMARK: "更新时间"}
        said = "".join(f"COMMENT ON COLUMN {table}.{c} IS '{label}';" for c, label in comments.items())
        return f"""
            CREATE TABLE IF NOT EXISTS {table} ({body}, {WATERMARK} timestamp NOT NULL);
            COMMENT ON TABLE {table} IS '{self.feed.title}';{said}
            CREATE INDEX IF NOT EXISTS {table}_{WATERMARK} ON {table} ({WATERMARK});
        """

    def update(self, month: Month) -> str:
        """SQL that brings the table up to date from the rows staged for the month."""
        table, whole = self.feed.table, ", ".join(self.names.values())
        cast = ", ".join(f"{n}::{self.types[c]}" for c, n in self.names.items())
        keys = [self.names[k] for k in self.feed.keys]
        is_register = self.feed.kind == "register"
        kept = f"WHERE {_CHANGE} IS DISTINCT FROM '删除'" if is_register else ""
        new = f"(SELECT {cast} FROM {_NEW} {kept}) AS xin ({whole})"
        if self.feed.kind == _WHOLE or (is_register and month.index == 0):
            same = f"ROW({_each('xin', self.names)})::text = ROW({_each('jiu', self.names)})::text"
            gone = f"DELETE FROM {table} AS jiu WHERE NOT EXISTS (SELECT FROM {new} WHERE {same});"
            fresh = f"WHERE NOT EXISTS (SELECT FROM {table} AS jiu WHERE {same})"
        else:
            same = " AND ".join(f"coalesce(jiu.{k}::text, '') = coalesce({_NEW}.{k}::text, '')" for k in keys)
            gone, fresh = f"DELETE FROM {table} AS jiu USING {_NEW} WHERE {same};", ""
        return f"{gone} INSERT INTO {table} SELECT xin.*, '{month.as_of} 20:00:00' FROM {new} {fresh};"


def columns(feed: Feed) -> dict[str, str]:
    """The feed's columns and what its table calls them; the second of two with equal letters gets a 2."""
    names: dict[str, str] = {}
    for column, label in _labels(feed).items():
        letters = initials(label)
        names[column] = letters + str(list(names.values()).count(letters) + 1) * (letters in names.values())
    return names


def fill(dsn: str, parts: Parts, months: Sequence[Month], codes: Sequence[str]) -> int:
    """Bring the tables of the feeds `codes` through the months, each month in one transaction; returns the
    rows written. The same month may be loaded again. Raises ValueError when months are missing between what a
    table holds and what it gets, or when it is already further on."""
    count = 0
    with attached(dsn) as con:
        for month in months:
            con.execute("BEGIN")
            count += sum(_load(con, parts, FEEDS[code], month) for code in codes)
            con.execute("COMMIT")
    return count


def check_order(dsn: str, month: Month, codes: Sequence[str]) -> None:
    """Raise ValueError when the tables are not where `fill` can go on with the month."""
    with attached(dsn) as con:
        for code in codes:
            _check_order(con, FEEDS[code], month)


@contextmanager
def attached(dsn: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB connection with the front-end database attached as `qzk`."""
    import_extension("postgres_scanner")
    con = duckdb.connect(config={"autoinstall_known_extensions": False})
    try:
        con.execute("LOAD postgres_scanner")
        con.execute(f"ATTACH '{dsn}' AS qzk (TYPE postgres)")
        _run(con, _BATCH_TABLE)
        yield con
    finally:
        con.close()


def _load(con: duckdb.DuckDBPyConnection, parts: Parts, feed: Feed, month: Month) -> int:
    if not feed.is_due(month):
        return 0
    _check_order(con, feed, month)
    table, count = None, 0
    for plan in copied(plan_files(parts, feed, month, {})):
        for chunk in plan.chunks():
            staged = _staged(feed, chunk)
            if table is None:
                table = Table.of(feed, chunk)
                con.execute(f"CREATE TABLE qzk.{_NEW} AS SELECT * FROM staged")
            else:
                con.execute(f"INSERT INTO qzk.{_NEW} SELECT * FROM staged")
            count += staged.height
    if table:
        batch = f"VALUES ('{feed.table}', '{month.period}', {count}) ON CONFLICT (bm, qc) DO UPDATE SET hs = {count}"
        _run(con, f"{table.creation()} {table.update(month)} INSERT INTO {BATCHES} {batch}")
        con.execute(f"DROP TABLE qzk.{_NEW}")
    return count


def _check_order(con: duckdb.DuckDBPyConnection, feed: Feed, month: Month) -> None:
    asked = f"SELECT max(qc) FROM {BATCHES} WHERE bm = ''{feed.table}''"
    last = con.execute(f"SELECT * FROM postgres_query('qzk', '{asked}')").fetchone()[0]
    if last and last > month.period:
        raise ValueError(f"{feed.table} stands at {last} already, it cannot go back to {month.period}")
    before = MONTHS[month.index - feed.every].period if month.index else None
    if feed.kind != _WHOLE and last not in (before, month.period) and month.index:
        raise ValueError(f"{feed.table} stands at {last}; load {before} before {month.period}")


def _staged(feed: Feed, rows: pl.DataFrame) -> pl.DataFrame:
    named = [_text_if_empty(rows, c).alias(n) for c, n in columns(feed).items()]
    change = [_text_if_empty(rows, _CHANGE)] if feed.kind == "register" else []
    return rows.select(*named, *change)


def _text_if_empty(rows: pl.DataFrame, column: str) -> pl.Expr:
    return pl.col(column).cast(pl.String) if rows.schema[column] == pl.Null else pl.col(column)


def _labels(feed: Feed) -> dict[str, str]:
    return {column: label for column, label in feed.headings("").items() if column != _CHANGE}


def _type(column: str, dtype: pl.DataType) -> str:
    if dtype == pl.Date or column.endswith("_date"):
        return "date"
    if dtype.is_integer():
        return "bigint"
    return "numeric(18, 2)" if dtype.is_numeric() else "varchar"


def _each(alias: str, names: dict[str, str]) -> str:
    return ", ".join(f"{alias}.{n}" for n in names.values())


def _run(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Run SQL in the database itself, within the transaction."""
    con.execute("CALL postgres_execute('qzk', ?)", [sql])
