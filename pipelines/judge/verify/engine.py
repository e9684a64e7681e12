"""Execution engine of Great Expectations on one DuckDB connection.

Belongs here: what the engine does differently from GX's own. Does not belong here: what it is asked. Uses GX internals
(1.24.1): `resolve_metrics`, `get_connection`.
"""

from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from great_expectations.execution_engine import SqlAlchemyExecutionEngine

from pipelines.judge.verify import dialect


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """What a table is like (columns, rows) is asked once, not once a rule."""

    def __init__(self, *args: Any, **kw: Any):
        super().__init__(*args, **kw)
        self._known: dict[tuple, Any] = {}
        # GX looks regex and LIKE support and type names up here; for those DuckDB behaves as PostgreSQL
        self.dialect_module = SimpleNamespace(
            **{**vars(sa.types), "dialect": dialect.sa.dialects.postgresql.dialect}
        )

    @contextmanager
    def get_connection(self):
        """One connection kept open: GX reads results after giving it back, which would empty them."""
        if self._connection is None:
            self._connection = self.engine.connect()
        yield self._connection

    def settle(self) -> None:
        """End the transaction that reading has begun, so that GX may begin one."""
        if self._connection is not None:
            self._connection.rollback()

    def resolve_metrics(self, metrics_to_resolve, metrics=None, runtime_configuration=None):
        """GX's own, for the metrics that are not known."""
        todo = [m for m in metrics_to_resolve if _key(m) not in self._known]
        done = {m.id: self._known[_key(m)] for m in metrics_to_resolve if _key(m) in self._known}
        rest = super().resolve_metrics(todo, metrics, runtime_configuration) if todo else {}
        of_table = [m for m in todo if m.metric_name.startswith("table.") and m.id in rest]
        self._known |= {_key(m): rest[m.id] for m in of_table}
        return {**rest, **done}


def _key(metric: Any) -> tuple[str, str, str]:
    """Identity of a GX MetricConfiguration without its result format."""
    values = sorted((k, str(v)) for k, v in metric.metric_value_kwargs.items() if k != "result_format")
    return metric.metric_name, metric.metric_domain_kwargs_id, str(values)
