"""The condition of a tag: what may be asked of one row, so that it means the same tonight and in a year, here and in
Spark.

Belongs here: the words a condition may have. Does not belong here: whether a table has its columns (tag_checks.py).
"""

import re
from collections.abc import Iterator

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from pipelines.kit.city_time import written_day

_JOINED = (exp.And, exp.Or, exp.Not, exp.Paren)
_COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.Like)
_MADE = (exp.Neg, exp.Paren, exp.Coalesce, exp.Substring, exp.Length, exp.Lower, exp.Upper)
_TYPES = {exp.DType.DATE, exp.DType.INT, exp.DType.BIGINT, exp.DType.DECIMAL, exp.DType.DOUBLE, exp.DType.VARCHAR,
          exp.DType.TEXT}  # fmt: skip
KNOWN = (
    "columns, texts and numbers, = <> < <= > >=, and, or, not, is null, in (…), between, like, coalesce, substr, "
    "length, lower, upper, try_cast, date '2024-01-31'"
)

# A tree as deep as this can be walked.
_LONGEST = 600


def condition(text: str) -> exp.Expression:
    """A condition as a tree. Raises ValueError where it is none, more than one, or asks what no row can tell."""
    if any(mark in text for mark in ("{", "}", ";", "--", "/*")):
        raise ValueError("where: is one condition on columns; leave out braces, semicolons and comments")
    if len(text) > _LONGEST:
        raise ValueError(f"where: is one short condition; this one has more than {_LONGEST} characters")
    try:
        tree = parse_one(f"select 1 from marked where {text}", read="duckdb")
    except SqlglotError:
        raise ValueError("where: is no condition in SQL") from None
    clauses = {name for name, clause in tree.args.items() if clause} if isinstance(tree, exp.Select) else set()
    if not clauses <= {"expressions", "from", "from_", "where", "kind"} or len(list(tree.find_all(exp.Query))) > 1:
        raise ValueError("where: is one condition on columns of the table, without queries or further clauses")
    asked = tree.args["where"].this
    if strange := next(_strange(asked), None):
        raise ValueError(f"where: {strange}")
    return asked


def columns(asked: exp.Expression) -> list[str]:
    """The columns of a condition."""
    return sorted({column.name for column in asked.find_all(exp.Column)})


def flags(asked: exp.Expression) -> list[str]:
    """The columns that are themselves a condition, true or false."""
    return sorted({node.name for node in _conditions(asked) if type(node) is exp.Column})


def _conditions(node: exp.Expression) -> Iterator[exp.Expression]:
    """The conditions a condition is joined of."""
    if type(node) in (*_JOINED, exp.Coalesce):
        for part in node.iter_expressions():
            yield from _conditions(part)
    else:
        is_flag = type(node) is exp.Is and type(node.expression) is exp.Boolean
        yield from _conditions(node.this) if is_flag else [node]


def _strange(asked: exp.Expression) -> Iterator[str]:
    for node in _conditions(asked):
        if type(node) is exp.Column:
            yield from _of_value(node)
            if not re.match("(is|has)_", node.name):
                yield f"{_shown(node)} is neither true nor false; compare it with something"
        elif type(node) is exp.Is and type(node.expression) is exp.Null:
            yield from _of_value(node.this)
        elif type(node) in _COMPARED or (type(node) is exp.In and node.expressions):
            for part in node.iter_expressions():
                yield from _of_value(part)
        elif type(node) in _MADE or type(node) in (exp.Literal, exp.Null, exp.Cast, exp.TryCast):
            yield f"{_shown(node)} is neither true nor false; compare it with something"
        elif type(node) is not exp.Boolean:
            yield _unknown(node)


def _of_value(node: exp.Expression) -> Iterator[str]:
    """What is wrong with what is compared."""
    if type(node) is exp.Column:
        if node.table:
            yield f"{_shown(node)} names a table; a condition asks about one, name the column alone"
        elif type(node.this) is not exp.Identifier:
            yield _unknown(node)
    elif type(node) in _MADE:
        for part in node.iter_expressions():
            yield from _of_value(part)
    elif type(node) is exp.TryCast and node.to.this in _TYPES:
        yield from _of_value(node.this)
    elif type(node) is exp.Cast:
        if not (node.to.this == exp.DType.DATE and type(node.this) is exp.Literal and written_day(node.this.name)):
            yield f"{_shown(node)} ends the night where it fails; write try_cast, or a day as date '2024-01-31'"
    elif type(node) not in (exp.Literal, exp.Boolean):
        yield _unknown(node)


def _shown(node: exp.Expression) -> str:
    return node.sql(dialect="duckdb")


def _unknown(node: exp.Expression) -> str:
    return f"{_shown(node)} is more than a condition on one row; known are {KNOWN}"
