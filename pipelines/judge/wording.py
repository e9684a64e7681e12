"""Findings as people read them: the one way evidence and values are told, in every sheet and letter.

Belongs here: from columns and codes to labels and words. Does not belong here: the words (expectations/rules.yaml, the
contracts, the lake's own names), who may see which column (the sheets ask).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import duckdb

from pipelines.judge.rules import Rule, Shown
from pipelines.kit.contracts import Column, Feed
from pipelines.kit.contracts.elements import Element, load_elements
from pipelines.kit.contracts.model import GRID
from pipelines.kit.contracts.shown import shown
from pipelines.kit.office.sheets import load_lists

_AS_IT_IS = Shown()
_BLANK = "（空白）"


@dataclass(frozen=True)
class Wording:
    """`feeds` by code; `names`: what the lists of expectations/sheets/lists offer, list -> code -> name."""

    feeds: Mapping[str, Feed]
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    elements: Mapping[str, Element] = field(default_factory=load_elements)

    def evidence(self, rule: Rule, facts: Mapping[str, str], feed: str | None) -> dict[str, str]:
        """Label -> words of the evidence (column -> value) about a row of a feed, without a full stop: they are strung
        together. A column without a label stays out, so does one that is the unit or the label of another."""
        told = {}
        for column, value in facts.items():
            label = facts.get(rule.shown.get(column, _AS_IT_IS).label_in) or rule.labels.get(column)
            if label and column not in rule.beside:
                told[label] = self._told(rule, column, value, facts, feed).removesuffix("。") or _BLANK
        return told

    def value(self, column: Column | Element | None, text: str, unit: str = "") -> str:
        """One value of a column of a feed; a grid with its name where it is in force."""
        if isinstance(column, Column) and GRID in column.tags and text in (named := self.names.get(GRID, {})):
            return f"{text} {named[text]}"
        return shown(column, text, unit)

    def column(self, name: str, feed: str | None) -> Column | Element | None:
        """What the standard knows of a column beside a row of a feed: the feed's own column, else the element."""
        own = self.feeds[feed].by_name if feed in self.feeds else {}
        return own.get(name) or self.elements.get(name)

    def _told(self, rule: Rule, column: str, value: str, facts: Mapping[str, str], feed: str | None) -> str:
        form = rule.shown.get(column, _AS_IT_IS)
        if column == "field":
            said = self.column(value, feed)
            return said.label if said else rule.labels.get(value, value)
        if (word := rule.value_labels.get(column, {}).get(value)) is not None:
            return word
        like = facts.get(form.like_in) or form.like or column
        return self.value(self.column(like, feed), value, facts.get(form.unit_in) or form.unit)


def named_codes(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Code -> name by list of choices, of the whole city."""
    asked = {v.name: f"select {v.code}, {v.label} from lake.{v.table}" for v in load_lists().values()}
    return {name: dict(con.execute(query).fetchall()) for name, query in asked.items()}
