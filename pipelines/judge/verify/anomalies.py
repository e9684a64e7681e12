"""Anomalies: one row per failing (entity, rule), with evidence by column code, in a temporary table.

Belongs here: their shape. Does not belong here: deciding what fails, and the ledger (pipelines.judge.ledger.findings).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from pipelines.judge.rules import Rule
from pipelines.judge.verify.compiled import failing_rows_sql
from pipelines.kit.keys import key_sql
from pipelines.kit.tables import literal, temp_table

KEY_COLUMNS = "entity_key, group_key, township_code, feed, record_key, source_ref"


def begin(con: duckdb.DuckDBPyConnection) -> None:
    """Start with no findings."""
    temp_table(con, "finding", _text_columns(*KEY_COLUMNS.split(", "), *_CELL_FIELDS), [])


def collect(con: duckdb.DuckDBPyConnection, table: str, compiled: Sequence[Any]) -> list[tuple[Any, Exception]]:
    """Findings of all compiled rules of one table in one pass; returns (rule, error) of rules that broke.

    When the pass fails, each rule is tried alone, so that a broken one does not hide the others.
    """
    if not compiled:
        return []
    try:
        _insert(con, table, compiled)
        return []
    except duckdb.Error as error:
        if len(compiled) == 1:
            return [(compiled[0], error)]
        return [broken for rule in compiled for broken in collect(con, table, [rule])]


def found(
    con: duckdb.DuckDBPyConnection, rule_ids: Sequence[str]
) -> tuple[dict[str, int], dict[str, list[str]]]:
    """Findings gathered so far, per rule: how many, and the first five entity keys."""
    rows = con.execute(
        "SELECT rule_id, count(*), list(entity_key ORDER BY entity_key)[:5] FROM finding "
        "WHERE list_contains(?, rule_id) GROUP BY 1",
        [list(rule_ids)],
    ).fetchall()
    return {r: n for r, n, _ in rows}, {r: keys for r, _, keys in rows}


def complete(con: duckdb.DuckDBPyConnection, rules: Mapping[str, Rule], departments: Mapping[str, str]) -> None:
    """Make the temporary table `anomaly_now` of the findings: the columns of ledger.anomaly without the span."""
    temp_table(
        con,
        "rule_of_run",
        _text_columns("rule_id", "version", "severity", "fixer", "source", "ticket"),
        [(r.rule_id, r.version, r.severity, r.fixer, r.source, r.ticket) for r in rules.values()],
    )
    temp_table(con, "feed_department", _text_columns("feed", "department"), list(departments.items()))
    con.execute(_COMPLETE)


_COMPLETE = f"""
CREATE OR REPLACE TEMP TABLE anomaly_now AS
SELECT
    f.rule_id, r.version AS rule_version, f.entity_key,
    CASE r.ticket WHEN 'original' THEN f.entity_key
        ELSE {key_sql("ticket", ["f.rule_id", "f.entity_key"])} END AS ticket_id,
    r.severity, r.fixer,
    CASE r.source WHEN 'row' THEN d.department ELSE r.source END AS department,
    f.township_code, f.feed, f.record_key, f.source_ref, f.field, f.value, f.evidence, f.group_key,
    f.subject_kind, f.subject_id
FROM finding AS f
JOIN rule_of_run AS r USING (rule_id)
LEFT JOIN feed_department AS d USING (feed)
"""

_CELL_FIELDS = ("rule_id", "field", "value", "evidence", "place", "subject_kind", "subject_id")


def _insert(con: Any, table: str, compiled: Sequence[Any]) -> None:
    cells = [cell_sql(rule.meta) for rule in compiled]
    con.execute(f"INSERT INTO finding {failing_rows_sql(compiled, table, KEY_COLUMNS, cells)}")


def cell_sql(meta: Mapping[str, Any]) -> str:
    """SQL of the struct of _CELL_FIELDS of one failing row, all text. Evidence: column -> value, as the lake has it."""
    field = f'"{meta["field_column"]}"' if "field_column" in meta else _literal(meta.get("field"))
    evidence = ", ".join(f"{_literal(c)}, {_of(meta, c)}" for c in meta["evidence"])
    kind, subject = _literal(meta["subject"]["kind"]), _text(meta["subject"]["id"])
    return (
        f"{{'rule_id': {_literal(meta['rule_id'])}, 'field': {field}, 'value': {_of(meta, meta['value'])}, "
        f"'evidence': CAST(json_merge_patch('{{}}', json_object({evidence})) AS VARCHAR), "
        f"'place': {_text(place_of(meta))}, "
        f"'subject_kind': CASE WHEN {subject} IS NULL THEN 'record' ELSE {kind} END, "
        f"'subject_id': coalesce({subject}, {_text('record_key')})}}"
    )


def _of(meta: Mapping[str, Any], column: str) -> str:
    """A column of the table, or the code of the first defect that holds."""
    if column != meta.get("defect"):
        return _text(column)
    return "CASE " + " ".join(f"WHEN {sql} THEN {literal(code)}" for code, sql in meta["defects"].items()) + " END"


def place_of(meta: Mapping[str, Any]) -> str:
    """The column that says where a row belongs."""
    return meta.get("place", "township_code")


def _text(column: str) -> str:
    return f'CAST("{column}" AS VARCHAR)'


def _literal(text: str | None) -> str:
    return "CAST(NULL AS VARCHAR)" if text is None else literal(text)


def _text_columns(*names: str) -> str:
    return ", ".join(f"{name} VARCHAR" for name in names)
