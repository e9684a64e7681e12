"""Great Expectations' own row conditions as SQL.

Belongs here: compiling them. Does not belong here: keeping them and the pass over a table (compiled.py). Uses GX
internals (`.condition` metrics, MetricsCalculator); tests/judge/verify/test_collect.py compares the counts with
GX's own.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from great_expectations.datasource.fluent.interfaces import Batch
from great_expectations.expectations.registry import get_metric_kwargs
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.metrics_calculator import MetricsCalculator

from pipelines.judge.verify.compiled import RowRule

_UNIQUE = ("column_values.unique", "compound_columns.unique")


def is_row_rule(expectation: Any) -> bool:
    """Whether GX judges single rows by it (and not, say, the number of rows)."""
    return bool(getattr(expectation, "map_metric", None)) and expectation.meta.get("collect", True)


def compile_rule(batch: Batch, expectation: Any, table: str) -> RowRule:
    """GX's row condition of one expectation as DuckDB SQL. Raises whatever GX raises for a bad rule."""
    engine = batch.data.execution_engine
    engine.batch_manager.load_batch_list([batch])
    config = expectation.configuration
    kwargs = config.kwargs
    kwargs["batch_id"] = batch.id
    condition = _metric(expectation.map_metric, "condition", config)
    if "column" in kwargs:
        columns = (kwargs["column"],)
    else:
        columns = tuple(kwargs.get("column_list") or (kwargs["column_A"], kwargs["column_B"]))
    if expectation.map_metric in _UNIQUE:
        sql = _duplicate_condition(engine, condition, columns, table)
    else:
        failing, compute, accessor = MetricsCalculator(engine).get_metric(condition)
        scope = _scope(engine.get_domain_records({**compute, **accessor}))
        sql = " AND ".join(f"({_sql(engine, c)})" for c in [*scope, failing])
    return RowRule(expectation.meta["rule_id"], sql, expectation.meta)


def _metric(family: str, kind: str, config: Any) -> MetricConfiguration:
    name = f"{family}.{kind}"
    found = get_metric_kwargs(name, configuration=config)
    return MetricConfiguration(name, found["metric_domain_kwargs"], found["metric_value_kwargs"])


def _duplicate_condition(engine: Any, metric: MetricConfiguration, columns: Sequence[str], table: str) -> str:
    """GX would use a window or a self-join; a semi-join is cheaper and finds the same rows."""
    scope = _scope(engine.get_domain_records(metric.metric_domain_kwargs))
    where = " AND ".join(f"({_sql(engine, c)})" for c in scope) or "true"
    names = ", ".join(f'"{c}"' for c in columns)
    present = " AND ".join(f'"{c}" IS NOT NULL' for c in columns)
    one = f"({names})" if len(columns) > 1 else names
    return (
        f"{where} AND {one} IN (SELECT {one} FROM {table} WHERE {present} AND {where} "
        f"GROUP BY {names} HAVING count(*) > 1)"
    )


def _scope(selectable: Any) -> list[Any]:
    """The WHERE clauses GX put round the table: row_condition, ignore_row_if."""
    clauses = []
    while isinstance(selectable, (sa.Select, sa.Subquery, sa.Alias)):
        if isinstance(selectable, sa.Select):
            if selectable.whereclause is not None:
                clauses.append(selectable.whereclause)
            selectable = selectable.get_final_froms()[0]
        else:
            selectable = selectable.element
    return clauses


def _sql(engine: Any, clause: Any) -> str:
    return str(clause.compile(dialect=engine.engine.dialect, compile_kwargs={"literal_binds": True}))
