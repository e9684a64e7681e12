"""Asking the lake by hand (`python -m pipelines query`): reading, and nothing else.

Belongs here: what a query may be and may touch. Does not belong here: why it has no answer, in words
(asking_words.py), what days count for (asking_days.py), 查询核验 (give/queries/), the command line.
"""

import csv
import sys
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

import duckdb

from pipelines import asking_days, asking_words
from pipelines.judge.ledger import shown
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths

_WIDTH, _ROWS = 200, 100
_AT_ONCE = 10_000


class NotAQuestionError(ValueError):
    """The text is no query that only reads, or its days are none it can be asked by; the message says why, for whoever
    typed it."""


def ask(paths: Paths, sql: str, days: Mapping[str, date] = MappingProxyType({}), is_whole: bool = False) -> None:
    """Print the answer to one query on the lake, whose schemas need no prefix, as a table that fits a screen, or
    (`is_whole`) every row and column as CSV. `days`: on which the views of `past` are asked, by their variable.

    The lake is open read only and no other file can be opened, neither to write (COPY … TO, EXPLAIN ANALYZE COPY …) nor
    to read. Raises NotAQuestionError, also for SQL that DuckDB refuses.
    """
    if not paths.lake_catalog.exists():
        raise NotAQuestionError(asking_words.NO_LAKE)
    with connect(paths, read_only=True) as con:
        con.execute("USE lake")
        for variable, day in days.items():
            con.execute(f"SET VARIABLE {variable} = DATE '{day}'")
        _shut(con, paths)
        if said := unfinished(con):
            print(said, file=sys.stderr)
        try:
            kinds = [statement.type for statement in con.extract_statements(sql)]
            if kinds != [duckdb.StatementType.SELECT]:
                found = ", ".join(kind.name for kind in kinds) or "空白"
                raise NotAQuestionError(asking_words.READ_ONLY.format(found))
            if why := asking_days.why_none(con, sql, days):
                raise NotAQuestionError(why)
            for said in asking_days.beside(con, paths, sql, days):
                print(said, file=sys.stderr)
            _write(con.sql(sql)) if is_whole else con.sql(sql).show(max_width=_WIDTH, max_rows=_ROWS)
        except (duckdb.Error, TypeError, UnicodeError) as error:  # the last two: text that is no UTF-8
            raise NotAQuestionError(asking_words.explained(error, _tables(con))) from error


def _write(answer: duckdb.DuckDBPyRelation) -> None:
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(answer.columns)
    while rows := answer.fetchmany(_AT_ONCE):
        out.writerows(rows)


def unfinished(con: duckdb.DuckDBPyConnection) -> str:
    """That the lake stands half-way in a turn, so that what it shows may not fit together; '' when a turn is closed."""
    found = shown.look(con)
    if found and found.has_come_to(shown.CLOSED):
        return ""
    if found is None:
        return "注意：湖仓现在没有完整的一轮（尚未运行，或在开启时中断），查到的内容可能不完整。no turn is shown"
    return (
        f"注意：{found.as_of} 这一轮只走到「{found.step}」，尚未办结，查到的内容可能新旧混杂；请先把作业 turn 运行完。"
        f"The turn of {found.as_of} has only come to '{found.step}'"
    )


def _tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    """schema.table of everything in the lake."""
    tables = "SELECT table_schema || '.' || table_name FROM information_schema.tables WHERE table_catalog = 'lake'"
    return sorted(name for (name,) in con.execute(tables).fetchall())


def _shut(con: duckdb.DuckDBPyConnection, paths: Paths) -> None:
    """From here on only files of the lake can be opened, and that cannot be taken back."""
    con.execute(f"SET allowed_directories = ['{paths.lake_catalog.parent}/']")
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")
