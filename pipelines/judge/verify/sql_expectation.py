"""The one custom expectation: rows must satisfy an SQL expression. For what GX has no built-in (foreign keys,
comparisons with nulls, check digits); everything else uses a built-in, which reads better.

Belongs here: its metric and its class. Does not belong here: an expression. Those come from the suites of this
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
