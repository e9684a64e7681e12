"""What the pages show, computed: tickets with their answers, progress, filters.

Belongs here: plain values for templates. Does not belong here: requests (app.py), HTML (templates/).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pipelines.give.inbox.check import ACCEPTED, REJECTED, RowResult
from pipelines.give.inbox.form import Row
from pipelines.give.page.asked import Asked
from pipelines.give.page.said import Line
from pipelines.give.returns.questions import meaning
from pipelines.judge.rules import Rule

PAGE = 30
OPEN, WRONG, GOOD = "open", "wrong", "good"
STATES = {OPEN: "未答复", WRONG: "待改", GOOD: "已答复"}


@dataclass(frozen=True)
class Ticket:
    """One ticket as it is shown. `problem`: why the answer would not be accepted, '' where it would or is not there."""

    ticket_id: str
    cells: Mapping[str, str]
    state: str
    problem: str
    line: Line | None

    @property
    def state_words(self) -> str:
        return STATES[self.state]


@dataclass(frozen=True)
class Choice:
    """An answer that may be chosen. `likely`, `others`: what may stand in 更正值 then, (code, text)."""

    words: str
    meaning: str
    needs_value: bool
    likely: list[tuple[str, str]] = field(default_factory=list)
    others: list[tuple[str, str]] = field(default_factory=list)


def tickets(asked: Asked, standing: Mapping[str, Line], results: Mapping[str, RowResult]) -> list[Ticket]:
    """All of a set, in the order of its sheet."""
    return [_ticket(i, row, standing.get(i), results[i]) for i, row in asked.rows.items()]


def _ticket(ticket_id: str, row: Row, line: Line | None, result: RowResult) -> Ticket:
    state = GOOD if result.outcome == ACCEPTED else WRONG if result.outcome == REJECTED else OPEN
    # An answer that does not stand says why in words; where in a sheet that is, is nothing to this page.
    problem = result.reason.partition("：")[2] if state == WRONG else ""
    cells = {name: row.text(name) for name in row.cells}
    return Ticket(ticket_id, cells, state, problem, line)


def counts(found: Iterable[Ticket]) -> Counter:
    """State -> tickets."""
    return Counter(t.state for t in found)


def filtered(found: Iterable[Ticket], rule: str, village: str, state: str) -> list[Ticket]:
    """Those asked for; '' asks for all."""
    return [
        t for t in found
        if rule in ("", t.cells["rule"]) and village in ("", t.cells["village_name"]) and state in ("", t.state)
    ]  # fmt: skip


def following(found: list[Ticket], ticket_id: str) -> str | None:
    """The next ticket after this one that wants an answer, from the beginning again at the end; None when all have
    one."""
    place = next((i for i, t in enumerate(found) if t.ticket_id == ticket_id), 0)
    wanting = (t for t in (*found[place + 1 :], *found[:place]) if t.state != GOOD)
    return next((t.ticket_id for t in wanting), None)


def choices(asked: Asked, row: Row, rule: Rule | None) -> list[Choice]:
    """What may be answered; nothing where the rule is asked no more."""
    found = []
    for answer in rule.answers if rule else ():
        likely, others = asked.options(answer.value_list, row) if answer.value_list else ([], [])
        found.append(Choice(answer.words, meaning(rule, answer), answer.needs_value, likely, others))
    return found
