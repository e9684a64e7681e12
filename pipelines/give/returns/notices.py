"""Letters of objection (异议函): what each source department is asked to put right in its own data.

Belongs here: what a department is told about its open tickets. Does not belong here: the workbook and its issues
(letter.py), who has to answer a ticket (`pipelines.judge.ledger`), which row is the department's (own_rows.py). The
department finds a row by file, sheet and line and by masked words, so no name and no id number is in the file and it
needs no password.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby
from pathlib import Path

import duckdb

from pipelines.give.returns.assemble import STATES
from pipelines.give.returns.columns import SEVERITY
from pipelines.give.returns.letter import (
    AGREED,
    DISPUTE,
    FLIP_BACK,
    KINDS,
    PLAIN,
    Letter,
    Standing,
    require_reason,
    send,
    standing,
)
from pipelines.give.returns.own_rows import NOWHERE, SOURCE_REF, OwnRow, own_reference, own_rows
from pipelines.give.returns.questions import SEVERITY_ORDER
from pipelines.judge.ledger import turns
from pipelines.judge.ledger.ticket import CONFIRMED, DISPUTED
from pipelines.judge.ledger.ticket_numbers import short
from pipelines.judge.rules import ALIVE, Rule, load_rules
from pipelines.judge.wording import Wording, named_codes
from pipelines.kit.contracts import Feed, load_contracts
from pipelines.kit.office.styles import clean
from pipelines.kit.paths import Paths
from pipelines.kit.working_days import working_day_after, working_days_between

_HIDDEN = "（见源数据该行）"
# What a township has still to look into is the department's to put right, once it is asked.
_STATES = {**STATES, "detected": PLAIN, "returned": PLAIN}
# GB 11643: a last guard, should a rule word an identity number in a way that no contract masks.
_ID_NO = re.compile(r"(?<!\d)\d{17}[\dXx]")

_QUERY = """
    with latest_answer as (
        select ticket_id, arg_max(answer_text, as_of) as answer_text, arg_max(note, as_of) as note
        from lake.ledger.answer where outcome = 'accepted' and as_of <= $as_of group by ticket_id
    ),
    flipped as (select distinct ticket_id from lake.ledger.ticket_event where event = 'flip_back'),
    standing as (
        select ticket_id, max(new_value) as new_value from lake.ledger.correction_standing group by ticket_id
    ),
    township as (
        select distinct township_code, county_name || township_name as place
        from lake.unified.division where level_name = '乡镇' and is_current
    )
    select t.department, t.ticket_id, t.rule_id, t.severity, t.state, t.is_disputed, f.ticket_id is not null,
        t.source_ref, t.field, coalesce(t.found_by, t.rule_id), coalesce(t.evidence, '{}'),
        coalesce(t.value, ''), t.feed, coalesce(p.place, ''), coalesce(a.answer_text, ''), coalesce(a.note, ''),
        coalesce(s.new_value, ''), t.opened_on, t.last_event_on
    from lake.ledger.ticket t
    left join latest_answer a on a.ticket_id = t.ticket_id
    left join flipped f on f.ticket_id = t.ticket_id
    left join standing s on s.ticket_id = t.ticket_id
    left join township p on p.township_code = t.township_code
    where t.assignee = 'source' and t.department is not null and t.state not in ('closed', 'not_an_error')
    order by t.department, t.ticket_id"""


@dataclass(frozen=True)
class _Ticket:
    """One row of `_QUERY`."""

    department: str
    ticket_id: str
    rule_id: str
    severity: str | None
    state: str
    is_disputed: bool
    is_flipped: bool
    source_ref: str | None
    field: str | None
    found_by: str
    evidence: str
    value: str
    feed: str | None
    place: str
    answer: str
    note: str
    correction: str
    opened_on: date
    since: date

    @cached_property
    def facts(self) -> dict[str, str]:
        """Evidence by column."""
        return json.loads(self.evidence)

    @property
    def references(self) -> list[str]:
        """Rows it may be about: that of the rule, and those in the evidence."""
        return [self.source_ref or "", *map(str, self.facts.values())]

    @property
    def kind(self) -> str:
        """What the township agrees with is no dispute, unless it has said since that the person lives."""
        is_agreed = self.state == CONFIRMED and self.facts.get("life_word") != ALIVE
        if self.is_disputed or self.state == DISPUTED or (self.state == CONFIRMED and not is_agreed):
            return DISPUTE
        return FLIP_BACK if self.is_flipped else AGREED if is_agreed else PLAIN


@dataclass(frozen=True)
class Notice:
    """One letter as it stands. `department`: slug; `tickets`: rows in it."""

    department: str
    department_name: str
    tickets: int
    disputes: int
    issue: int
    file: Path
    is_new: bool


def write_notices(paths: Paths, con: duckdb.DuckDBPyConnection, as_of: date, because: str = "") -> list[Notice]:
    """Write the letter of every department that has open tickets, and of those that were told of some and have none any
    more; equal content stays untouched.

    A letter that is out is replaced by another content for a reason only: `because`, what came in since, or that of the
    turn that was issued again; else Unfounded is raised, and nothing is written.
    """
    feeds = load_contracts()
    names = {feed.department: feed.department_name for feed in feeds.values()}
    told = _told(paths, con, as_of, feeds)
    issued = turns.times_issued(paths, as_of)
    letters = []
    for department in sorted({*told, *names}):
        out = standing(paths, department, as_of)
        if department not in told and out is None:
            continue
        letter = Letter(department, names.get(department, department), as_of, told.get(department, []))
        reason = because or (_why_again(paths, con, as_of, out) if out else "")
        require_reason(letter, out, reason)
        letters.append((letter, out, reason))
    notices = []
    for letter, out, reason in letters:
        now, is_new = send(paths, letter, out, reason, issued)
        disputes = sum(row[0] == DISPUTE for row in letter.rows)
        notices.append(Notice(
            letter.department, letter.department_name, len(letter.rows), disputes, now.record["issue"], now.file, is_new
        ))  # fmt: skip
    return notices


def _why_again(paths: Paths, con: duckdb.DuckDBPyConnection, as_of: date, out: Standing) -> str:
    """The turn was issued again since, or more came in that townships need not be told."""
    since = turns.issued_since(paths, as_of, out.record["turns_issued"])
    return since or turns.why_again(con, paths, as_of)


def _told(
    paths: Paths, con: duckdb.DuckDBPyConnection, as_of: date, feeds: Mapping[str, Feed]
) -> dict[str, list[tuple[str, ...]]]:
    """Rows of the letter of every department that has any, the urgent ones first."""
    rules, wording = load_rules(), Wording(feeds, named_codes(con))
    hidden = _identifying(feeds)
    rows = [_Ticket(*row) for row in con.execute(_QUERY, {"as_of": as_of}).fetchall()]
    references = {t.ticket_id: own_reference(t.department, t.references, feeds) for t in rows}
    places = own_rows(paths, references.values(), feeds)
    told = {}
    for department, group in groupby(rows, key=lambda t: t.department):
        cited = ((t, references[t.ticket_id]) for t in group)
        lines = [_line(t, rules, wording, ref, places.get(ref, NOWHERE), hidden, as_of) for t, ref in cited]
        lines.sort(key=lambda x: (KINDS.index(x[0]), SEVERITY_ORDER.index(x[1]), *x[2:]))
        told[department] = [(kind, *cells) for kind, _, *cells in lines]
    return told


def _line(
    ticket: _Ticket, rules: Mapping[str, Rule], wording: Wording, cited: str, place: OwnRow,
    hidden: frozenset[str], as_of: date,
) -> tuple[str, ...]:
    """Field and value are those of a row of the ticket's feed: beside another feed's row they would be false."""
    rule = rules[ticket.rule_id]
    feed = wording.feeds.get(ticket.feed)
    column = feed.by_name.get(ticket.field) if feed and ticket.field else None
    value = ticket.value
    if column is None or column.mask is not None:
        value = _HIDDEN if value else ""
    facts = {k: v for k, v in ticket.facts.items() if k not in hidden and not SOURCE_REF.fullmatch(str(v))}
    evidence = wording.evidence(rules[ticket.found_by], facts, ticket.feed)
    label = column.label if column else ""
    if not cited.startswith(f"{ticket.feed}/"):
        label = value = ""
    severity = ticket.severity or "I"
    return tuple(
        clean(text)
        for text in (
            ticket.kind, severity, short(ticket.ticket_id), f"{ticket.rule_id} {rule.title_zh}",
            SEVERITY.get(severity, ""), place.file, place.sheet, place.row, place.record, rule.problem_zh,
            "；".join(f"{k}：{_ID_NO.sub('…', v)}" for k, v in evidence.items()), label,
            wording.value(column, value), ticket.place, "：".join(t for t in (ticket.answer, ticket.note) if t),
            wording.value(column, ticket.correction), rule.fix_zh,
            _due(working_day_after(ticket.since, rule.working_days), as_of), ticket.opened_on.isoformat(),
            _STATES.get(ticket.state, ticket.state),
        )
    )  # fmt: skip


def _due(day: date, as_of: date) -> str:
    """The last day, and by how many the letter comes after it."""
    late = working_days_between(day, as_of)
    return f"{day.isoformat()}（逾期 {late} 个工作日）" if late else day.isoformat()


def _identifying(feeds: Mapping[str, Feed]) -> frozenset[str]:
    """Evidence columns that name or reach a person: those that a contract masks."""
    masked = {c.name for feed in feeds.values() for c in feed.columns if c.mask is not None}
    return frozenset(masked | {"head_names", "full_address"})
