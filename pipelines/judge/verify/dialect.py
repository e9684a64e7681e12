"""SQLAlchemy dialect of DuckDB as Great Expectations 1.24 needs it.

Belongs here: where SQL text for DuckDB differs from PostgreSQL, and how columns are listed. Does not belong
here: anything of Great Expectations. Built on duckdb-engine 0.17; works on SQLAlchemy 2.0 and 2.1.
"""

import duckdb_engine
import sqlalchemy as sa
import sqlalchemy.dialects.postgresql  # noqa: F401  makes sa.dialects.postgresql resolvable
from sqlalchemy.dialects.postgresql.base import PGCompiler

NAME = "gxduckdb"


class _Compiler(PGCompiler):
    def visit_custom_op_binary(self, element, operator, **kw):
        # PostgreSQL's ~ means "contains", DuckDB's ~ is a full match
        if operator.opstring in ("~", "!~"):
            left, right = self.process(element.left, **kw), self.process(element.right, **kw)
            call = f"regexp_matches({left}, {right})"
            return call if operator.opstring == "~" else f"NOT {call}"
        return super().visit_custom_op_binary(element, operator, **kw)


class DuckDBDialect(duckdb_engine.Dialect):
    """duckdb-engine's dialect without the catalogue columns DuckDB lacks."""

    statement_compiler = _Compiler
    supports_statement_cache = False

    def __init__(self, *args, **kw):
        super().__init__(*args, **kw)
        self._described: dict[str, list[dict]] = {}

    def get_columns(self, connection, table_name, schema=None, **kw):
        """Columns from DESCRIBE; SQLAlchemy 2.1 would read pg_collation, which DuckDB does not have.

        Asked once a table: GX asks for every rule, and a session's tables do not change.
        """
        name = self.identifier_preparer.format_table(sa.table(table_name, schema=schema))
        if name not in self._described:
            self._described[name] = [
                {"name": n, "type": _type(t), "nullable": null == "YES", "default": default, "comment": None}
                for n, t, null, _key, default, _extra in connection.exec_driver_sql(f"DESCRIBE {name}")
            ]
        return self._described[name]

    def get_pk_constraint(self, connection, table_name, schema=None, **kw):
        """Lake tables have no primary keys."""
        return {"constrained_columns": [], "name": None}


def _type(text: str) -> sa.types.TypeEngine:
    cls = getattr(sa.types, text.split("(")[0].strip(), None)
    return cls() if isinstance(cls, type) else sa.types.NullType()


sa.dialects.registry.register(NAME, __name__, "DuckDBDialect")
