"""The content of one return set, before it is a file.

Belongs here: frozen shapes, all cell values already text. Does not belong here: how they look or where they
come from. Equal content has an equal digest, whatever its issue number.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from pipelines.give.returns.columns import list_key
from pipelines.kit.keys import entity_key
from pipelines.kit.security.signature import digest
from pipelines.kit.working_days import working_day_after

LAYOUT_VERSION = "2"

# One line of a sheet: cells in the order of the sheet's columns, '' for no value.
Cells = tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """One entry of the drop-down 处理结果. `value_list`: the list its value is picked from."""

    code: str
    meaning: str
    needs_value: bool = False
    value_list: str | None = None


@dataclass(frozen=True)
class Question:
    """What a rule asks the township, and how many working days it has."""

    rule_id: str
    title: str
    severity: str
    text: str
    working_days: int
    version: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Anomaly:
    """One line of 异常清单: one open ticket of the township."""

    ticket_id: str
    group_key: str
    rule_id: str
    severity: str
    name: str
    id_no: str
    village_name: str
    evidence: str
    value: str


@dataclass(frozen=True)
class TownshipReturn:
    """Everything one township gets in one turn. `lists`: rows by sheet; `values`: (code, label) by list of choices;
    `periods`: to which month the data of a sheet reach, by sheet that tells its feed."""

    township_code: str
    township_name: str
    county_name: str
    as_of: date
    questions: tuple[Question, ...]
    anomalies: tuple[Anomaly, ...]
    lists: Mapping[str, tuple[Cells, ...]]
    values: Mapping[str, tuple[Cells, ...]]
    previous_answers: tuple[Cells, ...]
    sources: tuple[Cells, ...]
    periods: Mapping[str, str] = field(default_factory=dict)
    issue: int = 1
    supersedes: str = ""
    because: str = ""

    @property
    def set_id(self) -> str:
        """Derived from township, business date and issue."""
        return entity_key("set", self.township_code, self.as_of, self.issue)

    @property
    def due_on(self) -> date:
        """Last day for answers, in working days after the data date: that of the question with the fewest."""
        return working_day_after(self.as_of, min(q.working_days for q in self.questions))

    @property
    def place(self) -> str:
        """County and township as people say it."""
        return f"{self.county_name}{self.township_name}"

    @property
    def counts(self) -> dict[str, int]:
        """Rows by sheet."""
        return {"anomalies": len(self.anomalies), **{code: len(rows) for code, rows in self.lists.items()}}

    def reissued(self, issue: int, supersedes: str, because: str) -> "TownshipReturn":
        """The same content under a later issue number, with the reason why there is one."""
        return replace(self, issue=issue, supersedes=supersedes, because=because)

    def content_digest(self) -> str:
        """SHA-256 of the content alone: what decides whether a set has to be issued again."""
        own = ("issue", "supersedes", "because", "as_of", "lists", "values")
        content = {k: v for k, v in vars(self).items() if k not in own} | self.lists
        content |= {list_key(name): entries for name, entries in self.values.items()}
        for name in ("questions", "anomalies"):
            content[name] = [_plain(item) for item in content[name]]
        content["as_of"] = self.as_of.isoformat()
        content["layout"] = LAYOUT_VERSION
        return digest(content)


def _plain(item: Question | Anomaly) -> dict:
    plain = dict(vars(item))
    if isinstance(item, Question):
        plain["choices"] = [vars(choice) for choice in item.choices]
    return plain
