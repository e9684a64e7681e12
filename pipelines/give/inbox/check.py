"""Judging the rows of one workbook: each is accepted, or not with a reason that names its place.

Belongs here: everything one file can tell about its rows. Does not belong here: other files of the same turn
(`merge`), the lake. Rows that belong together (group key) are accepted together or not at all.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any

from pipelines.give.inbox.form import Row
from pipelines.give.inbox.identity import Identity
from pipelines.give.inbox.known import Known, is_unlikely
from pipelines.give.inbox.problems import row_reason
from pipelines.give.inbox.reader import Book, Cell
from pipelines.give.returns import columns as layout
from pipelines.judge.rules import Answer, Rule
from pipelines.kit.office.sheets import load_lists
from pipelines.kit.security.signature import RowSigner

ACCEPTED, REJECTED, DUPLICATE, UNANSWERED, SUPERSEDED = (
    "accepted", "rejected", "duplicate", "unanswered", "superseded",
)  # fmt: skip
# Refused because this workbook's question is no longer asked: nothing in such a row can be put right, so it holds up no
# other.
_SETTLED = ("E_TICKET_CLOSED", "E_TICKET_SOURCE", "E_TICKET_WAITING", "E_RULE_RETIRED", "E_VALUE_MOVED")
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class RowResult:
    """What became of one row. `sheet_row` counts from 1 as spreadsheets show it; 0 = not in the sheet. `answer_text` is
    what the township wrote, `answer_code` which answer of the catalogue that is ('' = none)."""

    sheet_row: int
    ticket_id: str | None
    group_key: str | None
    rule_id: str
    outcome: str
    answer_text: str = ""
    answer_code: str = ""
    answer_kind: str = ""
    new_value: str = ""
    note: str = ""
    reason_code: str = ""
    reason: str = ""

    @property
    def said(self) -> tuple[str, str]:
        """What the township said, for telling a repetition from a contradiction."""
        return self.answer_code, self.new_value

    def but(self, outcome: str, code: str, **facts: object) -> "RowResult":
        """The same row with another outcome and its reason."""
        return replace(
            self, outcome=outcome, reason_code=code, reason=row_reason(code, self.sheet_row, **facts)
        )


def check_rows(
    book: Book,
    identity: Identity,
    signer: RowSigner,
    rules: Mapping[str, Rule],
    tickets: Mapping[str, tuple[str, str]],
    known: Mapping[str, Known] = _NOTHING,
) -> list[RowResult]:
    """Every row of 异常清单 that is there or should be. `tickets`: ticket id -> (state, assignee); `known`: what was
    last found about those whose answers correct a value."""
    desk = _Desk(identity, signer, rules, tickets, known)
    results = [_check_row(row, desk) for row in identity.form.rows(book.sheets[layout.ANOMALIES], book.formulas)]
    results = _one_per_ticket(results)
    results = _one_word_per_group(results, rules)
    results = _all_or_nothing(results)
    seen = {r.ticket_id for r in results}
    gone = (t for t in identity.groups if t not in seen)
    return results + [
        RowResult(0, t, identity.groups[t], "", UNANSWERED).but(UNANSWERED, "E_ROW_DELETED") for t in gone
    ]


@dataclass(frozen=True)
class _Desk:
    """What every row of a file is judged by."""

    identity: Identity
    signer: RowSigner
    rules: Mapping[str, Rule]
    tickets: Mapping[str, tuple[str, str]]
    known: Mapping[str, Known]


def _check_row(row: Row, desk: _Desk) -> RowResult:
    row_key = row.text("row_key")
    groups, form = desk.identity.groups, desk.identity.form
    is_ours = row_key in groups
    rule_id = row.text("rule").partition(" ")[0]
    given = [row.text(name).strip() for name in ("answer", "new_value", "note")]
    result = RowResult(
        row.number,
        row_key if is_ours else None,
        groups.get(row_key),
        rule_id if rule_id in desk.rules else "",
        REJECTED,
        answer_text=given[0], new_value=given[1], note=given[2],
    )  # fmt: skip
    if row.formula is not None:
        return result.but(REJECTED, "E_FORMULA", column=form.where(row.formula))
    if not is_ours:
        return result.but(REJECTED, "E_ROW_FOREIGN")
    if _is_number(row.cells.get("id_no")):
        return result.but(REJECTED, "E_ID_NUMERIC", column=form.where("id_no"))
    if changed := form.changed(row, desk.signer):
        return result.but(REJECTED, "E_ROW_CHANGED", column=form.where(changed))
    refusal = _ticket_refusal(desk.tickets.get(row_key))
    if not given[0] and not given[1]:
        return result.but(UNANSWERED, refusal or ("E_NOTE_ONLY" if given[2] else "E_BLANK"))
    if refusal:
        return result.but(REJECTED, refusal)
    if rule_id not in desk.rules:
        return result.but(REJECTED, "E_RULE_RETIRED")
    known = desk.known.get(row_key)
    if known is not None and known.value != row.text("value"):
        facts = {"value": known.value or "空白", "found_on": known.found_on}
        return result.but(REJECTED, "E_VALUE_MOVED", column=form.where("value"), **facts)
    return _check_answer(result, row, desk.rules[rule_id], desk.identity, known)


def _check_answer(result: RowResult, row: Row, rule: Rule, identity: Identity, known: Known | None) -> RowResult:
    column, value_column = map(identity.form.where, ("answer", "new_value"))
    value, typed = row.cells["new_value"], result.new_value
    if not result.answer_text:
        return result.but(REJECTED, "E_ANSWER_MISSING", column=column)
    if not isinstance(row.cells["answer"], str):
        return result.but(REJECTED, "E_ANSWER_TYPE", column=column)
    answer = rule.said(result.answer_text)
    if answer is None:
        choices = "、".join(a.words for a in rule.answers)
        return result.but(REJECTED, "E_ANSWER_UNKNOWN", column=column, choices=choices)
    result = replace(result, answer_code=answer.code)
    if not answer.needs_value:
        if typed:
            return result.but(REJECTED, "E_VALUE_UNWANTED", column=value_column, answer=result.answer_text)
        return replace(result, outcome=ACCEPTED, answer_kind=answer.kind, new_value=_constant(answer))
    if not typed:
        return result.but(REJECTED, "E_VALUE_MISSING", column=value_column, answer=result.answer_text)
    if _is_number(value):
        return result.but(REJECTED, "E_VALUE_NUMERIC", column=value_column)
    if isinstance(value, date | datetime | time | timedelta):
        return result.but(REJECTED, "E_VALUE_DATE", column=value_column)
    offered = identity.values.get(answer.value_list, _NOTHING)
    code = offered.get(" ".join(typed.split()))
    if code is None:
        title = load_lists()[answer.value_list].title
        return result.but(REJECTED, "E_VALUE_NOT_ALLOWED", column=value_column, title=title)
    result = replace(result, outcome=ACCEPTED, answer_kind=answer.kind, new_value=code)
    if known is None or not is_unlikely(code, known, offered):
        return result
    if not result.note:
        return result.but(REJECTED, "E_VALUE_UNLIKELY", column=value_column)
    return result.but(ACCEPTED, "N_VALUE_UNLIKELY", column=value_column)


def _constant(answer: Answer) -> str:
    return answer.correction.value or "" if answer.correction is not None else ""


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int | float)


def _ticket_refusal(ticket: tuple[str, str] | None) -> str | None:
    """Why the township may not answer this ticket now; None if it may."""
    if ticket is None:
        return "E_TICKET_UNKNOWN"
    state, assignee = ticket
    if state == "closed":
        return "E_TICKET_CLOSED"
    if assignee != "township":
        return "E_TICKET_SOURCE"
    return None if state == "returned" else "E_TICKET_WAITING"


def _one_per_ticket(results: Iterable[RowResult]) -> list[RowResult]:
    """Of rows pasted twice, equal answers count once and contradicting ones not at all."""
    results = list(results)
    by_ticket: dict[str, list[int]] = defaultdict(list)
    for i, result in enumerate(results):
        if result.ticket_id is not None and result.outcome in (ACCEPTED, UNANSWERED):
            by_ticket[result.ticket_id].append(i)
    for places in by_ticket.values():
        answered = [i for i in places if results[i].outcome == ACCEPTED] or places[:1]
        first = answered[0]
        if len({results[i].said for i in answered}) > 1:
            rows = "、".join(str(results[i].sheet_row) for i in answered)
            for i in answered:
                results[i] = results[i].but(REJECTED, "E_CONFLICT", rows=rows)
        for i in places:
            if i != first and results[i].outcome in (ACCEPTED, UNANSWERED):
                results[i] = results[i].but(DUPLICATE, "E_DUPLICATE", row=results[first].sheet_row)
    return results


def _one_word_per_group(results: list[RowResult], rules: Mapping[str, Rule]) -> list[RowResult]:
    """A person who is said to live in one row and to be dead in another: neither is taken."""
    said: dict[str | None, dict[int, str]] = defaultdict(dict)
    for i, result in enumerate(results):
        answer = rules[result.rule_id].answer(result.answer_code) if result.outcome == ACCEPTED else None
        if answer is not None and answer.asserts is not None:
            said[result.group_key][i] = answer.asserts
    for words in said.values():
        if len(set(words.values())) > 1:
            rows = "、".join(str(results[i].sheet_row) for i in words)
            for i in words:
                results[i] = results[i].but(REJECTED, "E_TWO_WORDS", rows=rows)
    return results


def _all_or_nothing(results: list[RowResult]) -> list[RowResult]:
    refused: dict[str, list[str]] = defaultdict(list)
    for result in results:
        is_settled = result.reason_code in _SETTLED
        if result.outcome == REJECTED and result.group_key is not None and not is_settled:
            refused[result.group_key].append(str(result.sheet_row))
    return [
        r.but(REJECTED, "E_GROUP", rows="、".join(refused[r.group_key]))
        if r.outcome == ACCEPTED and r.group_key in refused
        else r
        for r in results
    ]
