"""The custom expectations: rows must satisfy an SQL expression, or have none of several named defects. For what GX has
no built-in (foreign keys, comparisons with nulls, check digits); everything else uses a built-in, which reads better.

Belongs here: their metrics and classes. Does not belong here: an expression. Those come from the suites of this
repository only; they are code.
"""

from typing import ClassVar

import sqlalchemy as sa
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import ColumnMapExpectation
from great_expectations.expectations.metrics.map_metric_provider import (
    ColumnMapMetricProvider,
    column_condition_partial,
)


class ColumnValuesSatisfySql(ColumnMapMetricProvider):
    """Metric behind the expectation; a null result of the expression counts as a failure."""

    condition_metric_name = "column_values.satisfy_sql"
    condition_value_keys = ("sql",)

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(cls, column, sql, **kw):
        return sa.literal_column(f"coalesce(({sql}), false)", sa.Boolean)


class ExpectColumnValuesToSatisfySql(ColumnMapExpectation):
    """Rows with a non-null `column` must make `sql` true; a violation belongs to `column`."""

    sql: str
    map_metric: ClassVar[str] = "column_values.satisfy_sql"
    success_keys: ClassVar = ("sql", "mostly")


class ColumnValuesHaveNoDefect(ColumnMapMetricProvider):
    """Metric behind the expectation; a null result of a defect's condition is not a fault."""

    condition_metric_name = "column_values.have_no_defect"
    condition_value_keys = ("defects",)

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(cls, column, defects, **kw):
        some = " OR ".join(f"({sql})" for sql in defects.values())
        return sa.literal_column(f"NOT coalesce({some}, false)", sa.Boolean)


class ExpectColumnValuesToHaveNoDefect(ColumnMapExpectation):
    """Rows with a non-null `column` must make no condition of `defects` (code -> SQL) true."""

    defects: dict[str, str]
    map_metric: ClassVar[str] = "column_values.have_no_defect"
    success_keys: ClassVar = ("defects", "mostly")
