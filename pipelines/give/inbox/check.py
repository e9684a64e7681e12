"""Judging the rows of one workbook: each is accepted, or not with a reason that names its place.

Belongs here: everything one file can tell about its rows. Does not belong here: other files of the same turn
(`merge`), the lake. Rows that belong together (group key) are accepted together or not at all.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from pipelines.give.inbox.identity import Identity, at, cell_text
from pipelines.give.inbox.known import Known, is_unlikely
from pipelines.give.inbox.problems import row_reason
from pipelines.give.inbox.reader import Book, Cell
from pipelines.give.returns import columns as layout
from pipelines.give.returns.columns import COL
from pipelines.judge.rules import Answer, Rule
from pipelines.kit.security.signature import RowSigner

ACCEPTED, REJECTED, DUPLICATE, UNANSWERED, SUPERSEDED = (
    "accepted", "rejected", "duplicate", "unanswered", "superseded",
)  # fmt: skip
_WIDTH = len(layout.ANOMALY_COLUMNS)
# Refused because this workbook's question is no longer asked: nothing in such a row can be put right, so it holds up no
# other.
_SETTLED = ("E_TICKET_CLOSED", "E_TICKET_SOURCE", "E_TICKET_WAITING", "E_RULE_RETIRED", "E_VALUE_MOVED")
_NOTHING: Mapping[str, Known] = MappingProxyType({})


@dataclass(frozen=True)
class RowResult:
    """What became of one row. `sheet_row` counts from 1 as spreadsheets show it; 0 = not in the sheet."""

    sheet_row: int
    ticket_id: str | None
    group_key: str | None
    rule_id: str
    outcome: str
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
    results = []
    for index, row in enumerate(book.sheets[layout.ANOMALIES]):
        if index < layout.FIRST_ROW:
            continue
        has_formula = next((c for r, c in sorted(book.formulas) if r == index), None)
        if has_formula is None and not any(cell_text(cell).strip() for cell in row):
            continue
        cells = [at(row, c) for c in range(_WIDTH)]
        results.append(_check_row(index + 1, cells, has_formula, desk))
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


def _check_row(sheet_row: int, cells: list[Cell], formula_column: int | None, desk: _Desk) -> RowResult:
    row_key = cell_text(cells[COL["row_key"]])
    groups = desk.identity.groups
    is_ours = row_key in groups
    rule_id = cell_text(cells[COL["rule"]]).partition(" ")[0]
    given = [cell_text(cells[COL[name]]).strip() for name in ("answer", "new_value", "note")]
    result = RowResult(
        sheet_row,
        row_key if is_ours else None,
        groups.get(row_key),
        rule_id if rule_id in desk.rules else "",
        REJECTED,
        *(given[0], "", given[1], given[2]),
    )
    if formula_column is not None and formula_column < _WIDTH:
        return result.but(REJECTED, "E_FORMULA", column=formula_column)
    if not is_ours:
        return result.but(REJECTED, "E_ROW_FOREIGN")
    if _is_number(cells[COL["id_no"]]):
        return result.but(REJECTED, "E_ID_NUMERIC", column=COL["id_no"])
    signed = [cell_text(cells[c]) for c in layout.SIGNED_CELLS]
    check_value = cell_text(cells[COL["_chk"]])
    if not desk.signer.is_intact(signed, check_value):
        changed = desk.signer.changed_cells(signed, check_value)
        column = layout.SIGNED_CELLS[changed[0]] if changed else COL["_chk"]
        return result.but(REJECTED, "E_ROW_CHANGED", column=column)
    if not given[0] and not given[1]:
        return result.but(UNANSWERED, "E_NOTE_ONLY" if given[2] else "E_BLANK")
    if refusal := _ticket_refusal(desk.tickets.get(row_key)):
        return result.but(REJECTED, refusal)
    if rule_id not in desk.rules:
        return result.but(REJECTED, "E_RULE_RETIRED")
    known = desk.known.get(row_key)
    if known is not None and known.value != cell_text(cells[COL["value"]]):
        facts = {"value": known.value or "空白", "found_on": known.found_on}
        return result.but(REJECTED, "E_VALUE_MOVED", column=COL["value"], **facts)
    return _check_answer(result, cells, desk.rules[rule_id], desk.identity.grids, known)


def _check_answer(
    result: RowResult, cells: list[Cell], rule: Rule, grids: Mapping[str, str], known: Known | None
) -> RowResult:
    column, value_column = COL["answer"], COL["new_value"]
    value, typed = cells[value_column], result.new_value
    if not result.answer_code:
        return result.but(REJECTED, "E_ANSWER_MISSING", column=column)
    if not isinstance(cells[column], str):
        return result.but(REJECTED, "E_ANSWER_TYPE", column=column)
    answer = rule.answer(result.answer_code)
    if answer is None:
        choices = "、".join(a.code for a in rule.answers)
        return result.but(REJECTED, "E_ANSWER_UNKNOWN", column=column, choices=choices)
    if not answer.needs_value:
        if typed:
            return result.but(REJECTED, "E_VALUE_UNWANTED", column=value_column, answer=answer.code)
        return replace(result, outcome=ACCEPTED, answer_kind=answer.kind, new_value=_constant(answer))
    if not typed:
        return result.but(REJECTED, "E_VALUE_MISSING", column=value_column, answer=answer.code)
    if _is_number(value):
        return result.but(REJECTED, "E_VALUE_NUMERIC", column=value_column)
    if isinstance(value, date | datetime | time | timedelta):
        return result.but(REJECTED, "E_VALUE_DATE", column=value_column)
    code = grids.get(" ".join(typed.split()))
    if code is None:
        return result.but(REJECTED, "E_VALUE_NOT_ALLOWED", column=value_column)
    result = replace(result, outcome=ACCEPTED, answer_kind=answer.kind, new_value=code)
    if known is None or not is_unlikely(code, known, grids):
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
