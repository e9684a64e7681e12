"""The table `dictionary` of the analysts' file: a row a column: what it is, its unit, what it is made of, how new.

Belongs here: gathering what comments, contracts, lineage and freshness say. Does not belong here: what a column is (the
models' descriptions, words.py, expectations/answers), which columns there are.
"""

from collections.abc import Iterable, Mapping
from functools import cache

import duckdb

from pipelines.give.published.answers import Answer
from pipelines.give.published.names import load_names
from pipelines.give.published.words import FRESHNESS
from pipelines.kit.contracts import load_contracts
from pipelines.kit.disclosure.columns import load_lineage
from pipelines.kit.models import BRONZE, bronze_behind
from pipelines.kit.tables import temp_table

DICTIONARY = "dictionary"
COMMENTS = {
    "": "数据字典：各表各列一行 The data dictionary, a row a column",
    "table_name": "表或视图 Table or view",
    "place": "第几列 Place of the column, from 1",
    "column_name": "列 Column",
    "data_type": "类型 Type",
    "words": "说明，包括出库时作了什么处理 What it is, and what was done to it on the way out",
    "unit": "单位 Unit",
    "made_of": "由什么得来：数据源、本系统台账、参考数据；计数的列为全表所据的数据源 What it is made of: "
    "feeds, our own ledger, reference data; of counts all feeds behind the table",
    "oldest_period": "这些数据源中最旧的一处到哪一期 Newest period of the unit that is furthest behind, of those feeds",
    "newest_period": "最新的一处到哪一期 Newest period among them",
    "is_stale": "其中有没有欠报的，见 source_freshness Whether any of them owes a period",
}
_COLUMNS = (
    "table_name VARCHAR, place INTEGER, column_name VARCHAR, data_type VARCHAR, words VARCHAR, unit VARCHAR, "
    "made_of VARCHAR, oldest_period VARCHAR, newest_period VARCHAR, is_stale BOOLEAN"
)
_THERE = """
    SELECT table_name, column_index::INTEGER, column_name, data_type, comment FROM duckdb_columns()
    WHERE database_name = ? AND NOT internal ORDER BY table_name, column_index"""
_NEW = f"SELECT feed, min(newest_period), max(newest_period), bool_or(is_stale) FROM {{}}.{FRESHNESS} GROUP BY feed"
_HOUSE = {"ledger": "本系统台账 ledger", "reference": "参考数据 reference"}
_NUMBERS = ("BIGINT", "INTEGER", "DOUBLE")
# Unit by column; a number that is not named here has that of the number before it in its table (female_count: 人).
_UNITS = {
    "amount": "元", "resident_count": "人", "male_count": "人", "payee_count": "人", "insured_count": "人",
    "member_count": "人", "child_count": "人", "elderly_count": "人", "household_size": "人", "household_count": "户",
    "dwelling_count": "套", "enterprise_count": "家", "village_count": "个", "grid_count": "个", "scope_count": "个",
    "stale_sources": "个", "ticket_count": "件", "reopen_count": "次", "delivery_count": "批", "row_count": "行",
    "rows_blanked": "行", "rows_withheld": "行或格", "checked_count": "行", "days_behind": "天", "share": "%",
    "per_ten_thousand": "每万行", "pupil_count": "人", "not_enrolled_count": "人", "parcel_count": "块",
    "incident_count": "件", "report_hour": "时",
    "entry_year": "", "established_year": "", "cancelled_year": "", "k": "",
}  # fmt: skip


def add_dictionary(con: duckdb.DuckDBPyConnection, answers: Iterable[Answer], out: str) -> None:
    """Make the table in database `out`, of all that is there by now."""
    there = con.execute(_THERE, [out]).fetchall()
    is_told = any(table == FRESHNESS for table, *_ in there)
    new = {feed: rest for feed, *rest in con.execute(_NEW.format(out)).fetchall()} if is_told else {}
    reads = {answer.name: answer.reads for answer in answers}
    lineage, codes = load_lineage(), {names.column: code for code, names in load_names().items()}
    units = _units([(table, column, kind) for table, _, column, kind, _ in there])
    rows = []
    for table, place, column, kind, words in there:
        feeds, made_of = _made_of(_sources(lineage, reads.get(table, (table,)), codes.get(column, column)))
        unit = units.get((table, column), "") or None
        rows.append((table, place, column, kind, words, unit, made_of or None, *_newness(feeds, new)))
    temp_table(con, DICTIONARY, _COLUMNS, rows)
    con.execute(f"CREATE TABLE {out}.{DICTIONARY} AS FROM temp.{DICTIONARY}")
    con.execute(f"DROP TABLE temp.{DICTIONARY}")


def _sources(lineage: Mapping[str, Mapping[str, Iterable[str]]], tables: Iterable[str], column: str) -> set[str]:
    """What is behind a column of one of the tables. What counts rows, or is worked out of such counts, rests on every
    feed behind the tables; where no feed is, on all they read."""
    read = [lineage.get(f"published.{table}", {}) for table in tables]
    named = {source for columns in read for source in columns.get(column, ())}
    everything = {source for columns in read for sources in columns.values() for source in sources}
    return named or {f"{BRONZE}.{feed}" for feed in _feeds_behind(tuple(tables))} or everything


@cache
def _feeds_behind(tables: tuple[str, ...]) -> frozenset[str]:
    behind = bronze_behind(("published", table) for table in tables)
    return frozenset(code for code, feed in load_contracts().items() if feed.table in behind)


def _units(columns: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str], str]:
    """(table, column) -> unit; `columns`: (table, column, type) in their order."""
    found, before = {}, ("", "")
    for table, column, kind in columns:
        if column in _UNITS:
            found[table, column] = _UNITS[column]
        elif kind in _NUMBERS:
            found[table, column] = before[1] if before[0] == table else ""
        if kind in _NUMBERS:
            before = table, found[table, column]
    return found


def _made_of(sources: Iterable[str]) -> tuple[list[str], str]:
    """The feeds behind source columns, and in words what is behind them."""
    contracts = load_contracts()
    kinds = {source.split(".")[0] for source in sources}
    feeds = sorted({source.split(".")[1] for source in sources if source.startswith("bronze.")})
    told = [f"{feed} {contracts[feed].title}" for feed in feeds]
    return feeds, "、".join([*told, *(words for kind, words in _HOUSE.items() if kind in kinds)])


def _newness(feeds: Iterable[str], new: Mapping[str, list]) -> tuple[str | None, str | None, bool | None]:
    """Oldest and newest period among the feeds, and whether one owes any; nothing where nobody knows."""
    known = [new[feed] for feed in feeds if feed in new]
    oldest = min((low for low, _, _ in known if low), default=None)
    newest = max((high for _, high, _ in known if high), default=None)
    return oldest, newest, any(stale for *_, stale in known) if known else None
