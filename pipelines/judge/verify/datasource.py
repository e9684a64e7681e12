"""Data source `duckdb` of Great Expectations over a DuckDB connection that is open already.

Belongs here: handing that connection to GX. Does not belong here: dialect and engine. Defining the class is
what registers `context.data_sources.add_duckdb`.
"""

import builtins
from typing import Any, Literal

import duckdb
import duckdb_engine
import sqlalchemy as sa
from great_expectations.compatibility import pydantic
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource

from pipelines.judge.verify import dialect
from pipelines.judge.verify.engine import DuckDBExecutionEngine


class DuckDBDatasource(SQLDatasource):
    """SQL data source that works on a cursor of a bound connection; it never opens a database of its own."""

    type: Literal["duckdb"] = "duckdb"
    connection_string: str = f"{dialect.NAME}://"
    _con: Any = pydantic.PrivateAttr(None)
    _cursor: Any = pydantic.PrivateAttr(None)
    _setup: tuple[str, ...] = pydantic.PrivateAttr(())

    def bind(self, con: duckdb.DuckDBPyConnection, *setup: str) -> "DuckDBDatasource":
        """Use `con`; `setup` is run on the cursor first, because a cursor does not inherit USE."""
        self._con, self._setup = con, setup
        return self

    @property
    def execution_engine_type(self) -> "builtins.type[DuckDBExecutionEngine]":
        """The engine GX instantiates."""
        return DuckDBExecutionEngine

    def test_connection(self, test_assets: bool = True) -> None:
        """Nothing to test: GX calls this before bind(), and the connection is open anyway."""

    def get_engine(self) -> sa.Engine:
        """One SQLAlchemy engine on one cursor. Raises ValueError when nothing was bound."""
        if self._con is None:
            raise ValueError("DuckDBDatasource: bind(con) before use")
        if self._engine is None:
            self._engine = sa.create_engine(f"{dialect.NAME}://", creator=self._open, poolclass=sa.StaticPool)
        return self._engine

    def _open(self) -> duckdb_engine.ConnectionWrapper:
        self._cursor = self._con.cursor()
        for statement in self._setup:
            self._cursor.execute(statement)
        return duckdb_engine.ConnectionWrapper(self._cursor)

    def close(self) -> None:
        """Give the cursor back. The bound connection stays open."""
        if self._cursor is not None:
            self._cursor.close()

    def get_execution_engine(self) -> DuckDBExecutionEngine:
        """The engine; without temp tables, which GX would copy whole tables into."""
        if self._execution_engine is None:
            self._execution_engine = DuckDBExecutionEngine(engine=self.get_engine(), create_temp_table=False)
        return self._execution_engine
