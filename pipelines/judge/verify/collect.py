"""Every failing row of every rule of a table, in one statement.

Belongs here: GX's own compiled row conditions, the one pass over the table, and the counts handed back to
GX so that it scans nothing twice. Does not belong here: what an anomaly looks like in the ledger. Uses GX
internals (`.condition` metrics, MetricsCalculator); tests/judge/verify/test_collect.py compares the counts with
GX's own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from great_expectations.datasource.fluent.interfaces import Batch
from great_expectations.expectations.registry import get_metric_kwargs
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.metrics_calculator import MetricsCalculator

from pipelines.judge.verify.engine import metric_key

_UNIQUE = ("column_values.unique", "compound_columns.unique")


@dataclass(frozen=True)
class RowRule:
    """One row rule: SQL that is true for failing rows, and the family of GX metrics it stands for."""

    rule_id: str
    columns: tuple[str, ...]
    condition: str
    family: str
    config: Any
    meta: dict[str, Any]

    def metric(self, kind: str) -> MetricConfiguration:
        """The metric `unexpected_count`, `unexpected_values`… of the rule."""
        return _metric(self.family, kind, self.config)


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
    return RowRule(expectation.meta["rule_id"], columns, sql, expectation.map_metric, config, expectation.meta)


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


def failing_rows_sql(rules: Sequence[RowRule], table: str, columns: str, cells: Sequence[str]) -> str:
    """SELECT of one row per failing (row, rule): `columns` of the table, then the fields of struct `cells[i]`
    of rule i. The structs must have equal fields; the first is evaluated for failing rows only."""
    marks = ", ".join(f"coalesce({r.condition}, false) AS _fails_{i}" for i, r in enumerate(rules))
    some = " OR ".join(f"_fails_{i}" for i in range(len(rules)))
    found = ", ".join(f"CASE WHEN _fails_{i} THEN {cell} END" for i, cell in enumerate(cells))
    return f"""SELECT {columns}, unnest(_cell) FROM (
        SELECT {columns}, unnest(list_filter([{found}], lambda c: c IS NOT NULL)) AS _cell
        FROM (SELECT *, {marks} FROM {table}) WHERE {some})"""


def tell_gx(
    batch: Batch, rules: Sequence[RowRule], counts: Mapping[str, int], samples: Mapping[str, Sequence[str]]
) -> None:
    """Hand the counts to GX as known metrics. Clear `batch.data.execution_engine.known` after validating."""
    known = batch.data.execution_engine.known
    for rule in rules:
        known[metric_key(rule.metric("unexpected_count"))] = counts.get(rule.rule_id, 0)
        known[metric_key(rule.metric("unexpected_values"))] = list(samples.get(rule.rule_id, []))
