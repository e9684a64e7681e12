"""A department's table read as it stands at one moment.

Belongs here: opening it, telling which column is which, the one statement that reads it. Does not belong here: what
of it is new (delta.py). Rows are streamed: a table of any size passes through 0.2 GB of memory.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.ingest.collect.address import database_address, secrets
from pipelines.ingest.collect.dialect import DIALECTS, Dialect, TableColumn, prepare
from pipelines.ingest.collect.report import SourceError, scrubbed
from pipelines.kit.contracts import Feed
from pipelines.kit.contracts.heading import normal
from pipelines.kit.contracts.model import Source
from pipelines.kit.tables import literal

CONFIG = {"autoinstall_known_extensions": False, "memory_limit": "2GB"}
CHANGE = "变动类型"
PARQUET = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1"


@dataclass(frozen=True)
class SourceTable:
    """An open table. `columns` by heading, in the table's order; `keys` and `watermark` are headings."""

    con: duckdb.DuckDBPyConnection
    dialect: Dialect
    place: str
    columns: dict[str, TableColumn]
    keys: tuple[str, ...]
    watermark: str | None

    def relation(self, since: str | None = None) -> str:
        """DuckDB SQL of the rows, columns called by headings and `_is_read`; to be read once, as a stream.

        With a watermark `since`, all keys are there, but the other columns only of rows marked at or after it, or
        not marked at all: `_is_read` is false for the rest.
        """
        condition = self._condition(since) if since else "1 = 1"
        told = [
            column.selected_if.format(condition) if since and heading not in self.keys else column.selected
            for heading, column in self.columns.items()
        ]
        told.append(f"CASE WHEN {condition} THEN 1 ELSE 0 END")
        numbered = ", ".join(f"{expression} AS c{n}" for n, expression in enumerate(told))
        asked = f"SELECT {numbered} FROM {self.dialect.name(self.place)}"
        names = ", ".join(map(quoted, [*self.columns, "_is_read"]))
        return f"{self.dialect.query}('src', {literal(asked)}) AS _there({names})"

    def _condition(self, since: str) -> str:
        column = self.columns[self.watermark]
        name = self.dialect.quoted(column.name)
        return f"({name} >= {self.dialect.value(column, since)} OR {name} IS NULL)"


def quoted(heading: str) -> str:
    """A heading as a name in DuckDB SQL."""
    return '"' + heading.replace('"', '""') + '"'


@contextmanager
def opened(feed: Feed, source: Source, scratch: Path) -> Iterator[SourceTable]:
    """The table of a source. Raises SourceError, in words without secrets, whatever goes wrong."""
    dialect, dsn = DIALECTS[source.kind], database_address(source)
    con = duckdb.connect(config={**CONFIG, "temp_directory": str(scratch / "spill")})
    try:
        prepare(con, dialect)
        dialect.attach(con, dsn)
        yield _table(con, dialect, feed, source)
    except duckdb.Error as error:
        said = scrubbed(str(error), secrets(source))
        raise SourceError(
            f"{feed.code} 从数据库 {source.connection} 的表 {source.place} 取数失败：{said}。"
            f"请检查网络、账号的只读权限和表名；修复后再次归集即可，不会漏取或重复"
        ) from None
    finally:
        con.close()


def _table(con: duckdb.DuckDBPyConnection, dialect: Dialect, feed: Feed, source: Source) -> SourceTable:
    asked = f"SELECT * FROM {dialect.query}('src', {literal(dialect.described(source.place))})"
    found = con.execute(asked).fetchall()
    if not found:
        raise SourceError(f"{feed.code}：数据库 {source.connection} 里没有表 {source.place}，请核对表名和查询权限")
    columns: dict[str, TableColumn] = {}
    for name, kind, comment in found:
        heading = _heading(feed, name, comment)
        if heading == CHANGE and feed.mode == "full_delta":
            continue  # ours says what happened since the last fetch
        heading = f"{heading}({name})" if heading in columns else heading
        columns[heading] = dialect.column(name, kind)
    keys = tuple(_the_one(columns, feed.by_name[k].headers, feed, source) for k in feed.key_columns)
    watermark = _the_one(columns, (source.watermark,), feed, source) if source.watermark else None
    return SourceTable(con, dialect, source.place, columns, keys, watermark)


def _heading(feed: Feed, name: str, comment: str) -> str:
    """What a column is called in the file: its name where the contract knows that, else the remark beside it."""
    if normal(name) in feed.by_heading or not comment.strip():
        return name
    return comment.strip()


def _the_one(columns: dict[str, TableColumn], wanted: Sequence[str], feed: Feed, source: Source) -> str:
    """The heading under which a column is there. Raises SourceError."""
    accepted = {normal(h) for h in wanted}
    for heading, column in columns.items():
        if normal(heading) in accepted or normal(column.name) in accepted:
            return heading
    raise SourceError(
        f"{feed.code}：数据库 {source.connection} 的表 {source.place} 里没有列「{wanted[0]}」；"
        f"现有列：{'、'.join(columns)}。请核对合同，或请部门补上列注释"
    )
