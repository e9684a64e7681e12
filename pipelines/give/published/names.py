"""Words beside codes: what stands in the analysts' file behind a column of codes.

Belongs here: which column of codes has words, and adding them. Does not belong here: names that a model has beside its
codes (divisions, industries), what a column is (words.py). A name follows from its code, so it comes when the table
may leave already, and tells nothing that the code does not.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from pipelines.give.returns.assemble import STATES
from pipelines.give.returns.columns import SEVERITY
from pipelines.judge.rules import load_rules
from pipelines.kit.contracts import load_contracts
from pipelines.kit.tables import temp_table

ASSIGNEES = {"township": "镇街", "source": "数据源部门"}
MODES = {"full": "全量", "delta": "增量", "append": "追加"}


@dataclass(frozen=True)
class Names:
    """Words of one column of codes: the column they stand in, what that is, word by code."""

    column: str
    comment: str
    words: Mapping[str, str]


def load_names() -> dict[str, Names]:
    """Column of codes -> its words."""
    feeds, rules = load_contracts().values(), load_rules().values()
    heads = next(rule.value_labels["head_state"] for rule in rules if "head_state" in rule.value_labels)
    return {
        "rule_id": Names("rule_name", "Name of the rule. 规则名称", {r.rule_id: r.title_zh for r in rules}),
        "severity": Names("severity_name", "Severity in words. 严重程度（名称）", SEVERITY),
        "state": Names("state_name", "State of the ticket in words. 工单状态（名称）", STATES),
        "assignee": Names("assignee_name", "Who has to act, in words. 责任方（名称）", ASSIGNEES),
        "department": Names(
            "department_name", "Name of the department. 部门名称", {f.department: f.department_name for f in feeds}
        ),
        "feed": Names("feed_name", "What the feed holds. 数据来源名称", {f.code: f.title for f in feeds}),
        "mode": Names("mode_name", "How the rows come, in words. 报送方式（名称）", MODES),
        "head_state": Names("head_state_name", "Head of the household in words. 户主情况（名称）", heads),
    }


def add_names(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """Puts words behind every column of codes of a temporary table; comments of the new columns."""
    columns = [name for name, *_ in con.execute(f'DESCRIBE temp."{table}"').fetchall()]
    added = {code: names for code, names in load_names().items() if code in columns}
    for code, names in added.items():
        temp_table(con, f"{code}_words", "code VARCHAR, word VARCHAR", list(names.words.items()))
    told = (f'"{c}"' + (f', {c}_words.word AS {added[c].column}' if c in added else "") for c in columns)
    joins = " ".join(f'LEFT JOIN temp.{code}_words ON {code}_words.code = "{code}"' for code in added)
    con.execute(f'CREATE OR REPLACE TEMP TABLE "{table}" AS SELECT {", ".join(told)} FROM temp."{table}" {joins}')
    return {names.column: names.comment for names in added.values()}
