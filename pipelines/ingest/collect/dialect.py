"""What PostgreSQL and MySQL say differently.

Belongs here: attaching, describing a table, quoting, which types arrive exactly. Does not belong here: what is read
when (table.py, delta.py). Both are read by DuckDB's scanners, which stream in 0.2 GB whatever the table holds. Their
query functions are used and not their table scans: the statement is ours, and one statement sees one state of the
table. Two would not, in one transaction either: the query function of MySQL's scanner stays outside of it.
"""

import re
from dataclasses import dataclass

import duckdb
from duckdb_extensions import import_extension

from pipelines.kit.city_time import CITY_TIME
from pipelines.kit.tables import literal

_PG_EXACT = r"smallint|integer|bigint|text|character varying.*|character.*|date|timestamp(\(\d\))? without time zone"
_MY_EXACT = r"(tiny|small|medium|big)?int(\(\d+\))?( unsigned)?( zerofill)?|(var)?char.*|(tiny|medium|long)?text"
_MOMENT = r"date|timestamp.*|datetime.*"
_NUMBER = r"(tiny|small|medium|big)?int(eger)?\b.*"


@dataclass(frozen=True)
class TableColumn:
    """A column of a source's table: its `name` and `type` there, the remark beside it, how it is `selected` and
    how it is selected where a condition holds only (`selected_if`, with `{}` for the condition)."""

    name: str
    type: str
    selected: str
    selected_if: str

    @property
    def is_moment(self) -> bool:
        """Dates and times, which can be counted back from."""
        return re.fullmatch(_MOMENT, self.type) is not None

    @property
    def is_number(self) -> bool:
        """Whole numbers, as sequences are."""
        return re.fullmatch(_NUMBER, self.type) is not None


class Postgres:
    """PostgreSQL and what speaks its protocol."""

    extension, query = "postgres_scanner", "postgres_query"

    def attach(self, con: duckdb.DuckDBPyConnection, dsn: str) -> None:
        """Attach the database as `src`, read only; a server that does not answer is given up after 15 s."""
        if "connect_timeout" not in dsn:
            is_url = "://" in dsn
            dsn += (("&" if "?" in dsn else "?") if is_url else " ") + "connect_timeout=15"
        con.execute(f"ATTACH {literal(dsn)} AS src (TYPE postgres, READ_ONLY)")

    def described(self, place: str) -> str:
        """SQL: name, type and comment of every column of a table or view, in order."""
        return f"""
            SELECT attname::text, format_type(atttypid, atttypmod), coalesce(col_description(attrelid, attnum), '')
            FROM pg_attribute WHERE attrelid = to_regclass({literal(self.name(place))})
            AND attnum > 0 AND NOT attisdropped ORDER BY attnum"""

    def name(self, place: str) -> str:
        """A table's name, quoted."""
        return ".".join(self.quoted(part) for part in place.split("."))

    def quoted(self, name: str) -> str:
        """A name as it stands in SQL."""
        return '"' + name.replace('"', '""') + '"'

    def column(self, name: str, kind: str) -> TableColumn:
        """A column that loses nothing on the way: types DuckDB has no equal for arrive as their text."""
        column, arrives = self.quoted(name), kind
        if kind.startswith("timestamp") and kind.endswith(" with time zone"):
            column, arrives = f"({column} AT TIME ZONE '{CITY_TIME}')", "timestamp"
        elif not (re.fullmatch(_PG_EXACT, kind) or _is_bounded_decimal(kind)):
            arrives = "text"
        # A CASE forgets how many digits a number has.
        return TableColumn(name, kind, f"{column}::{arrives}", f"(CASE WHEN {{}} THEN {column} END)::{arrives}")

    def value(self, column: TableColumn, text: str) -> str:
        """A literal to compare a column with; moments are those of the city's clock."""
        return literal(text + "+08" * column.type.endswith("with time zone"))


class MySql:
    """MySQL and MariaDB. Dates arrive as text, as theirs may be 0000-00-00."""

    extension, query = "mysql_scanner", "mysql_query"

    def attach(self, con: duckdb.DuckDBPyConnection, dsn: str) -> None:
        """Attach the database as `src`, read only, on the city's clock."""
        con.execute("SET mysql_session_time_zone = '+08:00'")
        con.execute("SET mysql_query_timeout_enabled = false")  # five minutes, else: too little for a city
        con.execute("SET mysql_tinyint1_as_boolean = false")  # codes 0 to 9 are kept in TINYINT(1)
        con.execute(f"ATTACH {literal(dsn)} AS src (TYPE mysql, READ_ONLY)")

    def described(self, place: str) -> str:
        """SQL: name, type and comment of every column of a table or view, in order."""
        *schema, table = place.split(".")
        where = literal(schema[0]) if schema else "DATABASE()"
        return f"""
            SELECT column_name, CAST(column_type AS CHAR), column_comment FROM information_schema.columns
            WHERE table_schema = {where} AND table_name = {literal(table)} ORDER BY ordinal_position"""

    def name(self, place: str) -> str:
        """A table's name, quoted."""
        return ".".join(self.quoted(part) for part in place.split("."))

    def quoted(self, name: str) -> str:
        """A name as it stands in SQL."""
        return "`" + name.replace("`", "``") + "`"

    def column(self, name: str, kind: str) -> TableColumn:
        """A column that loses nothing on the way."""
        is_exact = re.fullmatch(_MY_EXACT, kind) or _is_bounded_decimal(kind)
        column = self.quoted(name) if is_exact else f"CAST({self.quoted(name)} AS CHAR)"
        return TableColumn(name, kind, column, f"CASE WHEN {{}} THEN {column} END")

    def value(self, column: TableColumn, text: str) -> str:
        """A literal to compare a column with; MySQL takes a backslash for an escape."""
        return literal(text.replace("\\", "\\\\"))


Dialect = Postgres | MySql
DIALECTS: dict[str, Dialect] = {"postgres": Postgres(), "mysql": MySql()}


def prepare(con: duckdb.DuckDBPyConnection, dialect: Dialect) -> None:
    """Load the extension from its wheel; nothing is downloaded."""
    import_extension(dialect.extension)
    con.execute(f"LOAD {dialect.extension}")


def _is_bounded_decimal(kind: str) -> bool:
    digits = re.fullmatch(r"(?:numeric|decimal)\((\d+),\d+\)", kind)
    return bool(digits) and int(digits[1]) <= 38
