"""What a township writes into each row of its workbook.

Belongs here: from what it knows (register/answers.parquet) to the three answer cells. Does not belong here: the
workbook as a file (filling.py), how it is sent (ways.py).

Partial rows are made only of rows in which nothing was to be said this time ('none', 'late', or a ticket the
register does not know), and never beside an answered row of the same group, which would be refused with them:
whatever else is expected of the answers stays true.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from pipelines.judge.rules import Rule
from prefecture.townships.chance import chance, pick

# As register/answers.parquet spells them.
RIGHT, WRONG, DISPUTE, LATE, NONE = "right", "wrong", "dispute", "late", "none"
# What only the machine knows: begun and not finished; said and taken back in the same turn; said again though it
# was accepted before; a row the township added.
PARTIAL, REVISED, AGAIN, COMMENT = "partial", "revised", "again", "comment"
COMPLETE = (RIGHT, WRONG, DISPUTE, LATE)

NOTES = {
    WRONG: "按村里登记填写", DISPUTE: "已入户核实，请部门复核", RIGHT: "已入户核实",
    LATE: "上期未及时核实，现补报",
}  # fmt: skip
BEGUN = "正在核实，稍后补报"
_PARTIAL_SHARE, _NO_NOTE_SHARE = 0.5, 0.25
_NO_VALUE, _NO_ANSWER, _ONLY_NOTE = "no value", "no answer", "only a note"


@dataclass(frozen=True)
class Asked:
    """One row as it came: where it stands (as the spreadsheet counts), and its hidden keys."""

    row: int
    ticket_id: str
    rule_id: str
    group_key: str


@dataclass(frozen=True)
class Said:
    """The three answer cells of one row; None = the cell stays empty. No ticket: a row of the township's own."""

    ticket_id: str | None
    behaviour: str
    answer: str | None = None
    value: str | None = None
    note: str | None = None

    @property
    def is_blank(self) -> bool:
        """Whether the row goes back as it came."""
        return self.answer is None and self.value is None and self.note is None

    def is_taken(self, grids: Collection[str]) -> bool:
        """Whether the inbox will accept it, be it true or not: complete, and the value is one of the grids."""
        return self.behaviour in COMPLETE and self.answer is not None and (self.value is None or self.value in grids)


def plan(
    asked: Iterable[Asked],
    known: Mapping[str, Mapping],
    rules: Mapping[str, Rule],
    *named: object,
    meanwhile: frozenset[str] = frozenset(),
) -> list[Said]:
    """One line per row of the workbook, in its order. `meanwhile`: tickets answered late with an older one."""
    asked = list(asked)
    full = {a.ticket_id: _full(a, known.get(a.ticket_id, {}), *named) for a in asked}
    busy = {a.group_key for a in asked if not full[a.ticket_id].is_blank}
    said = []
    for row in asked:
        own = full[row.ticket_id]
        if row.ticket_id in meanwhile:
            own = Said(row.ticket_id, NONE)
        elif own.is_blank and row.group_key not in busy:
            own = _begun(own, row, known.get(row.ticket_id, {}), rules, *named)
        said.append(own)
    return said


def late(ticket_id: str, known: Mapping) -> Said:
    """The answer of a late row when it comes at last."""
    return Said(ticket_id, LATE, known["answer_code"], known["given_value"], NOTES[LATE])


def first_thought(said: Said, rule: Rule) -> Said | None:
    """Another answer the township could have given at first; None when there is none without a value."""
    other = next((a for a in rule.answers if a.words != said.answer and not a.needs_value), None)
    return Said(said.ticket_id, REVISED, other.words, None, said.note) if other else None


def _full(row: Asked, known: Mapping, *named: object) -> Said:
    behaviour = known.get("behaviour", NONE)
    if known.get("answer_code") is None or behaviour in (LATE, NONE):
        return Said(row.ticket_id, LATE if behaviour == LATE else NONE)
    note = NOTES.get(behaviour)
    if behaviour == RIGHT and chance(*named, row.ticket_id, "note") < _NO_NOTE_SHARE:
        note = None
    return Said(row.ticket_id, behaviour, known["answer_code"], known["given_value"], note)


def _begun(blank: Said, row: Asked, known: Mapping, rules: Mapping[str, Rule], *named: object) -> Said:
    if chance(*named, row.ticket_id, "partial") >= _PARTIAL_SHARE:
        return blank
    answer = _needing_value(rules[row.rule_id], known.get("true_answer"))
    kinds = [_ONLY_NOTE]
    if answer is not None:
        kinds += [_NO_VALUE]
        kinds += [_NO_ANSWER] if known.get("true_value") else []
    kind = pick(kinds, *named, row.ticket_id, "lacks")
    if kind == _NO_VALUE:
        return Said(row.ticket_id, PARTIAL, answer)
    if kind == _NO_ANSWER:
        return Said(row.ticket_id, PARTIAL, None, known["true_value"])
    return Said(row.ticket_id, PARTIAL, note=BEGUN)


def _needing_value(rule: Rule, true_answer: str | None) -> str | None:
    """The answer to begin with: the true one if it needs a value; if the truth is unknown, any that does."""
    if true_answer is not None:
        answer = rule.said(true_answer)
        return true_answer if answer is not None and answer.needs_value else None
    return next((a.words for a in rule.answers if a.needs_value), None)
