"""Structural Great Expectations suites from contracts.

Belongs here: what a contract alone promises of its rows in bronze. Does not belong here: business rules
(expectations/suites/*.json) and running anything.
"""

import json
from collections.abc import Iterator
from typing import Any

from pipelines.kit.contracts.model import Column, Feed

_MOST_NAMED = 12
_Expectation = dict[str, Any]


def structural_suite(feed: Feed) -> str:
    """JSON of one suite: rule ids S_<feed>_01… in column order, the uniqueness of a key per delivery last."""
    expectations = [e for c in feed.columns for e in _column(c)]
    expectations += [_unique_key(feed)] if feed.key_columns else []
    for number, expectation in enumerate(expectations, start=1):
        meta = expectation["meta"]
        expectation["meta"] = {"rule_id": f"S_{feed.code}_{number:02d}", **meta}
    suite = {
        "name": f"structure_{feed.code}",
        "expectations": expectations,
        "meta": {"feed": feed.code, "table": feed.table, "contract_version": feed.version},
    }
    return json.dumps(suite, ensure_ascii=False, indent=1) + "\n"


def _column(column: Column) -> Iterator[_Expectation]:
    if column.required:
        yield _expect("expect_column_values_to_not_be_null", {}, column, "critical", "不得为空")
    if column.code_list:
        values = list(column.code_list)
        named = "、".join(values) if len(values) <= _MOST_NAMED else f"代码表中的 {len(values)} 个代码"
        title = f"只能是 {named}"
        yield _expect("expect_column_values_to_be_in_set", {"value_set": values}, column, "warning", title)
    limits = {
        k: v for k, v in (("min_value", column.min_length), ("max_value", column.max_length)) if v is not None
    }
    if limits:
        words = {"min_value": "至少", "max_value": "最多"}
        title = "长度" + "、".join(f"{words[k]} {v}" for k, v in limits.items())
        yield _expect("expect_column_value_lengths_to_be_between", limits, column, "warning", title)
    if column.pattern:
        kwargs = {"regex": column.pattern}
        yield _expect("expect_column_values_to_match_regex", kwargs, column, "warning", "格式不符合约定")


def _expect(kind: str, kwargs: _Expectation, column: Column, severity: str, title: str) -> _Expectation:
    return {
        "type": kind,
        "kwargs": {"column": column.name, **kwargs},
        "severity": severity,
        "meta": {"field": column.name, "title_zh": f"{column.label}：{title}"},
    }


def _unique_key(feed: Feed) -> _Expectation:
    labels = "、".join(feed.by_name[k].label for k in feed.key_columns)
    return {
        "type": "expect_compound_columns_to_be_unique",
        "kwargs": {"column_list": ["_delivery_id", *feed.key_columns]},
        "severity": "warning",
        "meta": {"field": feed.key_columns[0], "title_zh": f"同一次交付中 {labels} 不得重复"},
    }
