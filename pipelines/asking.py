"""Asking the lake by hand (`python -m pipelines query`): reading, and nothing else.

Belongs here: what a query may be and may touch. Does not belong here: 查询核验 (queries/), the command line.
"""

import duckdb

from pipelines.lake import connect
from pipelines.paths import Paths

_WIDTH, _ROWS = 200, 100


class NotAQuestionError(ValueError):
    """The text is no query that only reads; the message says why, for whoever typed it."""


def ask(paths: Paths, sql: str) -> None:
    """Print the answer to one query on the lake, whose schemas need no prefix.

    The lake is open read only and no other file can be opened, neither to write (COPY … TO, EXPLAIN ANALYZE COPY …) nor
    to read. Raises NotAQuestionError, also for SQL that DuckDB refuses.
    """
    if not paths.lake_catalog.exists():
        raise NotAQuestionError("there is no lake yet: run a turn first (make run)")
    with connect(paths, read_only=True) as con:
        con.execute("USE lake")
        _shut(con, paths)
        try:
            kinds = [statement.type for statement in con.extract_statements(sql)]
            if kinds != [duckdb.StatementType.SELECT]:
                found = ", ".join(kind.name for kind in kinds) or "nothing"
                raise NotAQuestionError(f"one question at a time (SELECT …); this is {found}")
            con.sql(sql).show(max_width=_WIDTH, max_rows=_ROWS)
        except (duckdb.Error, TypeError, UnicodeError) as error:  # the last two: text that is no UTF-8
            raise NotAQuestionError(str(error)) from error


def _shut(con: duckdb.DuckDBPyConnection, paths: Paths) -> None:
    """From here on only files of the lake can be opened, and that cannot be taken back."""
    con.execute(f"SET allowed_directories = ['{paths.lake_catalog.parent}/']")
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")
