"""May this audience be shown this column?

Belongs here: what each audience may see of what class. Does not belong here: where columns come from (columns.py), how
a value is masked (contracts/masks.py). What nobody knows is not shown; an exception stands in
`expectations/disclosure.yaml` with its reason.
"""

from pipelines.kit.contracts.load import load_contracts
from pipelines.kit.contracts.model import Column
from pipelines.kit.disclosure.columns import (
    ANALYST,
    ANY_TABLE,
    AUDIENCES,
    PREVIEW,
    STEWARD,
    TOWNSHIP,
    Facts,
    facts,
    load_exceptions,
    of_column,
)  # fmt: skip

# Whoever opens the Dagster UI or a log; analysts of the published file; a township, of its own people;
# a steward of the bureau, who decides whom a row means.
_OPEN = ("L1", "L2")


def may_show(table: str, column: str, audience: str) -> bool:
    """Whether the audience may see values of a column. `table` is `bronze.F10` for a feed's own columns, else
    `<schema>.<table>` of the lake.

    Raises ValueError for an audience nobody named.
    """
    if audience not in AUDIENCES:
        raise ValueError(f"unknown audience {audience!r}")
    if any(column in load_exceptions().get((audience, place), {}) for place in (table, ANY_TABLE)):
        return True
    made_of = facts(table, column)
    return made_of is not None and all(_RULES[audience](source) for source in made_of)


def may_show_column(column: Column, audience: str) -> bool:
    """The same of a column that a contract of ours describes (an export's own)."""
    return _RULES[audience](of_column(column))


def _in_a_preview(source: Facts) -> bool:
    """Nothing about a single person, and no text that may quote one."""
    return source.classification in _OPEN and not (source.is_masked or source.is_identifier or source.is_free_text)


def _to_analysts(source: Facts) -> bool:
    """What describes people without naming one, and nothing sensitive about a single person."""
    return source.classification != "L4" and not (source.is_masked or source.is_identifier)


def _to_townships(source: Facts) -> bool:
    """Everything of their own people, and to stewards of anybody, but what may only be asked (查询核验)."""
    return source.feed is None or load_contracts()[source.feed].return_mode == "rows"


_RULES = {PREVIEW: _in_a_preview, ANALYST: _to_analysts, TOWNSHIP: _to_townships, STEWARD: _to_townships}
